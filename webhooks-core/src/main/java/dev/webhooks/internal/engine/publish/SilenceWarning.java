package dev.webhooks.internal.engine.publish;

import static dev.webhooks.internal.engine.base.EngineLog.LOG;

import dev.webhooks.spi.TaskRunner;
import dev.webhooks.spi.TaskRunner.Loop;
import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.store.DeliveryQueue.QueueDepth;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The warning of a host that publishes although no instance sends: its engine was never started, or
 * is closed. Thread-safe.
 *
 * <p>A publish costs one read of a flag. The first one while this instance does not send begins a
 * watch in a loop of its own. The watch warns once if a delivery has waited for {@link #PATIENCE}
 * and no instance has beaten meanwhile.
 */
public final class SilenceWarning {
  /** The time that deliveries wait before the warning. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  /** The time between two looks at the beats of others, which beat every 2 s. */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

  /** The time for which a host's transaction may hide events that it has published. */
  private static final Duration GIVES_UP = Duration.ofMinutes(1);

  private static final Duration IDLE = Duration.ofHours(1);

  private final WebhookStore store;
  private final TaskRunner runner;
  private final Ticker ticker;
  private final InstantSource clock;
  /** True if the next publish begins a watch. */
  private volatile boolean armed = true;

  private volatile @Nullable Watch watch;
  private volatile boolean closed;
  private @Nullable Loop loop;

  public SilenceWarning(WebhookStore store, TaskRunner runner, Ticker ticker, InstantSource clock) {
    this.store = store;
    this.runner = runner;
    this.ticker = ticker;
    this.clock = clock;
  }

  /** Notes that something was published, or is about to be in a host's transaction. */
  public void published() {
    if (armed) {
      begin();
    }
  }

  /** Ends the watch: this instance sends, or is not meant to. */
  public synchronized void disarm() {
    armed = false;
    watch = null;
    if (loop != null) {
      loop.stop(Duration.ZERO);
      loop = null;
    }
  }

  /** Notes that an instance which should send is closed; its runner has ended all loops. */
  public synchronized void closed() {
    closed = true;
    watch = null;
    loop = null;
    armed = true;
  }

  private synchronized void begin() {
    if (!armed) {
      return;
    }
    armed = false;
    watch = new Watch(ticker.read());
    try {
      if (loop == null) {
        loop = runner.loop("webhooks-silence", this::round);
      } else {
        loop.wake();
      }
    } catch (RuntimeException e) {
      LOG.debug("there is no thread to notice that nothing is sent", e);
    }
  }

  private Duration round() {
    Watch present = watch;
    if (present == null) {
      return IDLE;
    }
    Duration left = present.untilNextLook(ticker.read());
    if (!left.isZero()) {
      return left;
    }
    try {
      return look(present);
    } catch (RuntimeException e) {
      LOG.debug("whether anything is sent cannot be seen now", e);
      return BETWEEN_LOOKS;
    }
  }

  private Duration look(Watch present) {
    Map<Long, Long> beats = store.instances().beats();
    Map<Long, Long> before = present.beats;
    present.looked(beats, ticker.read());
    if (before == null) {
      return BETWEEN_LOOKS;
    }
    if (somebodyBeats(before, beats)) {
      return rearm(present);
    }
    QueueDepth depth = store.queue().depth();
    Instant oldest = depth.oldest();
    if (oldest == null) {
      return present.hasLasted(GIVES_UP) ? rearm(present) : BETWEEN_LOOKS;
    }
    if (Duration.between(oldest, clock.instant()).compareTo(PATIENCE) < 0) {
      return BETWEEN_LOOKS;
    }
    warn(present, depth.pending(), oldest);
    return IDLE;
  }

  private static boolean somebodyBeats(Map<Long, Long> before, Map<Long, Long> now) {
    return now.entrySet().stream()
        .anyMatch(instance -> !instance.getValue().equals(before.get(instance.getKey())));
  }

  private synchronized Duration rearm(Watch present) {
    if (watch == present) {
      watch = null;
      armed = true;
    }
    return IDLE;
  }

  private synchronized void warn(Watch present, long pending, Instant oldest) {
    if (watch != present) {
      return;
    }
    watch = null;
    if (closed) {
      LOG.warn(
          "events are published by webhooks that are closed, and no instance sends them: {} deliveries"
              + " wait, the oldest since {}. Close webhooks after all that publishes, or build and"
              + " start another one",
          pending,
          oldest);
    } else {
      LOG.warn(
          "events are published and nothing is sent: {} deliveries wait, the oldest since {}. Call"
              + " webhooks.start(), which has not succeeded here, or build with sending(false) and"
              + " start an instance elsewhere that sends",
          pending,
          oldest);
    }
  }

  /** A watch over a time in which nothing may be sent. Its state is used by the loop alone. */
  private static final class Watch {
    final long since;

    @Nullable
    Map<Long, Long> beats;

    long next;

    Watch(long since) {
      this.since = since;
      this.next = since + BETWEEN_LOOKS.toNanos();
    }

    Duration untilNextLook(long tick) {
      return Duration.ofNanos(Math.max(0, next - tick));
    }

    void looked(Map<Long, Long> seen, long tick) {
      beats = seen;
      next = tick + BETWEEN_LOOKS.toNanos();
    }

    boolean hasLasted(Duration duration) {
      return next - since >= duration.toNanos();
    }
  }
}
