package dev.webhooks.internal.engine.upkeep;

import static dev.webhooks.internal.engine.base.EngineLog.LOG;

import dev.webhooks.internal.engine.base.EngineLoop;
import dev.webhooks.internal.engine.base.EngineLoop.Done;
import dev.webhooks.internal.engine.base.ListenerCalls;
import dev.webhooks.internal.engine.base.Troubles;
import dev.webhooks.internal.engine.ownership.DeadInstanceDetector;
import dev.webhooks.internal.engine.ownership.Heartbeat;
import dev.webhooks.internal.time.OneClock;
import dev.webhooks.spi.store.DeliveryQueue.EndedDelivery;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The slower duties of an instance: rescues the deliveries of dead instances, ends deliveries that
 * will never be sent, and folds counters.
 */
public final class Housekeeper {
  private static final Duration EVERY = Duration.ofSeconds(2);
  private static final int BATCH = 500;

  private final WebhookStore store;
  private final Heartbeat heartbeat;
  private final OneClock clock;
  private final Duration expiry;
  private final ListenerCalls listener;
  private final EngineLoop polling;

  public Housekeeper(
      WebhookStore store,
      Heartbeat heartbeat,
      OneClock clock,
      Duration expiry,
      ListenerCalls listener,
      EngineLoop polling) {
    this.store = store;
    this.heartbeat = heartbeat;
    this.clock = clock;
    this.expiry = expiry;
    this.listener = listener;
    this.polling = polling;
  }

  /** Adds the duties of a housekeeper to its loop. */
  public void addDutiesTo(EngineLoop loop, Troubles troubles) {
    loop.add(troubles.of("rescuing deliveries of dead instances"), this::rescueOrphaned)
        .add(troubles.of("ending deliveries that are never sent"), this::endUnsendable)
        .add(troubles.of("folding statistics"), this::foldStatistics);
  }

  private Done rescueOrphaned() {
    boolean some = false;
    for (DeadInstanceDetector.@Nullable Dead dead = heartbeat.nextDead();
        dead != null;
        dead = heartbeat.nextDead()) {
      some = true;
      if (store.instances().declareDead(dead.instance(), dead.beat())) {
        LOG.warn("instance {} stopped beating; its deliveries are rescued", dead.instance());
        polling.wake();
      }
    }
    return new Done(some, EVERY);
  }

  private Done endUnsendable() {
    Instant now = clock.certain();
    List<EndedDelivery> unsendable = store.queue().endUnsendable(now, now.minus(expiry), BATCH);
    unsendable.forEach(listener::ended);
    return Done.something(unsendable.size() >= BATCH ? Duration.ZERO : EVERY);
  }

  private Done foldStatistics() {
    store.queue().foldStatistics();
    return Done.something(EVERY);
  }
}
