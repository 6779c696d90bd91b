package dev.webhooks.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A registered endpoint. It never holds its secret, and sensitive header values are masked.
 *
 * @param id the webhook's id, {@code wh_…}, or the one that it was imported with
 * @param account the host's customer who owns it
 * @param name a name for people, or null
 * @param url where events are sent, in canonical form
 * @param events the event types and patterns it subscribes to
 * @param headers custom headers sent with each request, sensitive values masked; empty if they
 *     cannot be decrypted with the host's present keys
 * @param status whether it receives events
 * @param createdAt when it was created
 * @param updatedAt when its configuration last changed
 * @param previousSecretEndsAt until when the secret before the last rotation signs too, or null if
 *     there is none; it may have passed
 * @param failingSince when the first attempt began of those that have failed in a row, or null if
 *     the endpoint is sound; a second or so behind the statistics
 * @param suspendedUntil until when nothing is sent since the endpoint cannot be reached, or null if
 *     it is not suspended; afterwards one delivery tries whether it is back
 * @param statistics what became of its deliveries
 */
public record Webhook(
    String id,
    String account,
    @Nullable String name,
    String url,
    List<String> events,
    Map<String, String> headers,
    WebhookStatus status,
    Instant createdAt,
    Instant updatedAt,
    @Nullable Instant previousSecretEndsAt,
    @Nullable Instant failingSince,
    @Nullable Instant suspendedUntil,
    WebhookStatistics statistics) {
  /** Copies the collections, so that the value cannot change. */
  public Webhook {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(account, "account");
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(createdAt, "createdAt");
    Objects.requireNonNull(updatedAt, "updatedAt");
    Objects.requireNonNull(statistics, "statistics");
    events = Copies.of(events, "events");
    headers = Copies.of(headers, "headers");
  }
}
