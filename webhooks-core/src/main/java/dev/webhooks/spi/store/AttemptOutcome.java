package dev.webhooks.spi.store;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of an attempt.
 *
 * @param claim the delivery, and the claim number under which the attempt was made
 * @param number the attempt's number; the first is 1
 * @param at when it began
 * @param durationMs how long it took, in milliseconds
 * @param httpStatus the HTTP status, or null
 * @param error why it failed, or null if it succeeded
 * @param excerpt the beginning of the response body as it came; empty if there was none; not copied
 * @param status {@code SUCCESS}, {@code FAILED} if it was the last attempt, or {@code PENDING} if
 *     another follows
 * @param dueAt when the next attempt is due; null exactly if none follows
 */
public record AttemptOutcome(
    ClaimRef claim,
    int number,
    Instant at,
    int durationMs,
    @Nullable Integer httpStatus,
    @Nullable DeliveryError error,
    byte[] excerpt,
    DeliveryStatus status,
    @Nullable Instant dueAt) {
  /** Checks that a due time is given exactly if another attempt follows. */
  public AttemptOutcome {
    if ((status == DeliveryStatus.PENDING) != (dueAt != null)) {
      throw new IllegalArgumentException(
          "a due time belongs to a pending delivery and to no other");
    }
  }
}
