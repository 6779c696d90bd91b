package dev.webhooks.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

/** Tells waits for a lock, of two seconds each, from none and from those without end. */
final class LockWaits {
  /** The shortest time that is a wait. */
  static final Duration AT_LEAST = Duration.ofMillis(1_500);

  /** The longest time: ten waits, and yet less than any database or driver would wait by itself. */
  static final Duration AT_MOST = Duration.ofSeconds(20);

  private static final int TRIES = 5;

  private LockWaits() {}

  /**
   * Does something that can be repeated, and fails if it takes as long as a wait. A busy machine
   * may be as slow once; whoever waits is as slow each time.
   */
  static void none(Runnable work) {
    Duration fastest = timed(work);
    for (int i = 1; i < TRIES && fastest.compareTo(AT_LEAST) >= 0; i++) {
      Duration next = timed(work);
      fastest = next.compareTo(fastest) < 0 ? next : fastest;
    }
    assertThat(fastest).as("the fastest of %s tries", TRIES).isLessThan(AT_LEAST);
  }

  /** Does something once, which takes a wait and no more. */
  static void one(Runnable work) {
    assertThat(timed(work)).isBetween(AT_LEAST, AT_MOST);
  }

  private static Duration timed(Runnable work) {
    long started = System.nanoTime();
    work.run();
    return Duration.ofNanos(System.nanoTime() - started);
  }
}
