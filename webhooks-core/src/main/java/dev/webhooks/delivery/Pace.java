package dev.webhooks.delivery;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.store.AttemptOutcome;
import org.jspecify.annotations.Nullable;

/**
 * How many attempts of one webhook may run at once, learnt from how they go. Guarded by the
 * dispatcher's lock.
 *
 * <p>A webhook begins with a quarter of the most there may be. Each attempt that ends within
 * {@link Slots#SLOW} allows one more; each that its endpoint did not answer, or answered with 429,
 * 502, 503 or 504, halves them, down to one. A slow answer changes nothing: an endpoint that is
 * merely slow keeps what it has.
 */
final class Pace {
  private final int most;
  private int allowed;
  private @Nullable Boolean fast;

  /**
   * Creates the pace of a webhook that nothing is known of.
   *
   * @param most how many attempts of one webhook run at once at most
   */
  Pace(int most) {
    this.most = most;
    this.allowed = Math.min(most, Math.max(2, most / 4));
  }

  /** Returns how many attempts may run at once. */
  int allowed() {
    return allowed;
  }

  /** Returns whether the last attempt that ended was fast. */
  boolean isTrusted() {
    return Boolean.TRUE.equals(fast);
  }

  /** Returns whether the last attempt that ended was slow. */
  boolean isSuspect() {
    return Boolean.FALSE.equals(fast);
  }

  /**
   * Takes in that an attempt has ended.
   *
   * @param wasFast whether it ended in good time
   * @param outcome what came of it, or null if that says nothing
   */
  void ended(boolean wasFast, @Nullable AttemptOutcome outcome) {
    fast = wasFast;
    if (outcome != null && isTooMuch(outcome)) {
      allowed = Math.max(1, allowed / 2);
    } else if (wasFast) {
      allowed = Math.min(most, allowed + 1);
    }
  }

  private static boolean isTooMuch(AttemptOutcome outcome) {
    Sign sign = Sign.of(outcome);
    if (sign == null || outcome.error() != DeliveryError.HTTP_STATUS) {
      return sign != null && sign.kind() == Sign.Kind.UNREACHED;
    }
    Integer status = outcome.httpStatus();
    return status != null && (status == 429 || (status >= 502 && status <= 504));
  }
}
