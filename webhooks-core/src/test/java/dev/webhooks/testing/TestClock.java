package dev.webhooks.testing;

import dev.webhooks.spi.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A clock that stands still until the test moves it; it measures elapsed time as well. Thread-safe.
 */
public final class TestClock implements InstantSource, Ticker {
  private static final Duration LONGEST_RUN = Duration.ofDays(36_525);

  private final Instant start;
  private final AtomicReference<Instant> now;

  /**
   * Creates a clock.
   *
   * @param start what it shows until it is moved
   */
  public TestClock(Instant start) {
    this.start = Objects.requireNonNull(start, "start");
    this.now = new AtomicReference<>(start);
  }

  /**
   * Moves the clock forward.
   *
   * @param duration by how much; not negative
   * @throws IllegalArgumentException if it is negative, or the clock would have run for more than
   *     100 years
   */
  public void advance(Duration duration) {
    Objects.requireNonNull(duration, "duration");
    now.updateAndGet(instant -> after(instant, duration));
  }

  /** Returns what the clock will show after a time, by the rules of {@link #advance}. */
  Instant after(Duration duration) {
    return after(now.get(), duration);
  }

  private Instant after(Instant instant, Duration duration) {
    Duration left = LONGEST_RUN.minus(Duration.between(start, instant));
    if (duration.isNegative() || duration.compareTo(left) > 0) {
      throw new IllegalArgumentException(
          "a test clock moves forward, for at most 100 years in all, not by " + duration);
    }
    return instant.plus(duration);
  }

  /** Moves the clock forward to an instant, unless it is past that. */
  void advanceTo(Instant instant) {
    now.updateAndGet(present -> present.isBefore(instant) ? instant : present);
  }

  @Override
  public Instant instant() {
    return now.get();
  }

  @Override
  public long read() {
    return Duration.between(start, now.get()).toNanos();
  }
}
