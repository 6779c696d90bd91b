package dev.webhooks.delivery;

import dev.webhooks.spi.Ticker;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts failures of one loop in a row: logs the first at WARN and the others at DEBUG, tells the
 * listener once a minute, and says how long to back off. Used by the thread of its loop.
 */
final class StoreTrouble {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryEngine.class);
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(3);
  private static final long REMIND_AFTER = Duration.ofMinutes(1).toNanos();
  private static final int MAX_DOUBLINGS = 6;

  private final String loop;
  private final Ticker ticker;
  private final RandomGenerator random;
  private final BiConsumer<Throwable, Duration> listener;
  private @Nullable Long since;
  private long told;
  private int failures;

  StoreTrouble(
      String loop,
      Ticker ticker,
      RandomGenerator random,
      BiConsumer<Throwable, Duration> listener) {
    this.loop = loop;
    this.ticker = ticker;
    this.random = random;
    this.listener = listener;
  }

  /** Notes a failure and returns how long to wait before the next try. */
  Duration failed(Throwable fault) {
    long now = ticker.read();
    if (since == null) {
      since = now;
      told = now;
      LOG.warn("{}: the database does not answer; trying again: {}", loop, fault.toString());
      LOG.debug("{}: the fault in full", loop, fault);
      listener.accept(fault, Duration.ZERO);
    } else {
      LOG.debug("{}: still no answer from the database", loop, fault);
      if (now - told >= REMIND_AFTER) {
        told = now;
        listener.accept(fault, Duration.ofNanos(now - since));
      }
    }
    Duration step = FIRST.multipliedBy(1L << Math.min(failures++, MAX_DOUBLINGS));
    Duration bounded = step.compareTo(LONGEST) > 0 ? LONGEST : step;
    return Duration.ofMillis((long) (bounded.toMillis() * (0.5 + random.nextDouble() / 2)));
  }

  /** Notes a success. */
  void over() {
    if (since != null) {
      LOG.info(
          "{}: the database answers again after {} ms", loop, (ticker.read() - since) / 1_000_000);
      since = null;
      failures = 0;
    }
  }
}
