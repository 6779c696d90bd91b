package dev.webhooks.testing;

import dev.webhooks.spi.TaskRunner;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * Runs the engine's loops and attempts on the calling thread, and only when told. Not thread-safe.
 */
final class ManualTaskRunner implements TaskRunner {
  /** Far more rounds than any test needs: past that, something never becomes idle. */
  private static final int MAX_ROUNDS = 100_000;

  private final List<ManualLoop> loops = new ArrayList<>();
  private final Queue<Runnable> attempts = new ArrayDeque<>();

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

  /** Runs every loop once, and then whatever has more to do, until nothing has. */
  void runUntilIdle() {
    loops.forEach(ManualLoop::wake);
    for (int round = 0; round < MAX_ROUNDS; round++) {
      if (!runOnce()) {
        return;
      }
    }
    throw new IllegalStateException("the engine does not become idle");
  }

  private boolean runOnce() {
    boolean worked = false;
    for (ManualLoop loop : List.copyOf(loops)) {
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
    private boolean woken;

    ManualLoop(LoopBody body) {
      this.body = body;
    }

    boolean runIfWoken() {
      if (!woken) {
        return false;
      }
      woken = false;
      try {
        // Not in one statement: that would read woken before the round, and lose a wake during it.
        boolean again = body.run().isZero();
        woken |= again;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("a loop was interrupted", e);
      }
      return true;
    }

    @Override
    public void wake() {
      woken = true;
    }

    @Override
    public boolean stop(Duration patience) {
      loops.remove(this);
      return true;
    }
  }
}
