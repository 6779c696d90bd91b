package dev.webhooks.internal.engine;

import dev.webhooks.spi.TaskRunner;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/** Runs single rounds of single loops, and attempts, on the calling thread and only when told. */
public final class SteppedRunner implements TaskRunner {
  private final Map<String, LoopBody> loops = new HashMap<>();
  private final Map<String, Integer> woken = new HashMap<>();
  private final Queue<Runnable> attempts = new ArrayDeque<>();

  @Override
  public Loop loop(String name, LoopBody body) {
    loops.put(name, body);
    return new Loop() {
      @Override
      public void wake() {
        woken.merge(name, 1, Integer::sum);
      }

      @Override
      public boolean stop(Duration patience) {
        loops.remove(name);
        return true;
      }
    };
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

  /** Runs one round of a loop. */
  public void round(String loop) {
    try {
      loops.get(loop).run();
    } catch (InterruptedException e) {
      throw new IllegalStateException(loop + " was interrupted", e);
    }
  }

  /** Runs one round of a loop if it was started and not stopped. */
  public void roundIfAny(String loop) {
    if (has(loop)) {
      round(loop);
    }
  }

  /** Returns how often a loop was woken. */
  public int wakes(String loop) {
    return woken.getOrDefault(loop, 0);
  }

  public boolean has(String loop) {
    return loops.containsKey(loop);
  }

  /** Makes the attempts that were started. */
  public void attempts() {
    for (Runnable attempt = attempts.poll(); attempt != null; attempt = attempts.poll()) {
      attempt.run();
    }
  }
}
