package dev.webhooks.examples.benchmark.chaos;

import java.util.concurrent.TimeUnit;

/**
 * The line that an instance printed about an order.
 *
 * @param order its number
 * @param kind {@code ack}, {@code refused} or {@code unknown}
 * @param detail how many microseconds it took, or why it was refused
 * @param at when the line was read
 */
record Outcome(long order, String kind, String detail, long at) {
  boolean acknowledged() {
    return kind.equals("ack");
  }

  boolean refused() {
    return kind.equals("refused");
  }

  /** Returns how long an acknowledged transaction took. */
  long nanos() {
    return TimeUnit.MICROSECONDS.toNanos(Long.parseLong(detail));
  }

  /** Returns when an acknowledged transaction began, but for the time it took to say so. */
  long beganAt() {
    return at - nanos();
  }
}
