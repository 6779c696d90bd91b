package dev.webhooks.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Runs work on several threads that start at the same moment, and waits for it, not for ever. */
final class Concurrently {
  private Concurrently() {}

  /** Runs the same work on several threads. */
  static <T> List<T> times(int threads, Supplier<T> work) {
    List<Supplier<T>> copies = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      copies.add(work);
    }
    return run(copies);
  }

  /** Runs each work on a thread of its own and returns the results in the same order. */
  static <T> List<T> run(List<Supplier<T>> works) {
    CyclicBarrier start = new CyclicBarrier(works.size());
    ExecutorService threads = Executors.newFixedThreadPool(works.size());
    try {
      List<Future<T>> running = new ArrayList<>();
      for (Supplier<T> work : works) {
        running.add(threads.submit(() -> {
          start.await(Patience.SECONDS, TimeUnit.SECONDS);
          return work.get();
        }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> result : running) {
        results.add(await(result));
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  static <T> T await(Future<T> result) {
    try {
      return result.get(Patience.SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } catch (ExecutionException e) {
      throw new AssertionError("the work failed", e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("the work did not end in time", e);
    }
  }
}
