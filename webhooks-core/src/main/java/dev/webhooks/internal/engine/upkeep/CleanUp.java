package dev.webhooks.internal.engine.upkeep;

import dev.webhooks.idempotency.IdempotencyCache;
import dev.webhooks.internal.engine.base.DeliverySettings;
import dev.webhooks.internal.engine.base.EngineLoop;
import dev.webhooks.internal.engine.base.EngineLoop.Done;
import dev.webhooks.internal.engine.base.Troubles;
import dev.webhooks.internal.time.OneClock;
import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.Retention;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The removal of data that nobody needs any more, in small steps and with pauses that leave the
 * database to sending. It has a loop of its own, so that a long clean-up does not keep the
 * housekeeper from rescuing deliveries of a dead instance.
 */
public final class CleanUp {
  /** The shortest pause between two rounds while there is more to do. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  /** The pause as a multiple of the round before it, so that a busy database gets longer ones. */
  private static final int PAUSE_PER_ROUND = 4;

  private static final Duration PURGE_EVERY = Duration.ofSeconds(10);
  private static final Duration KEYS_EVERY = Duration.ofMinutes(1);
  private static final Duration PASS_AT_LEAST_EVERY = Duration.ofHours(1);

  /** Minimum passes per retention period. */
  private static final int PASSES_PER_RETENTION = 24;

  /** The most that the clocks of two instances may differ. */
  private static final Duration CLOCK_LEAD = Duration.ofMinutes(1);

  private final WebhookStore store;
  private final Duration retention;
  private final Duration bodies;
  private final OneClock clock;
  private final Ticker ticker;
  private DeliveryRef afterDelivery = Retention.FIRST_DELIVERY;
  private UUID afterEvent = Retention.FIRST_EVENT;

  public CleanUp(WebhookStore store, DeliverySettings settings, OneClock clock, Ticker ticker) {
    this.store = store;
    this.retention = settings.retention();
    this.bodies = settings.expiry().plus(settings.retention());
    this.clock = clock;
    this.ticker = ticker;
  }

  /** Adds the duties of a clean-up to its loop. */
  public void addDutiesTo(EngineLoop loop, Troubles troubles) {
    Duration share = retention.dividedBy(PASSES_PER_RETENTION);
    Duration passEvery = share.compareTo(PASS_AT_LEAST_EVERY) < 0 ? share : PASS_AT_LEAST_EVERY;
    loop.pausing(PAUSE, PAUSE_PER_ROUND)
        .add(troubles.of("purging deleted webhooks"), new Chore(PURGE_EVERY, this::purgeDeleted))
        .add(troubles.of("purging erased accounts"), new Chore(PURGE_EVERY, this::purgeErased))
        .add(troubles.of("removing old deliveries"), new Chore(passEvery, this::removeDeliveries))
        .add(troubles.of("removing old events"), new Chore(passEvery, this::removeEvents))
        .add(troubles.of("removing old idempotency keys"), new Chore(KEYS_EVERY, this::removeKeys));
  }

  private boolean purgeDeleted(Instant now) {
    return store.retention().purgeDeleted(now);
  }

  private boolean purgeErased(Instant now) {
    return store.retention().purgeErased(now);
  }

  private boolean removeDeliveries(Instant now) {
    Optional<DeliveryRef> next =
        store.retention().removeDeliveries(now.minus(retention), afterDelivery);
    afterDelivery = next.orElse(Retention.FIRST_DELIVERY);
    return next.isPresent();
  }

  /**
   * Removes events that are older than the expiry and the retention together. After a long
   * standstill of all instances, a pending delivery may still need one; until such deliveries have
   * expired, all events stay.
   */
  private boolean removeEvents(Instant now) {
    Instant createdBefore = now.minus(bodies);
    boolean begins = afterEvent.equals(Retention.FIRST_EVENT);
    if (begins && store.retention().anyPending(createdBefore)) {
      return false;
    }
    Optional<UUID> next = store.retention().removeEvents(now, createdBefore, afterEvent);
    afterEvent = next.orElse(Retention.FIRST_EVENT);
    return next.isPresent();
  }

  private boolean removeKeys(Instant now) {
    return store.retention().removeKeys(now.minus(IdempotencyCache.LIFETIME).minus(CLOCK_LEAD));
  }

  /** A small step of work. */
  private interface Step {
    /** Takes the step; returns whether there is more to do. */
    boolean take(Instant now);
  }

  /** A duty that rests when all is done. */
  private final class Chore implements EngineLoop.Duty {
    private final Duration rest;
    private final Step step;
    private @Nullable Long restingSince;

    Chore(Duration rest, Step step) {
      this.rest = rest;
      this.step = step;
    }

    @Override
    public Done run() {
      long tick = ticker.read();
      if (restingSince != null && tick - restingSince < rest.toNanos()) {
        return Done.nothing(PURGE_EVERY);
      }
      restingSince = null;
      boolean more = step.take(clock.certain());
      restingSince = more ? null : tick;
      return Done.something(more ? Duration.ZERO : PURGE_EVERY);
    }
  }
}
