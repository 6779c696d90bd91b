package dev.webhooks.internal.engine.send;

import dev.webhooks.internal.engine.base.DeliverySettings;
import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The choice of the delivery that is attempted next: one {@link WebhookQueue} per webhook, and
 * queues take turns for the {@link Slots}.
 *
 * <p>An attempt starts only while this instance is certainly alive, with a configuration read less
 * than 2 s ago. Deliveries that may not be sent any more are set aside to be released. Thread-safe;
 * starts attempts outside its lock.
 */
public final class Dispatcher {
  /** The age at which a configuration must not start attempts any more. */
  static final Duration CONFIGURATION_LIFETIME = Duration.ofSeconds(2);
  /** The age at which the configuration of a webhook with work is read again. */
  static final Duration CONFIGURATION_REFRESH = Duration.ofSeconds(1);

  /**
   * The lock over all queues. A lock of the dispatcher's own would do as well: it is always taken
   * before that of the owned deliveries.
   */
  private final ReentrantLock lock;

  private final Condition quiet;
  private final Set<WebhookQueue> working = new LinkedHashSet<>();
  /**
   * Deliveries to release; {@link OwnedDeliveries} bounds them, like everything that waits here.
   */
  private final List<OwnedDelivery> unwanted = new ArrayList<>();
  /**
   * When webhooks were changed in this process. Changes older than 2 s are forgotten, since no
   * older reading can still arrive.
   */
  private final Map<Long, Long> changes = new HashMap<>();

  private final OwnedDeliveries owned;
  private final Ticker ticker;
  private final BooleanSupplier mayStart;
  private final Starter starter;
  private final Slots slots;
  private boolean closed;

  public Dispatcher(
      DeliverySettings settings,
      Ticker ticker,
      OwnedDeliveries owned,
      BooleanSupplier mayStart,
      Starter starter) {
    this.lock = owned.lock();
    this.quiet = lock.newCondition();
    this.slots = new Slots(settings, ticker, owned);
    this.owned = owned;
    this.ticker = ticker;
    this.mayStart = mayStart;
    this.starter = starter;
  }

  /** Runs attempts; the {@link AttemptRunner}, or a test. */
  @FunctionalInterface
  interface Starter {
    /** Runs an attempt on another thread, which calls {@link Dispatcher#ended} at its end. */
    void start(DeliveryAttempt attempt, Dispatcher dispatcher);

    /** Returns whether attempts may begin at this moment. */
    default boolean mayBegin() {
      return true;
    }
  }

  /** Takes over due deliveries; they start once their webhook's configuration has been read. */
  public void offer(Collection<OwnedDelivery> deliveries) {
    offer(deliveries, List.of(), 0);
  }

  /**
   * Takes over due deliveries, together with configurations that were read on the way.
   *
   * @param read configurations of their webhooks
   * @param tick when the reading of the configurations began
   */
  public void offer(
      Collection<OwnedDelivery> deliveries, Collection<WebhookConfiguration> read, long tick) {
    locked(() -> {
      for (OwnedDelivery delivery : deliveries) {
        if (closed) {
          unwanted.add(delivery);
        } else {
          WebhookQueue queue = owned.workingQueue(delivery.webhook());
          working.add(queue);
          queue.ready.add(delivery);
          slots.lineUp(queue);
        }
      }
      if (starter.mayBegin()) {
        read.forEach(configuration -> configure(configuration, tick));
      }
    });
    pump();
  }

  /**
   * Takes over configurations.
   *
   * @param tick when the reading began
   */
  public void configure(Collection<WebhookConfiguration> read, long tick) {
    offer(List.of(), read, tick);
  }

  /** Sets aside the deliveries of webhooks that no longer have a row. */
  public void missing(Collection<Long> webhooks) {
    locked(() -> {
      for (long webhook : webhooks) {
        WebhookQueue queue = owned.queueWithWork(webhook);
        if (queue != null) {
          setAside(queue, delivery -> true);
          restIfEmpty(queue);
        }
      }
    });
  }

  /**
   * Sets aside the deliveries of webhooks that would start last.
   *
   * @param excess how many, by webhook
   */
  public void setAsideLast(Map<Long, Integer> excess) {
    locked(() -> excess.forEach((webhook, count) -> {
      WebhookQueue queue = owned.queueWithWork(webhook);
      if (queue != null) {
        for (int i = 0; i < count && !queue.ready.isEmpty(); i++) {
          unwanted.add(queue.ready.removeLast());
        }
        slots.lineUp(queue);
        restIfEmpty(queue);
      }
    }));
  }

