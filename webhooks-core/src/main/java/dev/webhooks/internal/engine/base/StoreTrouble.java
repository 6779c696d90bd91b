package dev.webhooks.internal.engine.base;

import static dev.webhooks.internal.engine.base.EngineLog.LOG;

import dev.webhooks.model.EngineTrouble;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.Ticker;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The failures of one duty in a row. It logs the first at WARN and the others at DEBUG, reminds the
 * listener once a minute, and chooses how long to back off. Used by the thread of its loop, except
 * for {@link #present()}.
 */
final class StoreTrouble {
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(3);
  private static final long REMIND_AFTER = Duration.ofMinutes(1).toNanos();
  private static final int MAX_DOUBLINGS = 6;

  /** A duty without work for this long after a failure counts as well again. */
  private static final long QUIET = Duration.ofMinutes(1).toNanos();

  private final String duty;
  private final Ticker ticker;
  private final RandomGenerator random;
  private final BiConsumer<Throwable, Duration> listener;
  private volatile @Nullable Streak streak;
  private long told;
  private long lastFailure;
  private int failures;

  StoreTrouble(
      String duty,
      Ticker ticker,
      RandomGenerator random,
      BiConsumer<Throwable, Duration> listener) {
    this.duty = duty;
    this.ticker = ticker;
    this.random = random;
    this.listener = listener;
  }

  Ticker ticker() {
    return ticker;
  }

  /** Notes a failure and returns how long to wait before the next try. */
  Duration failed(Throwable fault) {
    long now = ticker.read();
    lastFailure = now;
    Streak known = streak;
    if (known == null) {
      streak = new Streak(now, message(fault));
      told = now;
      warn(fault);
      listener.accept(fault, Duration.ZERO);
    } else {
      streak = new Streak(known.since, message(fault));
      LOG.debug("{}: failed again", duty, fault);
      if (now - told >= REMIND_AFTER) {
        told = now;
        listener.accept(fault, Duration.ofNanos(now - known.since));
      }
    }
    Duration step = FIRST.multipliedBy(1L << Math.min(failures++, MAX_DOUBLINGS));
    Duration bounded = step.compareTo(LONGEST) > 0 ? LONGEST : step;
    return Duration.ofMillis((long) (bounded.toMillis() * (0.5 + random.nextDouble() / 2)));
  }

  private void warn(Throwable fault) {
    if (fault instanceof StoreUnavailableException) {
      LOG.warn("{}: the database does not answer; trying again: {}", duty, fault.toString());
      LOG.debug("{}: the fault in full", duty, fault);
    } else {
      LOG.warn("{}: failed, which nothing else waits for; trying again", duty, fault);
    }
  }

  /** Describes a fault without its words, which may quote data; the log has them. */
  private static String message(Throwable fault) {
    return fault instanceof StoreUnavailableException
        ? "the database does not answer"
        : "failed with " + fault.getClass().getSimpleName() + "; the log has its words";
  }

  /** Notes a success. */
  void over() {
    Streak known = streak;
    if (known != null) {
      LOG.info("{}: works again after {} ms", duty, (ticker.read() - known.since) / 1_000_000);
      streak = null;
      failures = 0;
    }
  }

  /** Notes that there was nothing to do; after a minute, that counts as a success. */
  void quiet() {
    if (streak != null && ticker.read() - lastFailure >= QUIET) {
      over();
    }
  }

  /** Returns the present trouble, or null; any thread may ask. */
  @Nullable
  EngineTrouble present() {
    Streak known = streak;
    return known == null
        ? null
        : new EngineTrouble(
            duty, Duration.ofNanos(Math.max(0, ticker.read() - known.since)), known.message);
  }

  /** Failures without a success between. */
  private record Streak(long since, String message) {}
}
