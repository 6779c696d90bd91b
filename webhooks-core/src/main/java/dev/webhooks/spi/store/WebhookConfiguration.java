package dev.webhooks.spi.store;

import dev.webhooks.model.PublicId;
import dev.webhooks.model.WebhookStatus;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The facts of a webhook that the engine needs to send to it. Arrays are not copied; nobody changes
 * them.
 *
 * @param number a short number that stands for the webhook in the hot tables; 0 before it is stored
 * @param id the webhook's id
 * @param account the account that owns the webhook
 * @param givenId the id that it had before it was imported and is shown by, or null
 * @param url the canonical URL
 * @param headers custom headers, encrypted by the configured cipher
 * @param secret the signing secret, encrypted by the configured cipher
 * @param oldSecret the secret before the last rotation, encrypted, or null
 * @param oldSecretUntil until when the old secret signs too, or null
 * @param status whether deliveries are sent
 * @param deleted whether the webhook is deleted and only waits to be purged
 * @param version grows with every change
 * @param endpoint what is known of its endpoint's health
 */
public record WebhookConfiguration(
    long number,
    UUID id,
    String account,
    @Nullable String givenId,
    String url,
    byte[] headers,
    byte[] secret,
    byte @Nullable [] oldSecret,
    @Nullable Instant oldSecretUntil,
    WebhookStatus status,
    boolean deleted,
    int version,
    EndpointHealth.State endpoint) {
  /**
   * Begins the configuration of an active webhook that is not stored yet: without a URL, headers
   * and a secret, with version 1 and a healthy endpoint.
   */
  public static Builder of(UUID id, String account) {
    return new Builder(id, account);
  }

  /** Begins a configuration that has all values of this one. */
  public Builder change() {
    return new Builder(this);
  }

  /** Returns the id that hosts and customers see. */
  public String publicId() {
    return givenId == null ? PublicId.WEBHOOK.format(id) : givenId;
  }

  /** Returns whether deliveries may be sent now. */
  public boolean sendable() {
    return probeable() && endpoint != EndpointHealth.State.SUSPENDED;
  }

  /** Returns whether a probe may be sent now. */
  public boolean probeable() {
    return status == WebhookStatus.ACTIVE && !deleted;
  }

  /** Returns a text without URL, headers and secrets. */
  @Override
  public String toString() {
    return "WebhookConfiguration[" + number + ", " + id + ", " + status + ", version " + version
        + "]";
  }

  /** A configuration in the making. Not thread-safe. */
  public static final class Builder {
    private static final byte[] NOTHING = {};

    private final UUID id;
    private final String account;
    private long number;
    private @Nullable String givenId;
    private String url = "";
    private byte[] headers = NOTHING;
    private byte[] secret = NOTHING;
    private byte @Nullable [] oldSecret;
    private @Nullable Instant oldSecretUntil;
    private WebhookStatus status = WebhookStatus.ACTIVE;
    private boolean deleted;
    private int version = 1;
    private EndpointHealth.State endpoint = EndpointHealth.State.HEALTHY;

    private Builder(UUID id, String account) {
      this.id = id;
      this.account = account;
    }

    private Builder(WebhookConfiguration values) {
      this(values.id, values.account);
      number = values.number;
      givenId = values.givenId;
      url = values.url;
      headers = values.headers;
      secret = values.secret;
      oldSecret = values.oldSecret;
      oldSecretUntil = values.oldSecretUntil;
      status = values.status;
      deleted = values.deleted;
      version = values.version;
      endpoint = values.endpoint;
    }

    /** Sets the number that stands for the webhook in the hot tables. */
    public Builder number(long number) {
      this.number = number;
      return this;
    }

    /** Sets the id that the webhook had before it was imported, or null. */
    public Builder givenId(@Nullable String givenId) {
      this.givenId = givenId;
      return this;
    }

    /** Sets the canonical URL. */
    public Builder url(String url) {
      this.url = url;
      return this;
    }

    /** Sets the custom headers, encrypted. */
    public Builder headers(byte[] headers) {
      this.headers = headers;
      return this;
    }

    /** Sets the signing secret, encrypted. */
    public Builder secret(byte[] secret) {
      this.secret = secret;
      return this;
    }

    /** Sets the secret before the last rotation, encrypted, and until when it signs; or null. */
    public Builder oldSecret(byte @Nullable [] oldSecret, @Nullable Instant until) {
      this.oldSecret = oldSecret;
      this.oldSecretUntil = until;
      return this;
    }

    /** Sets whether deliveries are sent. */
    public Builder status(WebhookStatus status) {
      this.status = status;
      return this;
    }

    /** Sets whether the webhook is deleted and only waits to be purged. */
    public Builder deleted(boolean deleted) {
      this.deleted = deleted;
      return this;
    }

    /** Sets the version, which grows with every change. */
    public Builder version(int version) {
      this.version = version;
      return this;
    }

    /** Sets what is known of the endpoint's health. */
    public Builder endpoint(EndpointHealth.State endpoint) {
      this.endpoint = endpoint;
      return this;
    }

    /** Returns the configuration. */
    public WebhookConfiguration build() {
      return new WebhookConfiguration(
          number,
          id,
          account,
          givenId,
          url,
          headers,
          secret,
          oldSecret,
          oldSecretUntil,
          status,
          deleted,
          version,
          endpoint);
    }
  }
}
