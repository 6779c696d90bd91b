package dev.webhooks.internal.engine.base;

import static dev.webhooks.internal.engine.base.EngineLog.LOG;

import dev.webhooks.spi.TaskRunner;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A runner of loops on daemon threads, and of attempts on virtual threads or, before JDK 21, on
 * platform threads. The dispatcher bounds how many attempts run at once.
 */
public final class ThreadTaskRunner implements TaskRunner {

  private final List<LoopThread> loops = new CopyOnWriteArrayList<>();
  private final ExecutorService attempts;

  public ThreadTaskRunner(int maxAttempts) {
    this.attempts = attemptThreads(maxAttempts);
  }

  @Override
  public Loop loop(String name, LoopBody body) {
    LoopThread loop = new LoopThread(name, body);
    loops.add(loop);
    loop.thread.start();
    return loop;
  }

  @Override
  public void execute(Runnable attempt) {
    attempts.execute(attempt);
  }

  @Override
  public void close() {
    loops.forEach(loop -> loop.stop(Duration.ZERO));
    attempts.shutdownNow();
  }

  /** Looks virtual threads up by name: they exist since JDK 21, and this is compiled for 17. */
  private static ExecutorService attemptThreads(int max) {
    try {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (ReflectiveOperationException e) {
      return platformThreads(max);
    }
  }

  /** Returns threads that end after a minute without work. */
  static ExecutorService platformThreads(int max) {
    ThreadPoolExecutor pool = new ThreadPoolExecutor(
        max, max, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), daemons("webhooks-attempt-"));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static ThreadFactory daemons(String prefix) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, prefix + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  private static final class LoopThread implements Loop {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final LoopBody body;
    private final Thread thread;
    private boolean woken;
    private volatile boolean stopped;

    LoopThread(String name, LoopBody body) {
      this.body = body;
      this.thread = new Thread(this::rounds, name);
      thread.setDaemon(true);
    }

    @Override
    public void wake() {
      lock.lock();
      try {
        woken = true;
        changed.signal();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public boolean stop(Duration patience) {
      stopped = true;
      wake();
      if (Thread.currentThread() == thread) {
        return false;
      }
      try {
        thread.join(Math.max(1, patience.toMillis()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      boolean ended = !thread.isAlive();
      thread.interrupt();
      return ended;
    }

    private void rounds() {
      while (!stopped) {
        try {
          pause(round());
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    private Duration round() throws InterruptedException {
      try {
        return body.run();
      } catch (RuntimeException | Error e) {
        // A loop that stopped silently would be worse than one that repeats a fault once a second.
        LOG.error("{}: a round failed unexpectedly; going on", thread.getName(), e);
        return Duration.ofSeconds(1);
      }
    }

    private void pause(Duration duration) throws InterruptedException {
      lock.lockInterruptibly();
      try {
        long left = duration.toNanos();
        while (!woken && !stopped && left > 0) {
          left = changed.awaitNanos(left);
        }
        woken = false;
      } finally {
        lock.unlock();
      }
    }
  }
}
