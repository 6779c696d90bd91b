package dev.webhooks.internal.time;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/**
 * Arithmetic on instants that ends at {@link Instant#MIN} and {@link Instant#MAX} where it would
 * else overflow: callers may give any instant as the bound of a range.
 */
public final class Instants {
  private Instants() {}

  /**
   * Returns a later instant, or {@link Instant#MAX} if there is none so late.
   *
   * @param duration not negative
   */
  public static Instant plus(Instant instant, Duration duration) {
    try {
      return instant.plus(duration);
    } catch (DateTimeException | ArithmeticException e) {
      return Instant.MAX;
    }
  }

  /**
   * Returns an earlier instant, or {@link Instant#MIN} if there is none so early.
   *
   * @param duration not negative
   */
  public static Instant minus(Instant instant, Duration duration) {
    try {
      return instant.minus(duration);
    } catch (DateTimeException | ArithmeticException e) {
      return Instant.MIN;
    }
  }
}
