package dev.webhooks.spi.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Removes what nobody needs any more. Each method is a small step, one transaction of its own or a
 * few, that removes at most about {@link #BATCH} rows, finds them by an index whatever the size of
 * the tables, and passes over rows that another transaction has locked. Several instances may do
 * the same step at once.
 *
 * <p>A pass is a series of steps, each of which goes on where the one before said.
 */
public interface Retention {
  /** About how many rows a step removes at most. */
  int BATCH = 1_000;

  /**
   * The time for which a deleted webhook or an erased account is looked at again: a host's
   * transaction that was open at that moment may commit rows until then.
   */
  Duration LATE_COMMITS = Duration.ofDays(1);

  /** Where a pass over deliveries begins. */
  DeliveryRef FIRST_DELIVERY = new DeliveryRef(0, new UUID(0, 0));

  /** Where a pass over events begins. */
  UUID FIRST_EVENT = new UUID(0, 0);

  /**
   * Removes finished deliveries, attempts and subscriptions of deleted webhooks; and, once
   * {@link #LATE_COMMITS} have passed and nothing is pending any more, what is left of the
   * webhooks. Pending deliveries are ended by {@link DeliveryQueue#endUnsendable}.
   *
   * @param now the one clock's time
   * @return whether there may be more to do now
   */
  boolean purgeDeleted(Instant now);

  /**
   * Removes events of erased accounts that were stored before the account was erased; and again
   * once {@link #LATE_COMMITS} have passed, for those committed late. Events that a webhook
   * registered since then receives are left.
   *
   * @param now the one clock's time
   * @return whether there may be more to do now
   */
  boolean purgeErased(Instant now);

  /**
   * Removes deliveries that ended before an instant, with their attempts. Statistics stay.
   *
   * @param endedBefore the instant
   * @param after what comes behind this delivery; {@link #FIRST_DELIVERY} at first
   * @return where the pass goes on; empty if it is over
   */
  Optional<DeliveryRef> removeDeliveries(Instant endedBefore, DeliveryRef after);

  /**
   * Returns whether a delivery created before an instant is pending. One created up to 10 seconds
   * after it may count too.
   */
  boolean anyPending(Instant createdBefore);

  /**
   * Removes events that need not be kept any more. One that is being retried at this moment is
   * left, and a retry that comes later finds it gone.
   *
   * @param now events are kept until this instant or later
   * @param createdBefore no event created 10 seconds after this instant or later is looked at
   * @param after what comes behind this event; {@link #FIRST_EVENT} at first
   * @return where the pass goes on; empty if it is over
   */
  Optional<UUID> removeEvents(Instant now, Instant createdBefore, UUID after);

  /**
   * Removes idempotency keys that were taken before an instant.
   *
   * @return whether there may be more
   */
  boolean removeKeys(Instant takenBefore);
}
