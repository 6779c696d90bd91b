package dev.webhooks.model;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A delivery with its payload and every attempt.
 *
 * @param delivery the delivery
 * @param payload the event's {@code data} as JSON text, exactly as it was published; null if it is
 *     not kept any more, as may happen to a delivery that took longer to end than it may
 * @param attemptLog every attempt that has ended, the first one first
 */
public record DeliveryDetails(
    Delivery delivery, @Nullable String payload, List<Attempt> attemptLog) {
  /** Copies the list, so that the value cannot change. */
  public DeliveryDetails {
    Objects.requireNonNull(delivery, "delivery");
    attemptLog = Copies.of(attemptLog, "attemptLog");
  }
}
