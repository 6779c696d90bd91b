package dev.webhooks.model;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One try of a delivery, as the log keeps it.
 *
 * @param number 1 for the first attempt
 * @param at when the attempt began
 * @param durationMs how long the whole exchange took, in milliseconds
 * @param status the HTTP status, or null if no answer came
 * @param error why it failed, or null if it succeeded
 * @param responseBody the beginning of what the endpoint sent back, as text with invalid bytes
 *     replaced, or null; hostile input: escape it wherever it is shown
 */
public record Attempt(
    int number,
    Instant at,
    int durationMs,
    @Nullable Integer status,
    @Nullable DeliveryError error,
    @Nullable String responseBody) {
  /** Refuses null for what must be present. */
  public Attempt {
    Objects.requireNonNull(at, "at");
  }
}
