package dev.webhooks.delivery;

import dev.webhooks.model.EngineTrouble;
import dev.webhooks.spi.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The duties of one loop, in their order. Each stands for itself: one that fails rests for a while,
 * longer each time, and the others go on. Used by the thread of the loop.
 *
 * <p>A round ends with the first failure, and the next one goes on behind it at once. So a loop
 * that is to stop waits for one operation without an answer at most.
 */
final class Duties {
  private static final Duration LONGEST_REST = Duration.ofSeconds(3);

  private final List<Entry> entries = new ArrayList<>();
  private final Troubles troubles;
  private final Ticker ticker;
  private int next;

  Duties(Troubles troubles) {
    this.troubles = troubles;
    this.ticker = troubles.ticker();
  }

  /** One thing that a loop does again and again. */
  @FunctionalInterface
  interface Duty {
    /** Does it once; a fault is noted and lets it rest. */
    Done run();
  }

  /**
   * The result of a duty.
   *
   * @param something whether there was something to do, so that it is known to succeed
   * @param pause how long it may wait before it is done again
   */
  record Done(boolean something, Duration pause) {
    /** Returns that it was done. */
    static Done something(Duration pause) {
      return new Done(true, pause);
    }

    /** Returns that there was nothing to do. */
    static Done nothing(Duration pause) {
      return new Done(false, pause);
    }
  }

  /**
   * Adds a duty behind the others.
   *
   * @param name what it does, as the log and {@link EngineTrouble} say it
   */
  Duties add(String name, Duty duty) {
    return add(name, duty, LONGEST_REST);
  }

  /**
   * Adds a duty that rests no longer than a given time.
   *
   * @param longestRest after how long at most it is tried again
   */
  Duties add(String name, Duty duty, Duration longestRest) {
    entries.add(new Entry(duty, troubles.of(name), longestRest));
    return this;
  }

  /**
   * Does each duty that does not rest.
   *
   * @return how long to wait before the next round
   */
  Duration round() {
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

  private final class Entry {
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
      resting = resting && restsUntil - ticker.read() > 0;
      return resting;
    }

    /** An error of the JVM is noted as well: it, too, must not keep the others from their turn. */
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
      restsUntil = ticker.read() + duration.toNanos();
    }

    Duration pause() {
      return rests() ? Duration.ofNanos(restsUntil - ticker.read()) : pause;
    }
  }
}
