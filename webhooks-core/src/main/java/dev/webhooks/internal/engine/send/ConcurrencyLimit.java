package dev.webhooks.internal.engine.send;

import dev.webhooks.internal.engine.endpoint.EndpointSignal;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.store.AttemptOutcome;
import org.jspecify.annotations.Nullable;

/**
 * The number of attempts of one webhook that may run at once. It adapts to their outcomes.
 *
 * <p>A webhook begins with a quarter of the maximum. Each attempt that ends within
 * {@link Slots#SLOW} adds one. Each attempt without an answer, or with 429, 502, 503 or 504, halves
 * the limit, down to one. A slow answer changes nothing.
 */
final class ConcurrencyLimit {
  private final int max;
  private int allowed;
  private Trust trust = Trust.UNKNOWN;

  /** The degrees to which an endpoint is relied on to answer soon. */
  enum Trust {
    /** The last attempt was fast, and none is slow. */
    TRUSTED,
    /** No attempt has ended yet. */
    UNKNOWN,
    /** The last attempt was slow, or one in flight is. */
    SUSPECT
  }

  ConcurrencyLimit(int max) {
    this.max = max;
    reset();
  }

  /** Forgets the outcomes of all attempts. */
  void reset() {
    allowed = Math.min(max, Math.max(2, max / 4));
    trust = Trust.UNKNOWN;
  }

  int allowed() {
    return allowed;
  }

  /** Returns the trust that the last attempt earned. */
  Trust trust() {
    return trust;
  }

  /**
   * Adapts to an attempt that has ended.
   *
   * @param wasFast whether it ended within {@link Slots#SLOW}
   * @param outcome its outcome, or null if that says nothing about the endpoint
   */
  void ended(boolean wasFast, @Nullable AttemptOutcome outcome) {
    trust = wasFast ? Trust.TRUSTED : Trust.SUSPECT;
    if (outcome != null && isTooMuch(outcome)) {
      allowed = Math.max(1, allowed / 2);
    } else if (wasFast) {
      allowed = Math.min(max, allowed + 1);
    }
  }

  private static boolean isTooMuch(AttemptOutcome outcome) {
    EndpointSignal signal = EndpointSignal.of(outcome);
    if (signal == null || outcome.error() != DeliveryError.HTTP_STATUS) {
      return signal != null && signal.kind() == EndpointSignal.Kind.UNREACHED;
    }
    Integer status = outcome.httpStatus();
    return status != null && (status == 429 || (status >= 502 && status <= 504));
  }
}
