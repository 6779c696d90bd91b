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
   * A configuration whose id the library made and whose endpoint is sound, or whose endpoint's
   * health does not matter.
   */
  public WebhookConfiguration(
      long number,
      UUID id,
      String account,
      String url,
      byte[] headers,
      byte[] secret,
      byte @Nullable [] oldSecret,
      @Nullable Instant oldSecretUntil,
      WebhookStatus status,
      boolean deleted,
      int version) {
    this(
        number,
        id,
        account,
        null,
        url,
        headers,
        secret,
        oldSecret,
        oldSecretUntil,
        status,
        deleted,
        version,
        EndpointHealth.State.HEALTHY);
  }

  /** Returns the id that hosts and customers see. */
  public String publicId() {
    return givenId == null ? PublicId.WEBHOOK.format(id) : givenId;
  }

  /** Returns this configuration under the id that it had before it was imported, or null. */
  public WebhookConfiguration givenId(@Nullable String givenId) {
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

  /** Returns this configuration with what is known of its endpoint's health. */
  public WebhookConfiguration with(EndpointHealth.State endpoint) {
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

  /** Returns this configuration with its secrets and headers stored in another form. */
  public WebhookConfiguration encryptedAs(
      byte[] headers,
      byte[] secret,
      byte @Nullable [] oldSecret,
      @Nullable Instant oldSecretUntil) {
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
}
