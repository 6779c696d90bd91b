package dev.webhooks.internal.engine.base;

import dev.webhooks.spi.TaskRunner;
import dev.webhooks.spi.TaskRunner.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A loop with a thread and a few duties, which it does in their order. A duty that fails rests for
 * a while, longer each time, and the others go on.
 *
 * <p>A round ends with the first failure, and the next round goes on behind it at once. So a loop
 * that is to stop waits for at most one operation without an answer.
 */
public final class EngineLoop {
  private static final Duration LONGEST_REST = Duration.ofSeconds(3);

  private final String name;
  private final List<Entry> entries = new ArrayList<>();
  private Duration leastPause = Duration.ZERO;
  private int pausePerRound;
  private int next;
  private volatile @Nullable Loop running;

  public EngineLoop(String name) {
    this.name = name;
  }

  /** A piece of work that a loop does again and again. */
  @FunctionalInterface
  public interface Duty {
    /** Does it once; a fault is noted and lets the duty rest. */
    Done run();
  }

  /**
   * The result of a duty.
   *
   * @param something whether there was something to do, so that the duty is known to succeed
   * @param pause how long it may wait before it is done again
   */
  public record Done(boolean something, Duration pause) {
    public static Done something(Duration pause) {
      return new Done(true, pause);
    }

    public static Done nothing(Duration pause) {
      return new Done(false, pause);
    }
  }

  /** Adds a duty behind the others. */
  public EngineLoop add(StoreTrouble trouble, Duty duty) {
    return add(trouble, duty, LONGEST_REST);
  }

  /** Adds a duty that rests after a failure for no longer than a given time. */
  public EngineLoop add(StoreTrouble trouble, Duty duty, Duration longestRest) {
    entries.add(new Entry(duty, trouble, longestRest));
    return this;
  }

  /**
   * Leaves pauses between rounds that have more to do, so that a busy database gets longer ones.
   *
   * @param least the shortest pause
   * @param perRound the pause as a multiple of the duration of the round before it
   */
  public EngineLoop pausing(Duration least, int perRound) {
    leastPause = least;
    pausePerRound = perRound;
    return this;
  }

  public void start(TaskRunner runner) {
    running = runner.loop(name, this::round);
  }

  /** Starts the next round now; does nothing unless the loop runs. */
  public void wake() {
    Loop loop = running;
    if (loop != null) {
      loop.wake();
    }
  }

  /** Stops the loop; returns whether its last round ended within {@code patience}. */
  public boolean stop(Duration patience) {
    Loop loop = running;
    running = null;
    return loop == null || loop.stop(patience);
  }

  /** Does each duty that does not rest; returns how long to wait before the next round. */
  public Duration round() {
    long began = ticks();
    Duration pause = doDuties();
    if (!pause.isZero()) {
      return pause;
    }
    Duration share = Duration.ofNanos(ticks() - began).multipliedBy(pausePerRound);
    return share.compareTo(leastPause) < 0 ? leastPause : share;
  }

  private long ticks() {
    return entries.get(0).trouble.ticker().read();
  }

  private Duration doDuties() {
    while (next < entries.size()) {
      Entry entry = entries.get(next++);
      if (!entry.rests() && !entry.succeeds() && next < entries.size()) {
        return Duration.ZERO;
      }
    }
    next = 0;
    Duration shortest = entries.get(0).pause();
    for (Entry entry : entries) {
      Duration pause = entry.pause();
      shortest = pause.compareTo(shortest) < 0 ? pause : shortest;
    }
    return shortest;
  }

  private static final class Entry {
    private final Duty duty;
    private final StoreTrouble trouble;
    private final Duration longestRest;
    private Duration pause = Duration.ZERO;
    private boolean resting;
    private long restsUntil;

    Entry(Duty duty, StoreTrouble trouble, Duration longestRest) {
      this.duty = duty;
      this.trouble = trouble;
      this.longestRest = longestRest;
    }

    boolean rests() {
      resting = resting && left() > 0;
      return resting;
    }

    private long left() {
      return restsUntil - trouble.ticker().read();
    }

    /** Notes errors of the JVM as well, so that they do not keep the others from their turn. */
    boolean succeeds() {
      try {
        Done done = duty.run();
        pause = done.pause();
        if (done.something()) {
          trouble.over();
        } else {
          trouble.quiet();
        }
        return true;
      } catch (RuntimeException | Error e) {
        Duration rest = trouble.failed(e);
        rest(rest.compareTo(longestRest) > 0 ? longestRest : rest);
        return false;
      }
    }

    private void rest(Duration duration) {
      pause = Duration.ZERO;
      resting = true;
      restsUntil = trouble.ticker().read() + duration.toNanos();
    }

    Duration pause() {
      return rests() ? Duration.ofNanos(left()) : pause;
    }
  }
}
