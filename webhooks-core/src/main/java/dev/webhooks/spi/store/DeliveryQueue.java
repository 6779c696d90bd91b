package dev.webhooks.spi.store;

import dev.webhooks.model.DeliveryError;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The pending deliveries and their owners. Each method is one transaction of its own, or a few
 * small ones.
 *
 * <p>A row exists exactly while its delivery is pending. Owner 0 is nobody. Every change of owner
 * adds 1 to the claim number, and nobody changes an owned row without naming owner and claim
 * number. So a late write of an instance that no longer owns the row does nothing.
 */
public interface DeliveryQueue {
  /** The most times that a delivery is rescued from dead instances before it ends as lost. */
  int MAX_RESCUES = 5;

  /**
   * Claims rows that are due and that nobody owns, of webhooks that are active and not deleted and
   * whose endpoints are not suspended. The cost does not depend on how many rows other webhooks
   * have waiting.
   */
  List<ClaimedDelivery> claim(ClaimRequest request);

  /**
   * Claims the named rows as far as nobody owns them and none of their attempts has ended, whatever
   * their webhook's status. A row that was attempted meanwhile waits for its retry.
   *
   * @param owner the instance that takes them
   * @param rows rows just committed by a host
   * @return those that were taken, with their claim numbers
   */
  List<ClaimRef> claimById(long owner, Collection<DeliveryRef> rows);

  /**
   * Returns which of the named rows exist and belong to an instance: what a commit of unknown
   * outcome has stored.
   *
   * @param owner the instance
   * @param rows rows that it may own
   */
  List<ClaimRef> owned(long owner, Collection<DeliveryRef> rows);

  /**
   * Writes what attempts came to: finished deliveries move to the log, others get a new due time
   * and no owner; the attempt is logged and the webhook's counters are appended. Outcomes of rows
   * that are no longer owned under exactly that owner and claim number change nothing.
   *
   * @param owner the instance that made the attempts
   * @param outcomes at most one for each delivery
   * @param now the one clock's time
   * @return the ids of the deliveries that were changed
   */
  Set<UUID> finish(long owner, List<AttemptOutcome> outcomes, Instant now);

  /**
   * Releases rows unsent, so that anyone may claim them; attempts stay as counted.
   *
   * @param owner the instance that owns them
   * @param rows rows without a request under way
   * @return how many were released
   */
  int release(long owner, Collection<ClaimRef> rows);

  /**
   * Releases the rows that carry an instance's number but are not in its memory, and orphaned rows,
   * whose owner is not registered.
   *
   * <p>The rows are read first and {@code owned} is asked afterwards: an instance notes an id
   * before it sends the statement that gives it the row, so a row that was read and is not noted
   * has truly been forgotten.
   *
   * @param owner the instance
   * @param owned says whether a delivery is in the instance's memory at this moment
   * @return how many were released
   */
  int releaseForgotten(long owner, Predicate<UUID> owned);

  /**
   * Ends rows that nobody owns and that will never be sent: those of deleted webhooks are dropped;
   * those of failed webhooks, those created before {@code expiry} and those rescued from dead
   * instances more than {@link #MAX_RESCUES} times move to the log as failed, and count as failed
   * deliveries but not as failed attempts. Tests whose time is over move to the log as interrupted
   * and count as nothing.
   *
   * @param now the one clock's time
   * @param expiry deliveries created before this instant have expired
   * @param limit how many rows to end at most
   * @return what was ended, including what was dropped
   */
  List<EndedDelivery> endUnsendable(Instant now, Instant expiry, int limit);

  /**
   * Returns the present configuration of webhooks, deleted ones included, with what is known of
   * their endpoints' health, by a plain read.
   *
   * @param webhooks numbers of webhooks
   * @return an entry for each that still has a row
   */
  Map<Long, WebhookConfiguration> configurations(Collection<Long> webhooks);

  /** Adds appended counters to the statistics; does nothing if another instance is doing it. */
  void foldStatistics();

  /** Counts the pending deliveries and finds the oldest, exact up to 10,000. */
  QueueDepth depth();

  /**
   * A request to claim due deliveries for an instance.
   *
   * @param owner the instance that claims
   * @param now the one clock's time; rows due later stay
   * @param after the number of the webhook served last: the search starts behind it and wraps round
   * @param perWebhook how many rows of one webhook at most; with 0, only webhooks named in
   *     {@code limits} are served
   * @param total how many rows in all at most
   * @param bytes how many bytes of bodies in all at most; the first row is taken whatever its size
   * @param limits by number of webhook, how many rows at most of those for which it is not
   *     {@code perWebhook}; 0 leaves the webhook out
   */
  record ClaimRequest(
      long owner,
      Instant now,
      long after,
      int perWebhook,
      int total,
      long bytes,
      Map<Long, Integer> limits) {

    /** Returns how many rows of a webhook at most. */
    public int limit(long webhook) {
      return limits.getOrDefault(webhook, perWebhook);
    }
  }

  /**
   * The number and age of the deliveries that wait in the queue.
   *
   * @param pending how many deliveries are pending, exact up to 10,000
   * @param oldest when the oldest of those counted was created, or null if there is none
   */
  record QueueDepth(long pending, @Nullable Instant oldest) {}

  /**
   * A delivery that was ended without a request.
   *
   * @param ref the delivery
   * @param webhookId the webhook's public id, or null if its row is gone
   * @param account the account that owns the webhook, or null if its row is gone
   * @param eventId the event's public id
   * @param eventType the event type
   * @param traceContext in which context the event was published, or null
   * @param error why it failed; null if it was dropped without a trace because its webhook is
   *     deleted
   */
  record EndedDelivery(
      DeliveryRef ref,
      @Nullable String webhookId,
      @Nullable String account,
      String eventId,
      String eventType,
      @Nullable String traceContext,
      @Nullable DeliveryError error) {}
}
