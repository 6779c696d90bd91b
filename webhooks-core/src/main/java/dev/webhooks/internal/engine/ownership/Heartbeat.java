package dev.webhooks.internal.engine.ownership;

import static dev.webhooks.internal.engine.base.EngineLog.LOG;

import dev.webhooks.internal.engine.base.EngineLoop;
import dev.webhooks.internal.engine.base.EngineLoop.Done;
import dev.webhooks.internal.engine.base.StoreClock;
import dev.webhooks.internal.engine.base.Troubles;
import dev.webhooks.internal.engine.send.Dispatcher;
import dev.webhooks.internal.engine.send.OwnedDeliveries;
import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.store.InstanceRegister;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The beat that keeps this instance alive in the register. Each beat also reads the database's
 * clock and the beats of other instances.
 *
 * <p>It has a thread of its own and does nothing else there, so no long piece of work delays it.
 */
public final class Heartbeat {
  private static final Duration EVERY = Duration.ofSeconds(2);
  /** The longest rest after a failed beat: three more fit before attempts have to stop. */
  private static final Duration LONGEST_REST = Duration.ofSeconds(1);

  private final ConcurrentLinkedQueue<DeadInstanceDetector.Dead> dead =
      new ConcurrentLinkedQueue<>();
  private final WebhookStore store;
  private final String version;
  private final OwnedDeliveries owned;
  private final Dispatcher dispatcher;
  private final Liveness liveness;
  private final @Nullable StoreClock clock;
  private final Ticker ticker;
  private final DeadInstanceDetector detector = new DeadInstanceDetector();

  /**
   * Creates a heartbeat that has not begun.
   *
   * @param clock receives the database's time; null if a test plugs another clock in
   */
  public Heartbeat(
      WebhookStore store,
      String version,
      OwnedDeliveries owned,
      Dispatcher dispatcher,
      Liveness liveness,
      @Nullable StoreClock clock,
      Ticker ticker,
      Troubles troubles,
      EngineLoop loop) {
    this.store = store;
    this.version = version;
    this.owned = owned;
    this.dispatcher = dispatcher;
    this.liveness = liveness;
    this.clock = clock;
    this.ticker = ticker;
    loop.add(troubles.of("heartbeat"), this::stayAlive, LONGEST_REST);
  }

  /** Registers this instance under a new number and beats once. */
  public void enter() {
    owned.startOver(store.instances().register(version));
    beat();
  }

  /** Unregisters this instance. */
  public void leave() {
    long owner = owned.owner();
    liveness.lost();
    owned.startOver(0);
    if (owner != 0) {
      store.instances().leave(owner);
    }
  }

  /** Returns the next dead instance, or null; its deliveries are rescued on another thread. */
  public DeadInstanceDetector.@Nullable Dead nextDead() {
    return dead.poll();
  }

  private Done stayAlive() {
    if (owned.owner() == 0) {
      enter();
    } else {
      beat();
    }
    return Done.something(EVERY);
  }

  private void beat() {
    long owner = owned.owner();
    Liveness.Beat began = liveness.begin();
    InstanceRegister.Beat heard = store.instances().beat(owner);
    long tick = ticker.read();
    if (!heard.alive()) {
      LOG.warn(
          "instance {} was declared dead by another; it forgets its deliveries and registers anew",
          owner);
      liveness.lost();
      dispatcher.forget();
      enter();
      return;
    }
    liveness.succeeded(began);
    if (clock != null) {
      clock.set(heard.databaseTime(), began.tick(), tick);
    }
    for (DeadInstanceDetector.Dead found : detector.observe(heard.beats(), owner, tick)) {
      // Each beat finds it again until its row is deleted.
      if (!dead.contains(found)) {
        dead.add(found);
      }
    }
    dispatcher.pump();
  }
}
