package dev.webhooks.testing;

import dev.webhooks.spi.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A clock that stands still until the test moves it; it measures elapsed time as well. Thread-safe.
 */
public final class TestClock implements InstantSource, Ticker {
  private final Instant start;
  private final AtomicReference<Instant> now;

  /**
   * Creates a clock.
   *
   * @param start what it shows until it is moved
   */
  public TestClock(Instant start) {
    this.start = start;
    this.now = new AtomicReference<>(start);
  }

  /**
   * Moves the clock forward.
   *
   * @param duration by how much; not negative
   */
  public void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("a test clock only moves forward, not by " + duration);
    }
    now.updateAndGet(instant -> instant.plus(duration));
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
