package dev.webhooks.examples.restserver;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts the requests that are being handled, so that a server can end when they have. */
final class InFlight {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition left = lock.newCondition();
  private int count;
  private boolean closed;

  /** Returns false if no further request may be handled; otherwise {@link #leave} must follow. */
  boolean enter() {
    lock.lock();
    try {
      if (!closed) {
        count++;
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  void leave() {
    lock.lock();
    try {
      count--;
      left.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Lets nobody in any more and waits for those inside. */
  void close(Duration patience) {
    lock.lock();
    try {
      closed = true;
      long nanos = patience.toNanos();
      while (count > 0 && nanos > 0) {
        nanos = left.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
