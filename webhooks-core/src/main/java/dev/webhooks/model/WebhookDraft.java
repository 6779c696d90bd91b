package dev.webhooks.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Describes a webhook to create. Each method returns a changed copy, so a draft can be shared and
 * reused.
 *
 * <p>Immutable and thread-safe. Nothing is validated here; {@code create} validates all of it.
 */
public final class WebhookDraft {
  private final String url;
  private final @Nullable String name;
  private final List<String> events;
  private final Map<String, String> headers;
  private final @Nullable Secret secret;

  private WebhookDraft(
      String url,
      @Nullable String name,
      List<String> events,
      Map<String, String> headers,
      @Nullable Secret secret) {
    this.url = url;
    this.name = name;
    this.events = events;
    this.headers = headers;
    this.secret = secret;
  }

  /**
   * Starts a draft with the URL that events are sent to.
   *
   * @param url an {@code https} URL with a public host
   */
  public static WebhookDraft to(String url) {
    return new WebhookDraft(Objects.requireNonNull(url, "url"), null, List.of(), Map.of(), null);
  }

  /**
   * Sets the events it subscribes to, replacing any set before.
   *
   * @param events event types, {@code prefix.*} or {@code *}
   */
  public WebhookDraft events(String... events) {
    return events(Copies.of(events, "events"));
  }

  /**
   * Sets the events it subscribes to, replacing any set before.
   *
   * @param events event types, {@code prefix.*} or {@code *}
   */
  public WebhookDraft events(List<String> events) {
    return new WebhookDraft(url, name, Copies.of(events, "events"), headers, secret);
  }

  /**
   * Replaces the URL.
   *
   * @param url an {@code https} URL with a public host
   */
  public WebhookDraft url(String url) {
    return new WebhookDraft(Objects.requireNonNull(url, "url"), name, events, headers, secret);
  }

  /**
   * Sets a name for people.
   *
   * @param name the name, or null for none
   */
  public WebhookDraft name(@Nullable String name) {
    return new WebhookDraft(url, name, events, headers, secret);
  }

  /**
   * Adds a custom header that is sent with each request.
   *
   * @param name an RFC 9110 token
   * @param value visible ASCII, tab and space
   */
  public WebhookDraft header(String name, String value) {
    Map<String, String> extended = new LinkedHashMap<>(headers);
    extended.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
    return headers(extended);
  }

  /**
   * Sets the custom headers, replacing any set before.
   *
   * @param headers names and values, or null for none
   */
  public WebhookDraft headers(@Nullable Map<String, String> headers) {
    Map<String, String> copy = headers == null ? Map.of() : Copies.of(headers, "headers");
    return new WebhookDraft(url, name, events, copy, secret);
  }

  /**
   * Sets the signing secret; without it the library generates one.
   *
   * @param secret 16 to 256 characters, or {@code whsec_} and the base64 of 24 to 64 bytes; null
   *     lets the library generate one
   */
  public WebhookDraft secret(@Nullable String secret) {
    return new WebhookDraft(url, name, events, headers, secret == null ? null : Secret.of(secret));
  }

  /** Returns the URL as given. */
  public String url() {
    return url;
  }

  /** Returns the name, or null. */
  public @Nullable String name() {
    return name;
  }

  /** Returns the events as given. */
  public List<String> events() {
    return events;
  }

  /** Returns the custom headers as given, with their real values. */
  public Map<String, String> headers() {
    return headers;
  }

  /** Returns the secret, or null if the library is to generate one. */
  public @Nullable Secret secret() {
    return secret;
  }

  /** Returns a text without the secret, header values and query. */
  @Override
  public String toString() {
    return "WebhookDraft[events=" + events + ", headers=" + headers.keySet() + "]";
  }
}
