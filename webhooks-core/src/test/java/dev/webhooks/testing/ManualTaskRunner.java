package dev.webhooks.testing;

import dev.webhooks.spi.TaskRunner;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs the engine's loops and attempts on the calling thread, and only when told. One thread runs
 * them; work may come from any, since the code under test may publish from threads of its own.
 */
final class ManualTaskRunner implements TaskRunner {
  /** Far more rounds than any test needs: past that, something never becomes idle. */
  private static final int MAX_ROUNDS = 100_000;

  private final List<ManualLoop> loops = new CopyOnWriteArrayList<>();
  private final Queue<Runnable> attempts = new ConcurrentLinkedQueue<>();
  private volatile boolean running;

  @Override
  public Loop loop(String name, LoopBody body) {
    ManualLoop loop = new ManualLoop(body);
    loops.add(loop);
    return loop;
  }

  @Override
  public void execute(Runnable attempt) {
    attempts.add(attempt);
  }

  @Override
  public void close() {
    loops.clear();
    attempts.clear();
  }

  /** Nothing is in flight before the runner runs. */
  @Override
  public boolean mayBegin() {
    return running;
  }

  /** Runs every loop once, and then whatever has more to do, until nothing has. */
  void runUntilIdle() {
    running = true;
    try {
      loops.forEach(ManualLoop::wake);
      for (int round = 0; round < MAX_ROUNDS; round++) {
        if (!runOnce()) {
          return;
        }
      }
    } finally {
      running = false;
    }
    throw new IllegalStateException("the engine does not become idle");
  }

  private boolean runOnce() {
    boolean worked = false;
    for (ManualLoop loop : loops) {
      worked |= loop.runIfWoken();
    }
    for (Runnable attempt = attempts.poll(); attempt != null; attempt = attempts.poll()) {
      attempt.run();
      worked = true;
    }
    return worked;
  }

  private final class ManualLoop implements Loop {
    private final LoopBody body;
    private final AtomicBoolean woken = new AtomicBoolean();

    ManualLoop(LoopBody body) {
      this.body = body;
    }

    boolean runIfWoken() {
      if (!woken.getAndSet(false)) {
        return false;
      }
      try {
        if (body.run().isZero()) {
          wake();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("a loop was interrupted", e);
      }
      return true;
    }

    @Override
    public void wake() {
      woken.set(true);
    }

    @Override
    public boolean stop(Duration patience) {
      loops.remove(this);
      return true;
    }
  }
}
