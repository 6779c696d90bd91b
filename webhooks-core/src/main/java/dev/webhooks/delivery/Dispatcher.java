package dev.webhooks.delivery;

import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides which held delivery is attempted next: one lane for each webhook, and lanes take turns
 * for the {@link Slots}.
 *
 * <p>An attempt starts only while the instance is alive beyond doubt, with a configuration read
 * less than 2 s ago. What may not be sent any more is set aside to be handed back. Thread-safe;
 * starts attempts outside its lock.
 */
final class Dispatcher {
  /** The age at which a configuration must not start attempts any more. */
  static final Duration CONFIGURATION_LIFETIME = Duration.ofSeconds(2);
  /** The age at which the configuration of a lane with work is read again. */
  static final Duration CONFIGURATION_REFRESH = Duration.ofSeconds(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition quiet = lock.newCondition();
  private final Map<Long, Lane> lanes = new HashMap<>();
  /** Deliveries to hand back; the ledger bounds them, like everything that waits here. */
  private final List<Held> unwanted = new ArrayList<>();
  /**
   * When webhooks were changed in this process, for as long as an older reading could still arrive:
   * with each change those that are 2 s old are forgotten.
   */
  private final Map<Long, Long> changes = new HashMap<>();

  private final Ticker ticker;
  private final BooleanSupplier mayStart;
  private final Starter starter;
  private final Slots slots;
  private boolean closed;

  /**
   * Creates a dispatcher.
   *
   * @param ledger is told what is learnt of webhooks
   * @param mayStart whether the instance may start attempts at this moment
   * @param starter runs an attempt elsewhere
   */
  Dispatcher(
      DeliverySettings settings,
      Ticker ticker,
      Ledger ledger,
      BooleanSupplier mayStart,
      Starter starter) {
    this.slots = new Slots(settings, ticker, ledger);
    this.ticker = ticker;
    this.mayStart = mayStart;
    this.starter = starter;
  }

  /** Runs attempts. */
  @FunctionalInterface
  interface Starter {
    /** Runs an attempt on another thread, which calls {@link Dispatcher#ended} when it is over. */
    void start(Flight flight);

    /** Returns whether attempts may begin at this moment. */
    default boolean mayBegin() {
      return true;
    }
  }

  /**
   * Takes over deliveries that are held and due; they start once the configuration of their webhook
   * has been read.
   */
  void offer(Collection<Held> deliveries) {
    offer(deliveries, List.of(), 0);
  }

  /**
   * Takes over deliveries that are held and due, together with configurations read on the way.
   *
   * @param deliveries what to send
   * @param read configurations of their webhooks
   * @param tick when the reading of the configurations began
   */
  void offer(Collection<Held> deliveries, Collection<WebhookConfiguration> read, long tick) {
    locked(() -> {
      for (Held held : deliveries) {
        if (closed) {
          unwanted.add(held);
        } else {
          Lane lane = lanes.computeIfAbsent(
              held.webhook(), webhook -> new Lane(webhook, slots.pace(webhook)));
          lane.ready.add(held);
          slots.lineUp(lane);
        }
      }
      if (starter.mayBegin()) {
        read.forEach(configuration -> configure(configuration, tick));
      }
    });
    pump();
  }

  /**
   * Takes over configurations as they were read.
   *
   * @param read what was found
   * @param tick when the reading began
   */
  void configure(Collection<WebhookConfiguration> read, long tick) {
    offer(List.of(), read, tick);
  }

  /** Sets aside the deliveries of webhooks that no longer have a row. */
  void missing(Collection<Long> webhooks) {
    locked(() -> webhooks.forEach(webhook -> {
      Lane lane = lanes.get(webhook);
      if (lane != null) {
        setAside(lane, held -> true);
        removeIfEmpty(lane);
      }
    }));
  }

  /**
   * Sets aside the deliveries of webhooks that would start last.
   *
   * @param excess how many, by webhook
   */
  void setAsideLast(Map<Long, Integer> excess) {
    locked(() -> excess.forEach((webhook, count) -> {
      Lane lane = lanes.get(webhook);
      if (lane != null) {
        for (int i = 0; i < count && !lane.ready.isEmpty(); i++) {
          unwanted.add(lane.ready.removeLast());
        }
        slots.lineUp(lane);
        removeIfEmpty(lane);
      }
    }));
  }

  /** Makes sure that nothing starts with what was read of a webhook before this moment. */
  void outdate(long webhook) {
    locked(() -> {
      long tick = ticker.read();
      changes.values().removeIf(changed -> tick - changed > CONFIGURATION_LIFETIME.toNanos());
      changes.put(webhook, tick);
      Lane lane = lanes.get(webhook);
      if (lane != null) {
        lane.forgetConfiguration();
      }
    });
  }

  /** Returns the webhooks that have work and whose configuration should be read again. */
  Set<Long> needingConfiguration() {
    Set<Long> webhooks = new HashSet<>();
    long tick = ticker.read();
    locked(() -> {
      for (Lane lane : lanes.values()) {
        boolean young = lane.configuration(tick, CONFIGURATION_REFRESH.toNanos()) != null;
        if (!lane.ready.isEmpty() && !young) {
          webhooks.add(lane.webhook);
        }
      }
    });
    return webhooks;
  }

  /** Returns what is held and will not be sent, to be handed back; it is not returned again. */
  List<Held> takeUnwanted() {
    List<Held> taken = new ArrayList<>();
    locked(() -> {
      taken.addAll(unwanted);
      unwanted.clear();
    });
    return taken;
  }

  /** Starts attempts as far as caps, lives and configurations allow. */
  void pump() {
    for (Flight flight = next(); flight != null; flight = next()) {
      try {
        starter.start(flight);
      } catch (RuntimeException e) {
        // The runner is closed: give the delivery back rather than lose it until the next sweep.
        Held held = flight.held;
        locked(() -> unwanted.add(held));
        ended(flight, null);
        return;
      }
    }
  }

  /**
   * Makes room for the next attempt after one has ended.
   *
   * @param outcome what came of it, or null if it says nothing about the endpoint
   */
  void ended(Flight flight, @Nullable AttemptOutcome outcome) {
    locked(() -> {
      slots.end(flight, outcome);
      slots.lineUp(flight.lane);
      removeIfEmpty(flight.lane);
      quiet.signalAll();
    });
    pump();
  }

  /** Drops everything that has not started: the instance was declared dead and owns it no more. */
  void forget() {
    locked(() -> {
      for (Lane lane : List.copyOf(lanes.values())) {
        lane.ready.clear();
        removeIfEmpty(lane);
      }
      unwanted.clear();
    });
  }

  /** Starts no attempt any more and sets aside all that has not started. */
  void close() {
    locked(() -> {
      closed = true;
      lanes.values().forEach(lane -> setAside(lane, held -> true));
    });
  }

  /** Waits until no attempt is in flight, or the time is over; returns whether none is. */
  boolean awaitQuiet(Duration patience) throws InterruptedException {
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

  int inFlight() {
    lock.lock();
    try {
      return slots.inFlight();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Flight next() {
    lock.lock();
    try {
      while (!closed && starter.mayBegin() && mayStart.getAsBoolean()) {
        Lane lane = slots.next();
        if (lane == null) {
          return null;
        }
        WebhookConfiguration configuration =
            lane.configuration(ticker.read(), CONFIGURATION_LIFETIME.toNanos());
        // A lane without a fresh configuration leaves the line; it comes back when the poller has
        // read one.
        if (configuration != null) {
          keepSendable(lane, configuration);
          if (!lane.ready.isEmpty()) {
            Flight flight = slots.start(lane, configuration);
            slots.lineUp(lane);
            return flight;
          }
          removeIfEmpty(lane);
        }
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Brings a lane whose configuration was read into the line, or empties it if nothing may be sent.
   */
  private void configure(WebhookConfiguration read, long tick) {
    Lane lane = lanes.get(read.number());
    Long changed = changes.get(read.number());
    if (lane == null || (changed != null && tick - changed < 0)) {
      return;
    }
    lane.configure(read, tick);
    WebhookConfiguration present =
        lane.configuration(ticker.read(), CONFIGURATION_LIFETIME.toNanos());
    if (present != null) {
      keepSendable(lane, present);
    }
    slots.lineUp(lane);
    removeIfEmpty(lane);
  }

  /** A lane without work is forgotten, so that webhooks which once had work take no memory. */
  private void removeIfEmpty(Lane lane) {
    if (lane.empty()) {
      slots.lineUp(lane);
      lanes.remove(lane.webhook);
    }
  }

  private void keepSendable(Lane lane, WebhookConfiguration configuration) {
    if (!configuration.sendable()) {
      setAside(lane, held -> !held.isSendable(configuration));
    }
  }

  private void setAside(Lane lane, Predicate<Held> which) {
    lane.ready.removeIf(held -> which.test(held) && unwanted.add(held));
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
