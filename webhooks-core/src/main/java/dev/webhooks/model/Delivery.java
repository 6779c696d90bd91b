package dev.webhooks.model;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One event on its way to one webhook, as the delivery log shows it.
 *
 * @param id the delivery's id, {@code dlv_…}
 * @param webhookId the webhook it goes to, {@code wh_…}
 * @param eventId the event's id: the same over attempts and manual retries
 * @param event the event type
 * @param status how far it has come
 * @param attempts how many attempts have ended
 * @param responseStatus the HTTP status of the last attempt, or null
 * @param responseTimeMs the duration of the last attempt in milliseconds, or null
 * @param error why the last attempt failed or the delivery was given up, or null
 * @param createdAt when it was published
 * @param lastAttemptAt when the last attempt began, or null
 * @param nextAttemptAt when the next attempt is due, or null if it is finished
 * @param retryOf the failed delivery that this one retries, or null
 * @param retriedBy the delivery that retries this one, or null
 */
public record Delivery(
    String id,
    String webhookId,
    String eventId,
    String event,
    DeliveryStatus status,
    int attempts,
    @Nullable Integer responseStatus,
    @Nullable Integer responseTimeMs,
    @Nullable DeliveryError error,
    Instant createdAt,
    @Nullable Instant lastAttemptAt,
    @Nullable Instant nextAttemptAt,
    @Nullable String retryOf,
    @Nullable String retriedBy) {
  /** Refuses null for what must be present. */
  public Delivery {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(webhookId, "webhookId");
    Objects.requireNonNull(eventId, "eventId");
    Objects.requireNonNull(event, "event");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(createdAt, "createdAt");
  }
}
