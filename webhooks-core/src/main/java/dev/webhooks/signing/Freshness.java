package dev.webhooks.signing;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * Decides whether a message was signed near enough to now.
 *
 * @param now the receiver's time
 * @param tolerance how far a timestamp may lie from it in either direction, inclusive
 */
public record Freshness(Instant now, Duration tolerance) {
  /** Refuses null for what must be present. */
  public Freshness {
    Objects.requireNonNull(now, "now");
    Objects.requireNonNull(tolerance, "tolerance");
  }

  /**
   * Returns whether a timestamp is within the tolerance.
   *
   * @param timestamp when the message was signed, in whole seconds
   */
  public boolean accepts(Instant timestamp) {
    Objects.requireNonNull(timestamp, "timestamp");
    Instant second = Instant.ofEpochSecond(now.getEpochSecond());
    return Duration.between(timestamp, second).abs().compareTo(tolerance) <= 0;
  }
}
