package dev.webhooks.model;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Describes a change of a webhook: what is not set stays as it is. Each method returns a changed
 * copy.
 *
 * <p>Immutable and thread-safe. Nothing is validated here; {@code update} validates all of it.
 */
public final class WebhookPatch {
  private static final WebhookPatch EMPTY =
      new WebhookPatch(false, null, null, null, null, null, null);

  private final boolean nameSet;
  private final @Nullable String name;
  private final @Nullable String url;
  private final @Nullable List<String> events;
  private final @Nullable Map<String, String> headers;
  private final @Nullable Secret secret;
  private final @Nullable WebhookStatus status;

  private WebhookPatch(
      boolean nameSet,
      @Nullable String name,
      @Nullable String url,
      @Nullable List<String> events,
      @Nullable Map<String, String> headers,
      @Nullable Secret secret,
      @Nullable WebhookStatus status) {
    this.nameSet = nameSet;
    this.name = name;
    this.url = url;
    this.events = events;
    this.headers = headers;
    this.secret = secret;
    this.status = status;
  }

  /** Returns a patch that changes nothing. */
  public static WebhookPatch empty() {
    return EMPTY;
  }

  /**
   * Changes the name; null clears it.
   *
   * @param name the new name, or null
   */
  public WebhookPatch name(@Nullable String name) {
    return new WebhookPatch(true, name, url, events, headers, secret, status);
  }

  /**
   * Changes the URL.
   *
   * @param url an {@code https} URL with a public host
   */
  public WebhookPatch url(String url) {
    Objects.requireNonNull(url, "url");
    return new WebhookPatch(nameSet, name, url, events, headers, secret, status);
  }

  /**
   * Replaces the events it subscribes to.
   *
   * @param events event types, {@code prefix.*} or {@code *}
   */
  public WebhookPatch events(String... events) {
    return events(Copies.of(events, "events"));
  }

  /**
   * Replaces the events it subscribes to.
   *
   * @param events event types, {@code prefix.*} or {@code *}
   */
  public WebhookPatch events(List<String> events) {
    List<String> copy = Copies.of(events, "events");
    return new WebhookPatch(nameSet, name, url, copy, headers, secret, status);
  }

  /**
   * Replaces all custom headers; a value equal to the mask keeps the stored value of that name.
   *
   * @param headers names and values
   */
  public WebhookPatch headers(Map<String, String> headers) {
    Map<String, String> copy = Copies.of(headers, "headers");
    return new WebhookPatch(nameSet, name, url, events, copy, secret, status);
  }

  /**
   * Replaces the secret at once, without an overlap.
   *
   * @param secret 16 to 256 characters, or {@code whsec_} and the base64 of 24 to 64 bytes
   */
  public WebhookPatch secret(String secret) {
    Objects.requireNonNull(secret, "secret");
    return new WebhookPatch(nameSet, name, url, events, headers, Secret.of(secret), status);
  }

  /**
   * Changes the status.
   *
   * @param status active or paused
   */
  public WebhookPatch status(WebhookStatus status) {
    Objects.requireNonNull(status, "status");
    return new WebhookPatch(nameSet, name, url, events, headers, secret, status);
  }

  /** Returns whether the name changes, be it to null. */
  public boolean changesName() {
    return nameSet;
  }

  /** Returns the new name; null clears it, if {@link #changesName()}. */
  public @Nullable String name() {
    return name;
  }

  /** Returns the new URL; empty keeps the present one. */
  public Optional<String> url() {
    return Optional.ofNullable(url);
  }

  /** Returns the new events; empty keeps the present ones. */
  public Optional<List<String>> events() {
    return Optional.ofNullable(events);
  }

  /** Returns the new headers with their real values; empty keeps the present ones. */
  public Optional<Map<String, String>> headers() {
    return Optional.ofNullable(headers);
  }

  /** Returns the new secret; empty keeps the present one. */
  public Optional<Secret> secret() {
    return Optional.ofNullable(secret);
  }

  /** Returns the new status; empty keeps the present one. */
  public Optional<WebhookStatus> status() {
    return Optional.ofNullable(status);
  }

  /** Returns a text without the secret, header values and URL. */
  @Override
  public String toString() {
    return "WebhookPatch[name=" + nameSet + ", url=" + (url != null) + ", events=" + events
        + ", headers=" + (headers == null ? null : headers.keySet()) + ", status=" + status + "]";
  }
}
