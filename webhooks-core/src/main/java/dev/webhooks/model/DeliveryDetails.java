package dev.webhooks.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A delivery with what is sent and every attempt.
 *
 * @param delivery the delivery
 * @param timestamp when the event happened, in milliseconds, as its body says; null if that is not
 *     kept any more
 * @param headers the headers of its latest attempt, or of its first while there was none: the
 *     webhook's present custom headers, sensitive values masked, and those of the sender, where
 *     signatures have a placeholder in angle brackets
 * @param payload the event's {@code data} as JSON text, exactly as it was published; null if it is
 *     not kept any more, as may happen to a delivery that took longer to end than it may
 * @param attemptLog every attempt that has ended, the first one first
 */
public record DeliveryDetails(
    Delivery delivery,
    @Nullable Instant timestamp,
    Map<String, String> headers,
    @Nullable String payload,
    List<Attempt> attemptLog) {
  /** Copies the collections, so that the value cannot change. */
  public DeliveryDetails {
    Objects.requireNonNull(delivery, "delivery");
    headers = Copies.of(headers, "headers");
    attemptLog = Copies.of(attemptLog, "attemptLog");
  }
}
