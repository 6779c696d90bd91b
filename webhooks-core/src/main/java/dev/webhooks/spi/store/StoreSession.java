package dev.webhooks.spi.store;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.idempotency.IdempotencyCache;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.model.WebhookStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The operations inside one transaction. Every method that names an account sees and changes rows
 * of that account only.
 *
 * <p>Valid only while the work it was given to runs; not thread-safe.
 */
public interface StoreSession {
  /**
   * Locks an account against concurrent creates until the transaction ends, waiting at most 2
   * seconds.
   *
   * @param account the account
   * @throws dev.webhooks.model.StoreUnavailableException if another transaction keeps it for longer
   */
  void lockAccount(String account);

  /** Returns how many webhooks an account has that are not deleted. */
  int countWebhooks(String account);

  /**
   * Stores a new webhook and its subscriptions.
   *
   * @param webhook the webhook; its number is ignored
   * @return the number given to it
   * @throws dev.webhooks.model.WebhookException with {@code DUPLICATE_IDEMPOTENCY_KEY} if a webhook
   *     of any account has its id, or one that is deleted and not purged yet had it
   */
  long insertWebhook(WebhookRow webhook);

  /** Returns a webhook that is not deleted, without locking it. */
  Optional<WebhookRow> findWebhook(String account, UUID id);

  /**
   * Returns a webhook that is not deleted and locks it until the transaction ends, waiting at most
   * 2 seconds.
   *
   * @throws dev.webhooks.model.StoreUnavailableException if another transaction keeps it for longer
   */
  Optional<WebhookRow> lockWebhook(String account, UUID id);

  /**
   * Replaces the configuration and subscriptions of a webhook locked before, and adds 1 to its
   * version.
   *
   * @param webhook the new values; number, id, account and creation time name the row and stay
   */
  void updateWebhook(WebhookRow webhook);

  /**
   * Marks a webhook locked before as deleted and adds 1 to its version: it is found no more, its
   * URL, headers and secrets are blank, and a later purge removes its rows.
   *
   * @param number the webhook's number
   * @param now when
   */
  void deleteWebhook(long number, Instant now);

  /**
   * Deletes all webhooks of an account as {@link #deleteWebhook} does, removes its idempotency keys
   * with their answers, and marks what it has published so far for {@link Retention#purgeErased}.
   * Locks the account as {@link #lockAccount} does, so that a webhook is created before or after;
   * waits at most 2 seconds for a row. The account can be used again at once.
   *
   * @param account the account, which need not have anything
   * @param now when
   * @return the numbers of the webhooks deleted
   * @throws dev.webhooks.model.StoreUnavailableException if another transaction keeps a row locked
   *     for longer
   */
  List<Long> eraseAccount(String account, Instant now);

  /**
   * Forgets what was wrong with the endpoint of a webhook locked before, so that it is sent to
   * again.
   *
   * @param number the webhook's number
   */
  void forgetHealth(long number);

  /**
   * Returns a page of an account's webhooks, newest first, with the number of all that the filter
   * lets through.
   */
  WebhookList listWebhooks(String account, WebhookFilter filter);

  /**
   * Returns the statistics of webhooks, including what was counted but not folded yet.
   *
   * @param numbers numbers of webhooks
   * @return an entry for each number; {@link WebhookStatistics#NONE} for one that nothing was sent
   *     to
   */
  Map<Long, WebhookStatistics> statistics(Collection<Long> numbers);

  /**
   * Returns what is wrong with the endpoints of webhooks, by one plain read that locks and waits
   * for nothing.
   *
   * @param numbers numbers of webhooks
   * @return an entry for each number of which something is known; none for a sound endpoint
   */
  Map<Long, EndpointHealth> health(Collection<Long> numbers);

  /**
   * Returns the webhooks that would receive events, by one plain read that locks and waits for
   * nothing. Webhooks of every status are included, deleted ones are not.
   *
   * @param eventTypes the types that each account is about to publish
   * @return for each account an entry for each of its types, each webhook once, in the order of
   *     their numbers
   */
  Map<String, Map<String, List<WebhookConfiguration>>> subscribers(
      Map<String, Set<String>> eventTypes);

  /**
   * Returns the webhooks of one account that would receive events, as {@link #subscribers(Map)}
   * does.
   *
   * @param account the account
   * @param eventTypes the types that are about to be published
   * @return an entry for each type, each webhook once, in the order of their numbers
   */
  default Map<String, List<WebhookConfiguration>> subscribers(
      String account, Set<String> eventTypes) {
    return subscribers(Map.of(account, eventTypes)).getOrDefault(account, Map.of());
  }

  /**
   * Stores events with their deliveries, by inserts alone. An event whose given id its account has
   * used before is skipped with its deliveries, be it that the host gave that id or that the
   * library made it. So is an event whose own id is stored already, as after a commit whose answer
   * was lost. What is stored of it stays as it is, its trace context included.
   *
   * @param events events of any accounts; no given id twice for one account
   * @return a receipt for each, in the same order
   * @throws dev.webhooks.model.WebhookException with {@code DUPLICATE_IDEMPOTENCY_KEY} if another
   *     open transaction is storing an event with the same given id at this moment
   */
  List<EventReceipt> insertEvents(List<NewEvent> events);

  /**
   * Returns the body of an event as this transaction sees it, without locking it.
   *
   * @param account who published it
   * @param event the event's own id
   */
  Optional<byte[]> findBody(String account, UUID event);

