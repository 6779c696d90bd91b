package dev.webhooks.delivery;

import dev.webhooks.delivery.Duties.Done;
import dev.webhooks.internal.time.OneClock;
import dev.webhooks.spi.TaskRunner.Loop;
import dev.webhooks.spi.store.DeliveryQueue.EndedDelivery;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what may take a while: buries dead instances, folds counters, and ends deliveries that will
 * never be sent.
 */
final class Housekeeper {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryEngine.class);
  private static final Duration EVERY = Duration.ofSeconds(2);
  private static final int BATCH = 500;

  private final WebhookStore store;
  private final Heartbeat heartbeat;
  private final Poller poller;
  private final OneClock clock;
  private final Duration expiry;
  private final Consumer<EndedDelivery> ended;
  private final Duties duties;
  private volatile @Nullable Loop loop;

  /**
   * Creates a housekeeper.
   *
   * @param ended is told of each delivery that was ended without a request
   */
  Housekeeper(
      WebhookStore store,
      Heartbeat heartbeat,
      Poller poller,
      OneClock clock,
      Duration expiry,
      Consumer<EndedDelivery> ended,
      Troubles troubles) {
    this.store = store;
    this.heartbeat = heartbeat;
    this.poller = poller;
    this.clock = clock;
    this.expiry = expiry;
    this.ended = ended;
    this.duties = new Duties(troubles)
        .add("taking over from dead instances", this::buryDead)
        .add("ending deliveries that are never sent", this::endUnsendable)
        .add("folding statistics", this::foldStatistics);
  }

  void wakeWith(Loop loop) {
    this.loop = loop;
  }

  /** Looks at once for deliveries to end: some may just have become unsendable. */
  void wake() {
    Loop sleeper = loop;
    if (sleeper != null) {
      sleeper.wake();
    }
  }

  /** One round of the loop. */
  Duration round() {
    return duties.round();
  }

  private Done buryDead() {
    boolean some = false;
    for (Watch.@Nullable Dead dead = heartbeat.nextDead();
        dead != null;
        dead = heartbeat.nextDead()) {
      some = true;
      if (store.instances().declareDead(dead.instance(), dead.beat())) {
        LOG.warn("instance {} stopped beating; its deliveries are taken over", dead.instance());
        poller.wake();
      }
    }
    return new Done(some, EVERY);
  }

  private Done endUnsendable() {
    Instant now = clock.certain();
    List<EndedDelivery> unsendable = store.queue().endUnsendable(now, now.minus(expiry), BATCH);
    unsendable.forEach(ended);
    return Done.something(unsendable.size() >= BATCH ? Duration.ZERO : EVERY);
  }

  private Done foldStatistics() {
    store.queue().foldStatistics();
    return Done.something(EVERY);
  }
}
