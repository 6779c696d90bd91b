package dev.webhooks.internal.time;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The one clock of all instances: the database's time. Implementations are thread-safe.
 *
 * <p>The database's clock may jump, as after a fail-over to a machine whose clock is wrong. A jump
 * is not believed at once, and nothing may come to its end by it meanwhile.
 */
public interface OneClock extends InstantSource {
  /**
   * Returns an instant that has certainly come: the present time or, while it is in doubt, the
   * earliest that it may be. What ends or is forgotten after a time ends by this.
   */
  Instant certain();

  /**
   * Returns a clock that is never in doubt.
   *
   * @param source the time
   */
  static OneClock of(InstantSource source) {
    return new OneClock() {
      @Override
      public Instant instant() {
        return source.instant();
      }

      @Override
      public Instant certain() {
        return source.instant();
      }
    };
  }
}
