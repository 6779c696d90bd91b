package dev.webhooks.examples.benchmark.process;

import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The arrivals of one run: every delivery once, how often again, and how long each took. */
final class Tally {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition complete = lock.newCondition();
  private final BitSet seen = new BitSet();
  private final int run;
  private final int target;
  private final int copies;
  private long[] latencies = new long[1_024];
  private int distinct;
  private int repeated;
  private int unsigned;
  private long first;
  private long last;

  /**
   * Waits for a run.
   *
   * @param run its number, which the paths of its requests hold
   * @param target how many deliveries make it complete
   * @param copies to how many webhooks each event goes
   */
  Tally(int run, int target, int copies) {
    this.run = run;
    this.target = target;
    this.copies = copies;
  }

  /** Counts a request that has arrived as a whole; those of other runs are ignored. */
  void arrived(Request request, long now) {
    if (request.run() != run) {
      return;
    }
    lock.lock();
    try {
      int delivery =
          Math.toIntExact(request.number() * copies + (copies > 1 ? request.endpoint() : 0));
      unsigned += request.signed() ? 0 : 1;
      if (seen.get(delivery)) {
        repeated++;
        return;
      }
      seen.set(delivery);
      count(request, now);
    } finally {
      lock.unlock();
    }
  }

  private void count(Request request, long now) {
    if (distinct == latencies.length) {
      latencies = Arrays.copyOf(latencies, 2 * distinct);
    }
    latencies[distinct++] = now - request.published();
    first = distinct == 1 ? now : first;
    if (distinct <= target) {
      last = now;
    }
    if (distinct == target) {
      complete.signalAll();
    }
  }

  /** Waits until the run is complete; returns false if that takes too long. */
  boolean await(long millis) throws InterruptedException {
    long left = TimeUnit.MILLISECONDS.toNanos(millis);
    lock.lock();
    try {
      while (distinct < target && left > 0) {
        left = complete.awaitNanos(left);
      }
      return distinct >= target;
    } finally {
      lock.unlock();
    }
  }

  /** Returns how many different deliveries have arrived. */
  int distinct() {
    lock.lock();
    try {
      return distinct;
    } finally {
      lock.unlock();
    }
  }

  /** Tells all; times are readings of the machine's monotonic clock, or milliseconds. */
  String tell() {
    lock.lock();
    try {
      long[] sorted = Arrays.copyOf(latencies, distinct);
      Arrays.sort(sorted);
      return "distinct=" + distinct + " repeated=" + repeated + " unsigned=" + unsigned + " first="
          + first + " last=" + last + " p50=" + at(sorted, 0.5) + " p99=" + at(sorted, 0.99)
          + " p999=" + at(sorted, 0.999);
    } finally {
      lock.unlock();
    }
  }

  private static double at(long[] sorted, double part) {
    return sorted.length == 0
        ? 0
        : sorted[Math.max(0, (int) Math.ceil(part * sorted.length) - 1)] / 1e6;
  }
}
