package dev.webhooks.delivery;

import dev.webhooks.delivery.Standing.Trust;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.store.AttemptOutcome;
import org.jspecify.annotations.Nullable;

/**
 * The number of attempts of one webhook that may run at once, learnt from how they go. Guarded by
 * the dispatcher's lock.
 *
 * <p>A webhook begins with a quarter of the most there may be. Each attempt that ends within
 * {@link Slots#SLOW} allows one more; each that its endpoint did not answer, or answered with 429,
 * 502, 503 or 504, halves them, down to one. A slow answer changes nothing: an endpoint that is
 * merely slow keeps what it has.
 */
final class Pace {
  private final int most;
  private int allowed;
  private Trust trust = Trust.UNKNOWN;

  /**
   * Creates the pace of a webhook that nothing is known of.
   *
   * @param most how many attempts of one webhook run at once at most
   */
  Pace(int most) {
    this.most = most;
    this.allowed = initial(most);
  }

  /** Returns how many attempts of a webhook that nothing is known of may run at once. */
  static int initial(int most) {
    return Math.min(most, Math.max(2, most / 4));
  }

  /** Returns how many attempts may run at once. */
  int allowed() {
    return allowed;
  }

  /** Returns what the last attempt that ended says. */
  Trust trust() {
    return trust;
  }

  /**
   * Takes in that an attempt has ended.
   *
   * @param wasFast whether it ended in good time
   * @param outcome what came of it, or null if that says nothing
   */
  void ended(boolean wasFast, @Nullable AttemptOutcome outcome) {
    trust = wasFast ? Trust.TRUSTED : Trust.SUSPECT;
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
