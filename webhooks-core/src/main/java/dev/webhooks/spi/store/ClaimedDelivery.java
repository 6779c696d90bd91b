package dev.webhooks.spi.store;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A delivery with all that its next attempt needs but the webhook's configuration.
 *
 * @param claim the claim that the instance owns it by
 * @param event the event's own id
 * @param eventId the event's public id, which receivers see
 * @param eventType the event type
 * @param attempts how many attempts have ended
 * @param createdAt when it was published
 * @param body the bytes to sign and send; not copied
 * @param traceContext in which context the event was published, see {@code Tracing}; or null
 */
public record ClaimedDelivery(
    ClaimRef claim,
    UUID event,
    String eventId,
    String eventType,
    int attempts,
    Instant createdAt,
    byte[] body,
    @Nullable String traceContext) {
  /** Returns the same under another claim. */
  public ClaimedDelivery under(ClaimRef claim) {
    return new ClaimedDelivery(
        claim, event, eventId, eventType, attempts, createdAt, body, traceContext);
  }
}
