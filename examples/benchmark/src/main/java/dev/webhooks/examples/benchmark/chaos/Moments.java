package dev.webhooks.examples.benchmark.chaos;

import java.time.Duration;
import java.time.Instant;

/** Translates between the time of day, which logs have, and the monotonic clock. */
record Moments(Instant instant, long nanos) {
  static Moments now() {
    return new Moments(Instant.now(), System.nanoTime());
  }

  long nanos(Instant time) {
    return nanos + Duration.between(instant, time).toNanos();
  }
}