  /**
   * Returns a pending or finished delivery as this transaction sees it, without locking it.
   *
   * @param webhook the webhook it goes to
   * @param delivery the delivery's id
   */
  Optional<Delivery> findDelivery(WebhookConfiguration webhook, UUID delivery);

  /**
   * Returns deliveries that can be retried: failed, not retried yet, no test, and with an event
   * that is still there. A plain read.
   *
   * @return their ids, the oldest one first
   */
  List<UUID> findRetryable(RecoverRequest request);

  /**
   * Stores new deliveries that retry failed ones: each is due now, has no attempts and no owner, is
   * linked with the failed one both ways and carries the same event, which is kept longer. A
   * delivery that cannot be retried is left out; of concurrent retries of one delivery exactly one
   * counts, and the others wait for it at most 2 seconds. The webhook's status does not matter.
   *
   * @param webhook the number of the webhook that the deliveries went to
   * @param retries no failed delivery twice
   * @param now the one clock's time, when the new deliveries are created and due
   * @param keepUntil until when the events' bodies are kept at least
   * @return the ids of the new deliveries that were stored
   * @throws dev.webhooks.model.StoreUnavailableException if another transaction keeps a row locked
   *     for longer
   */
  Set<UUID> retry(long webhook, List<NewRetry> retries, Instant now, Instant keepUntil);

  /**
   * Returns deliveries that wait for their next attempt: pending, attempted before, with no owner
   * and due later than {@code to}. A plain read.
   *
   * @param webhook the number of the webhook they go to
   * @param from created at this instant or later
   * @param to created before this instant
   * @param limit how many at most
   * @return their ids, the one that is due first before the others
   */
  List<UUID> findWaiting(long webhook, Instant from, Instant to, int limit);

  /**
   * Makes deliveries due now that wait for their next attempt as {@link #findWaiting} describes. A
   * delivery that waits no more is left as it is: one that an instance owns is under way already.
   * Waits at most 2 seconds for other transactions that do the same.
   *
   * @param webhook the number of the webhook they go to
   * @param deliveries no delivery twice
   * @param now the one clock's time
   * @return how many deliveries were changed
   * @throws dev.webhooks.model.StoreUnavailableException if another transaction keeps a row locked
   *     for longer
   */
  int makeDue(long webhook, Collection<UUID> deliveries, Instant now);

  /**
   * Stores a test that is about to be sent: its event, and a pending delivery that belongs to no
   * instance, is never claimed and does not count as pending. Past its time,
   * {@link DeliveryQueue#endUnsendable} ends it as interrupted.
   */
  void insertTest(NewTest test);

  /**
   * Moves a test that was sent to the log, without counting it in the statistics.
   *
   * @param outcome what came of it, under claim number 0
   * @param now the one clock's time
   * @return false if it was not pending any more; then nothing is changed
   */
  boolean finishTest(AttemptOutcome outcome, Instant now);

  /** Returns the idempotency keys, as this transaction sees and changes them. */
  IdempotencyCache idempotency();

  /**
   * The result of storing an event.
   *
   * @param stored true if it was stored now, false if its id had been used before
   * @param deliveries how many deliveries the event has: now, or when its id was first used
   * @param fingerprint what was published when the id was first used; the event's own if it was
   *     stored now; null if that event was given no id
   */
  record EventReceipt(
      boolean stored, int deliveries, @Nullable Fingerprint fingerprint) {}

  /**
   * Which failed deliveries to find.
   *
   * @param webhook the number of the webhook they went to
   * @param from created at this instant or later
   * @param to created before this instant
   * @param after the search goes on behind this id; all zeros at first
   * @param limit how many at most
   */
  record RecoverRequest(long webhook, Instant from, Instant to, UUID after, int limit) {}

  /**
   * A delivery that retries a failed one.
   *
   * @param failed the failed delivery's id
   * @param id the id of the delivery that retries it
   */
  record NewRetry(UUID failed, UUID id) {}

  /**
   * A test request to store before it is sent.
   *
   * @param ref the delivery by which the log shows it
   * @param event the event's own id
   * @param account whose webhook is tested
   * @param body the bytes to sign and send; not copied
   * @param createdAt when it was asked for
   * @param until when it has ended at the latest; past that, its process is taken for dead
   * @param keepUntil until when the body is kept at least
   */
  record NewTest(
      DeliveryRef ref,
      UUID event,
      String account,
      byte[] body,
      Instant createdAt,
      Instant until,
      Instant keepUntil) {}

  /**
   * Which webhooks of an account to list: the newest first, and of those created at the same moment
   * the one with the greatest id.
   *
   * @param status only this status, or null for all
   * @param patterns only webhooks subscribed to one of these patterns, or null for all
   * @param after only webhooks behind this place in the order, or null for all; the total counts
   *     all
   * @param offset how many to skip
   * @param limit how many to return at most
   */
  record WebhookFilter(
      @Nullable WebhookStatus status,
      @Nullable List<String> patterns,
      @Nullable WebhookPlace after,
      int offset,
      int limit) {}

  /**
   * A place in a list of webhooks. The webhook that it was taken from need not exist any more.
   *
   * @param createdAt when that webhook was created
   * @param id its id
   */
  record WebhookPlace(Instant createdAt, UUID id) {
    /** Returns the place of a webhook. */
    public static WebhookPlace of(WebhookRow webhook) {
      return new WebhookPlace(webhook.createdAt(), webhook.configuration().id());
    }
  }

  /**
   * Part of a list of webhooks.
   *
   * @param webhooks the rows asked for
   * @param total how many rows the filter lets through in all
   */
  record WebhookList(List<WebhookRow> webhooks, long total) {}
}