  /** Prevents attempts with a configuration that was read before this moment. */
  public void outdate(long webhook) {
    locked(() -> {
      long tick = ticker.read();
      changes.values().removeIf(changed -> tick - changed > CONFIGURATION_LIFETIME.toNanos());
      changes.put(webhook, tick);
      WebhookQueue queue = owned.queueWithWork(webhook);
      if (queue != null) {
        queue.forgetConfiguration();
      }
    });
  }

  /** Returns the webhooks with work whose configuration should be read again. */
  public Set<Long> needingConfiguration() {
    Set<Long> webhooks = new HashSet<>();
    long tick = ticker.read();
    locked(() -> {
      for (WebhookQueue queue : working) {
        boolean young = queue.configuration(tick, CONFIGURATION_REFRESH.toNanos()) != null;
        if (!queue.ready.isEmpty() && !young) {
          webhooks.add(queue.webhook);
        }
      }
    });
    return webhooks;
  }

  /** Returns, once, the owned deliveries that will not be sent and are to be released. */
  public List<OwnedDelivery> takeUnwanted() {
    List<OwnedDelivery> taken = new ArrayList<>();
    locked(() -> {
      taken.addAll(unwanted);
      unwanted.clear();
    });
    return taken;
  }

  /** Starts attempts as far as slots, liveness and configurations allow. */
  public void pump() {
    for (DeliveryAttempt attempt = next(); attempt != null; attempt = next()) {
      try {
        starter.start(attempt, this);
      } catch (RuntimeException e) {
        // The runner is closed: release the delivery rather than lose it until the next sweep.
        OwnedDelivery delivery = attempt.delivery;
        locked(() -> unwanted.add(delivery));
        ended(attempt, null);
        return;
      }
    }
  }

  /**
   * Frees the slot of an attempt that has ended, and starts others.
   *
   * @param outcome its outcome, or null if it says nothing about the endpoint
   */
  void ended(DeliveryAttempt attempt, @Nullable AttemptOutcome outcome) {
    locked(() -> {
      slots.end(attempt, outcome);
      slots.lineUp(attempt.queue);
      restIfEmpty(attempt.queue);
      quiet.signalAll();
    });
    pump();
  }

  /** Drops all deliveries that have not started, since this instance owns them no more. */
  public void forget() {
    locked(() -> {
      for (WebhookQueue queue : List.copyOf(working)) {
        queue.ready.clear();
        restIfEmpty(queue);
      }
      unwanted.clear();
    });
  }

  /** Starts no attempt any more, and sets aside all deliveries that have not started. */
  public void close() {
    locked(() -> {
      closed = true;
      working.forEach(queue -> setAside(queue, delivery -> true));
    });
  }

  /** Waits until no attempt is in flight or the time is over; returns whether none is. */
  public boolean awaitQuiet(Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lockInterruptibly();
    try {
      while (slots.inFlight() > 0 && left > 0) {
        left = quiet.awaitNanos(left);
      }
      return slots.inFlight() == 0;
    } finally {
      lock.unlock();
    }
  }

  public int inFlight() {
    lock.lock();
    try {
      return slots.inFlight();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable DeliveryAttempt next() {
    lock.lock();
    try {
      while (!closed && starter.mayBegin() && mayStart.getAsBoolean()) {
        WebhookQueue queue = slots.next();
        if (queue == null) {
          return null;
        }
        WebhookConfiguration configuration =
            queue.configuration(ticker.read(), CONFIGURATION_LIFETIME.toNanos());
        // Without a fresh configuration, a queue waits in no line until the poller has read one.
        if (configuration != null) {
          keepSendable(queue, configuration);
          if (!queue.ready.isEmpty()) {
            DeliveryAttempt attempt = slots.start(queue, configuration);
            slots.lineUp(queue);
            return attempt;
          }
          restIfEmpty(queue);
        }
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  private void configure(WebhookConfiguration read, long tick) {
    WebhookQueue queue = owned.queueWithWork(read.number());
    Long changed = changes.get(read.number());
    if (queue == null || (changed != null && tick - changed < 0)) {
      return;
    }
    queue.configure(read, tick);
    WebhookConfiguration present =
        queue.configuration(ticker.read(), CONFIGURATION_LIFETIME.toNanos());
    if (present != null) {
      keepSendable(queue, present);
    }
    slots.lineUp(queue);
    restIfEmpty(queue);
  }

  private void restIfEmpty(WebhookQueue queue) {
    if (!queue.hasWork()) {
      slots.lineUp(queue);
      working.remove(queue);
      owned.rest(queue);
    }
  }

  private void keepSendable(WebhookQueue queue, WebhookConfiguration configuration) {
    if (!configuration.sendable()) {
      setAside(queue, delivery -> !delivery.isSendable(configuration));
    }
  }

  private void setAside(WebhookQueue queue, Predicate<OwnedDelivery> which) {
    queue.ready.removeIf(delivery -> which.test(delivery) && unwanted.add(delivery));
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }
}
