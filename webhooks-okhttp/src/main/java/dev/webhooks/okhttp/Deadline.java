package dev.webhooks.okhttp;

import java.time.Duration;

/** The end of an attempt on the JVM's monotonic clock. */
record Deadline(long atNanos) {
  /** A time that is never reached, without an overflow of differences. */
  private static final Duration FOREVER = Duration.ofDays(36_500);

  static Deadline in(Duration timeout) {
    Duration bounded = timeout.compareTo(FOREVER) < 0 ? timeout : FOREVER;
    return new Deadline(System.nanoTime() + bounded.toNanos());
  }

  long remainingNanos() {
    return Math.max(0, atNanos - System.nanoTime());
  }

  boolean passed() {
    return remainingNanos() == 0;
  }
}
