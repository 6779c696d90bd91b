package dev.webhooks.examples.benchmark.chaos;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets threads through at a steady rate, or a number of times as fast as they come. What a slow
 * database kept from happening is not made up for later. Thread-safe.
 */
final class Pace {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long interval;
  private long due;
  private int burst;
  private int waiting;
  private boolean closed;

  void rate(int perSecond) {
    lock.lock();
    try {
      interval = perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
      due = System.nanoTime();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void burst(int times) {
    lock.lock();
    try {
      burst += times;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for its turn; returns false when there will be none. */
  boolean await() throws InterruptedException {
    lock.lock();
    try {
      waiting++;
      changed.signalAll();
      while (!closed) {
        long now = System.nanoTime();
        if (burst > 0) {
          burst--;
          return true;
        }
        if (interval == 0) {
          changed.await();
        } else if (due <= now) {
          due = Math.max(due + interval, now);
          return true;
        } else {
          long unused = changed.awaitNanos(due - now);
        }
      }
      return false;
    } finally {
      waiting--;
      lock.unlock();
    }
  }

  /** Waits until so many threads wait for their turn, and none has one. */
  void awaitIdle(int threads) throws InterruptedException {
    lock.lock();
    try {
      while (!closed && (waiting < threads || burst > 0)) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }
}
