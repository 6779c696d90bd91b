package dev.webhooks.examples.benchmark.chaos;

import java.util.Arrays;

/** Times in milliseconds, to take medians and the like of. */
record Latencies(double[] sorted) {
  static Latencies ofNanos(long[] nanos) {
    double[] millis = Arrays.stream(nanos).mapToDouble(time -> time / 1e6).toArray();
    Arrays.sort(millis);
    return new Latencies(millis);
  }

  int count() {
    return sorted.length;
  }

  double median() {
    return at(0.5);
  }

  double p99() {
    return at(0.99);
  }

  double max() {
    return at(1);
  }

  /** Returns the value that a part of all are not above; 0 if there are none. */
  private double at(double part) {
    if (sorted.length == 0) {
      return 0;
    }
    int index = (int) Math.ceil(part * sorted.length) - 1;
    return sorted[Math.max(0, index)];
  }
}
