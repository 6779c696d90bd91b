package dev.webhooks.delivery;

import dev.webhooks.delivery.Duties.Done;
import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this instance alive in the register, keeps the one clock, and watches the other instances.
 *
 * <p>It has a thread of its own and does nothing else there, so that no long piece of work makes
 * the beat late.
 */
final class Heartbeat {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryEngine.class);
  private static final Duration EVERY = Duration.ofSeconds(2);
  /** A failed beat is repeated soon: three more fit before attempts have to stop. */
  private static final Duration RETRY_AT_MOST = Duration.ofSeconds(1);

  private final ConcurrentLinkedQueue<Watch.Dead> dead = new ConcurrentLinkedQueue<>();
  private final WebhookStore store;
  private final String version;
  private final Ledger ledger;
  private final Dispatcher dispatcher;
  private final Liveness liveness;
  private final ClockReadings clock;
  private final Ticker ticker;
  private final Duties duties;
  private final Watch watch = new Watch();

  Heartbeat(
      WebhookStore store,
      String version,
      Ledger ledger,
      Dispatcher dispatcher,
      Liveness liveness,
      ClockReadings clock,
      Ticker ticker,
      Troubles troubles) {
    this.store = store;
    this.version = version;
    this.ledger = ledger;
    this.dispatcher = dispatcher;
    this.liveness = liveness;
    this.clock = clock;
    this.ticker = ticker;
    this.duties = new Duties(troubles).add("heartbeat", this::stayAlive, RETRY_AT_MOST);
  }

  /** Registers the instance under a new number and beats once. */
  void enter() {
    ledger.startOver(store.instances().register(version));
    beat();
  }

  /** One round of the loop. */
  Duration round() {
    return duties.round();
  }

  private Done stayAlive() {
    if (ledger.owner() == 0) {
      enter();
    } else {
      beat();
    }
    return Done.something(EVERY);
  }

  /** Removes the instance from the store.instances(). */
  void leave() {
    long owner = ledger.owner();
    liveness.lost();
    ledger.startOver(0);
    if (owner != 0) {
      store.instances().leave(owner);
    }
  }

  /** Returns the next instance found dead, to be buried by another thread. */
  Watch.@Nullable Dead nextDead() {
    return dead.poll();
  }

  private void beat() {
    long owner = ledger.owner();
    Liveness.Beat began = liveness.begin();
    dev.webhooks.spi.store.InstanceRegister.Beat heard = store.instances().beat(owner);
    long tick = ticker.read();
    if (!heard.alive()) {
      LOG.warn(
          "instance {} was declared dead by another; it forgets what it held and registers anew",
          owner);
      liveness.lost();
      dispatcher.forget();
      enter();
      return;
    }
    liveness.succeeded(began);
    clock.read(heard.databaseTime(), began.tick(), tick);
    for (Watch.Dead found : watch.observe(heard.beats(), owner, tick)) {
      // It is found again with every beat until it is buried.
      if (!dead.contains(found)) {
        dead.add(found);
      }
    }
    dispatcher.pump();
  }

  /** Takes the database's time, which comes with each beat. */
  @FunctionalInterface
  interface ClockReadings {
    /**
     * Takes a reading.
     *
     * @param askedAt when the database was asked, by the ticker
     * @param answeredAt when it had answered, by the ticker
     */
    void read(Instant time, long askedAt, long answeredAt);
  }
}
