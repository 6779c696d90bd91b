package dev.webhooks.delivery;

import dev.webhooks.delivery.Duties.Done;
import dev.webhooks.idempotency.IdempotencyCache;
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
 * Removes what nobody needs any more, a small step of each chore at a time and with pauses in which
 * the database is left to sending. It has a loop of its own, so that no long clean-up keeps the
 * housekeeper from taking over the work of a dead instance. Used by the thread of that loop.
 */
final class CleanUp {
  /** The shortest pause between two rounds while there is more to do. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  /** The pause as a multiple of the round before it, so that a busy database gets longer ones. */
  private static final int PAUSE_PER_ROUND = 4;

  private static final Duration PURGE_EVERY = Duration.ofSeconds(10);
  private static final Duration KEYS_EVERY = Duration.ofMinutes(1);
  private static final Duration PASS_AT_LEAST_EVERY = Duration.ofHours(1);

  /** A pass begins so many times while a delivery is kept, if that is more often. */
  private static final int PASSES_PER_RETENTION = 24;

  /** By how much the clocks of two instances may differ. */
  private static final Duration CLOCK_LEAD = Duration.ofMinutes(1);

  private final WebhookStore store;
  private final Duration retention;
  private final Duration bodies;
  private final OneClock clock;
  private final Ticker ticker;
  private final Duties chores;
  private DeliveryRef afterDelivery = Retention.FIRST_DELIVERY;
  private UUID afterEvent = Retention.FIRST_EVENT;

  CleanUp(
      WebhookStore store,
      DeliverySettings settings,
      OneClock clock,
      Ticker ticker,
      Troubles troubles) {
    this.store = store;
    this.retention = settings.retention();
    this.bodies = settings.expiry().plus(settings.retention());
    this.clock = clock;
    this.ticker = ticker;
    Duration share = retention.dividedBy(PASSES_PER_RETENTION);
    Duration passEvery = share.compareTo(PASS_AT_LEAST_EVERY) < 0 ? share : PASS_AT_LEAST_EVERY;
    this.chores = new Duties(troubles)
        .add("purging deleted webhooks", new Chore(PURGE_EVERY, this::purgeDeleted))
        .add("purging erased accounts", new Chore(PURGE_EVERY, this::purgeErased))
        .add("removing old deliveries", new Chore(passEvery, this::removeDeliveries))
        .add("removing old events", new Chore(passEvery, this::removeEvents))
        .add("removing old idempotency keys", new Chore(KEYS_EVERY, this::removeKeys));
  }

  /** One round of the loop. */
  Duration round() {
    long began = ticker.read();
    Duration wish = chores.round();
    return wish.isZero() ? pause(Duration.ofNanos(ticker.read() - began)) : wish;
  }

  private static Duration pause(Duration round) {
    Duration pause = round.multipliedBy(PAUSE_PER_ROUND);
    return pause.compareTo(PAUSE) < 0 ? PAUSE : pause;
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
   * Events are kept for as long as a delivery may be pending, and the retention. So what may be
   * removed is needed only by a delivery that has been pending for longer than that, as after a
   * long standstill of all instances; until such deliveries have expired, all events stay.
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

  /** Does one small step and returns whether there is more to do. */
  private interface Step {
    boolean take(Instant now);
  }

  /** Something to do, and a rest when it is done. */
  private final class Chore implements Duties.Duty {
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
