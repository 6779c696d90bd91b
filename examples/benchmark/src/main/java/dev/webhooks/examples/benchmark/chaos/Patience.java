package dev.webhooks.examples.benchmark.chaos;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for what another process does. */
final class Patience {
  private static final long LOOK_EVERY_MILLIS = 100;

  private Patience() {}

  /** Waits until a condition holds; returns false if it does not within the time. */
  static boolean until(Duration longest, Callable<Boolean> condition) throws Exception {
    long began = System.nanoTime();
    while (!condition.call()) {
      if (System.nanoTime() - began > longest.toNanos()) {
        return false;
      }
      Thread.sleep(LOOK_EVERY_MILLIS);
    }
    return true;
  }

  /**
   * Waits until a condition holds.
   *
   * @throws IllegalStateException saying what did not happen within the time
   */
  static void require(String what, Duration longest, Callable<Boolean> condition) throws Exception {
    if (!until(longest, condition)) {
      throw new IllegalStateException(
          what + " did not happen within " + longest.toSeconds() + " s");
    }
  }
}
