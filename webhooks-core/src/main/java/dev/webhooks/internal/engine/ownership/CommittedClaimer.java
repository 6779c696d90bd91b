package dev.webhooks.internal.engine.ownership;

import dev.webhooks.internal.engine.base.EngineLoop;
import dev.webhooks.internal.engine.base.EngineLoop.Done;
import dev.webhooks.internal.engine.base.Troubles;
import dev.webhooks.internal.engine.send.OwnedDeliveries;
import dev.webhooks.internal.engine.send.OwnedDelivery;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The claimer of deliveries that hosts have just committed. It has a thread of its own, since a
 * claim of the poller may take long, and these are to be sent at once.
 *
 * <p>A sweep for forgotten rows may come between the statement that gives this instance a row and
 * its answer. It leaves the row alone, since {@link #claim} has reserved it before.
 */
public final class CommittedClaimer {
  private static final Duration IDLE = Duration.ofSeconds(1);

  /** Reserved deliveries that were committed and wait to be claimed. */
  private final Queue<OwnedDelivery> committed = new ConcurrentLinkedQueue<>();

  private final WebhookStore store;
  private final OwnedDeliveries owned;
  private final DeliveryIntake intake;
  private final EngineLoop loop;
  private boolean arrived;

  public CommittedClaimer(
      WebhookStore store,
      OwnedDeliveries owned,
      DeliveryIntake intake,
      Troubles troubles,
      EngineLoop loop) {
    this.store = store;
    this.owned = owned;
    this.intake = intake;
    // After a failure the first duty does not rest: the poller resolves unknown outcomes.
    this.loop = loop.add(troubles.of("claiming committed deliveries"), this::claim, Duration.ZERO)
        .add(
            troubles.of("reading configurations of committed deliveries"),
            this::refreshConfigurations);
  }

  /**
   * Queues deliveries that a host has committed, as far as there is memory for them; the poller
   * claims the others. Never blocks.
   */
  public void claim(List<OwnedDelivery> deliveries) {
    long owner = owned.owner();
    for (OwnedDelivery delivery : deliveries) {
      if (owned.reserve(delivery.webhook(), delivery.ref().id(), delivery.bytes())) {
        committed.add(new OwnedDelivery(owner, delivery.delivery()));
      }
    }
    if (!committed.isEmpty()) {
      loop.wake();
    }
  }

  private Done claim() {
    List<OwnedDelivery> reserved = intake.drain(committed);
    if (!reserved.isEmpty()) {
      long owner = reserved.get(0).owner();
      intake.confirm(reserved, refs -> store.queue().claimById(owner, refs));
      arrived = true;
    }
    return new Done(!reserved.isEmpty(), IDLE);
  }

  /** Reads configurations at once; the poller would do it later. */
  private Done refreshConfigurations() {
    boolean some = arrived && intake.refreshConfigurations();
    arrived = false;
    return new Done(some, IDLE);
  }
}
