package dev.webhooks.internal.registry;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.internal.registry.IdempotentSteps.Begun;
import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.internal.time.OneClock;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.PublicId;
import dev.webhooks.model.WebhookException;
import dev.webhooks.registry.Scope;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.StoreSession.NewRetry;
import dev.webhooks.spi.store.StoreSession.RecoverRequest;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Retries failed deliveries and sends waiting ones at once when somebody asks for it. Thread-safe.
 *
 * <p>Both operations honour the scope's idempotency key and take effect with its transaction.
 */
public final class ManualRetries {
  private static final Duration LONGEST_LOOK_BACK = Duration.ofDays(14);
  private static final int BATCH = 500;

  /** Longer than many batches take; past it, a key whose process died is free again. */
  private static final Duration BUSY = Duration.ofMinutes(1);

  private static final UUID BEFORE_ALL = new UUID(0, 0);

  private final WebhookStore store;
  private final Transactions transactions;
  private final IdempotentSteps steps;
  private final IdGenerator ids;
  private final OneClock clock;
  private final Duration keep;
  private final Runnable stored;

  /**
   * Creates the operations.
   *
   * @param keep for how long the body of a retried event is kept at least
   * @param stored is told that deliveries were committed
   */
  public ManualRetries(Transactions transactions, Duration keep, Runnable stored) {
    this.store = transactions.store();
    this.transactions = transactions;
    this.steps = new IdempotentSteps(transactions);
    this.ids = transactions.ids();
    this.clock = transactions.clock();
    this.keep = keep;
    this.stored = stored;
  }

  /**
   * Retries a failed delivery by a new one of the same event, or makes a pending one due now that
   * has been attempted before. A pending one that is due or under way stays as it is.
   *
   * @return the new delivery, or the pending one
   * @throws WebhookException with {@code WEBHOOK_NOT_FOUND}, {@code DELIVERY_NOT_FOUND},
   *     {@code DELIVERY_NOT_FAILED}, {@code DELIVERY_ALREADY_RETRIED} or
   *     {@code DUPLICATE_IDEMPOTENCY_KEY}
   */
  public Delivery retry(Scope scope, String webhookId, String deliveryId) {
    Fingerprint fingerprint = RequestFingerprints.retry(webhookId, deliveryId);
    Instant now = clock.instant();
    UUID id = ids.next(now);
    Delivery retry = transactions.once(scope, fingerprint, ReplayCodecs.retried(), session -> {
      WebhookConfiguration webhook =
          WebhookIds.find(session, scope.account(), webhookId).configuration();
      UUID old = PublicId.DELIVERY.parse(deliveryId).orElseThrow(ManualRetries::notFound);
      return sendNow(session, webhook, old, now)
          .orElseGet(() -> retry(session, webhook, new NewRetry(old, id), now));
    });
    Transactions.whenCommitted(scope, stored);
    return retry;
  }

  /**
   * Makes a delivery due that waits for its next attempt. It is read first, since looking for a row
   * in order to change it may lock the place where others want to insert theirs.
   *
   * @return the delivery as it is then; empty if it is not pending or was never attempted
   */
  private static Optional<Delivery> sendNow(
      StoreSession session, WebhookConfiguration webhook, UUID id, Instant now) {
    Optional<Delivery> pending = session.findDelivery(webhook, id).filter(ManualRetries::mayWait);
    if (pending.isEmpty()) {
      return pending;
    }
    session.makeDue(webhook.number(), List.of(id), now);
    return session.findDelivery(webhook, id).filter(ManualRetries::mayWait);
  }

  private static boolean mayWait(Delivery delivery) {
    return delivery.status() == DeliveryStatus.PENDING && delivery.attempts() > 0;
  }

  private Delivery retry(
      StoreSession session, WebhookConfiguration webhook, NewRetry retry, Instant now) {
    if (store(session, webhook, List.of(retry), now) == 0) {
      throw refusal(session, webhook, retry.failed());
    }
    return session.findDelivery(webhook, retry.id()).orElseThrow(ManualRetries::notFound);
  }

  /**
   * Retries the failed deliveries of a webhook that were created since an instant and are not
   * retried yet, the oldest first, then makes those due now that wait for their next attempt. Up to
   * 500 of each are in a transaction; called again after it was interrupted, it goes on with the
   * rest. In a host's transaction all of it is part of that one.
   *
   * @return how many were retried or made due
   * @throws WebhookException with {@code WEBHOOK_NOT_FOUND}, {@code INVALID_REQUEST} if the instant
   *     is more than 14 days ago, or {@code DUPLICATE_IDEMPOTENCY_KEY}
   */
  public int recover(Scope scope, String webhookId, Instant since) {
    Fingerprint fingerprint = RequestFingerprints.recover(webhookId, since);
    Instant now = clock.instant();
    Function<StoreSession, Recovery> recovery = session -> {
      requireRecent(since, now);
      WebhookConfiguration webhook =
          WebhookIds.find(session, scope.account(), webhookId).configuration();
      return new Recovery(webhook, since, now);
    };
    int recovered = scope.transaction() == null
        ? steps.run(
            scope,
            fingerprint,
            ReplayCodecs.count(),
            now.plus(BUSY),
            session -> begin(session, recovery.apply(session)))
        : transactions.once(
            scope,
            fingerprint,
            ReplayCodecs.count(),
            session -> all(session, recovery.apply(session)));
    Transactions.whenCommitted(scope, stored);
    return recovered;
  }

  /** Recovers a batch, and all if that was the last one. */
  private Begun<Integer> begin(StoreSession session, Recovery recovery) {
    Batch first = next(session, recovery, BEFORE_ALL);
    return first.last
        ? new Begun.Done<>(first.changed)
        : new Begun.More<>(() -> {
          int rest = rest(recovery, first.end);
          return end -> first.changed + rest;
        });
  }

  /** Recovers what comes after a batch, each further one in a transaction of its own. */
  private int rest(Recovery recovery, @Nullable UUID after) {
    int recovered = 0;
    UUID end = after;
    boolean last = false;
    while (!last) {
      UUID behind = end;
      stored.run();
      Batch batch = store.transact(session -> next(session, recovery, behind));
      recovered += batch.changed;
      end = batch.end;
      last = batch.last;
    }
    return recovered;
  }

  /** Recovers all in one transaction, which is the host's. */
  private int all(StoreSession session, Recovery recovery) {
    Batch batch = next(session, recovery, BEFORE_ALL);
    int recovered = batch.changed;
    while (!batch.last) {
      batch = next(session, recovery, batch.end);
      recovered += batch.changed;
    }
    return recovered;
  }

  /**
   * Recovers a batch; one delivery more is looked for, which tells whether others follow.
   *
   * @param after the last failed delivery looked at, or null if only waiting ones are left
   */
  private Batch next(StoreSession session, Recovery recovery, @Nullable UUID after) {
    if (after == null) {
      return nextWaiting(session, recovery, 0);
    }
    List<UUID> found = session.findRetryable(recovery.request(after));
    boolean more = found.size() > BATCH;
    List<UUID> failed = more ? found.subList(0, BATCH) : found;
    int retried = store(session, recovery.webhook, retries(failed, recovery.until), recovery.until);
    return more
        ? new Batch(retried, failed.get(BATCH - 1), false)
        : nextWaiting(session, recovery, retried);
  }

  /**
   * Makes waiting deliveries due, which thereby wait no more: what is found next follows them. If
   * none of many could be changed, this transaction does not see that others have done it.
   */
  private static Batch nextWaiting(StoreSession session, Recovery recovery, int retried) {
    long webhook = recovery.webhook.number();
    List<UUID> found = session.findWaiting(webhook, recovery.since, recovery.until, BATCH + 1);
    boolean more = found.size() > BATCH;
    List<UUID> waiting = more ? found.subList(0, BATCH) : found;
    int made = waiting.isEmpty() ? 0 : session.makeDue(webhook, waiting, recovery.until);
    return new Batch(retried + made, null, !more || made == 0);
  }

  private static void requireRecent(Instant since, Instant now) {
    if (since.isBefore(now.minus(LONGEST_LOOK_BACK))) {
      throw new WebhookException(
          ErrorCode.INVALID_REQUEST,
          "since must be at most " + LONGEST_LOOK_BACK.toDays() + " days ago");
    }
  }

  private List<NewRetry> retries(List<UUID> failed, Instant now) {
    return failed.stream().map(id -> new NewRetry(id, ids.next(now))).toList();
  }

  private int store(
      StoreSession session, WebhookConfiguration webhook, List<NewRetry> retries, Instant now) {
    if (retries.isEmpty()) {
      return 0;
    }
    Set<UUID> fresh = session.retry(webhook.number(), retries, now, now.plus(keep));
    return fresh.size();
  }

  private static WebhookException refusal(
      StoreSession session, WebhookConfiguration webhook, UUID id) {
    Delivery delivery = session.findDelivery(webhook, id).orElseThrow(ManualRetries::notFound);
    if (delivery.status() != DeliveryStatus.FAILED
        || delivery.event().equals(EventCatalog.TEST_EVENT)) {
      return new WebhookException(
          ErrorCode.DELIVERY_NOT_FAILED,
          "only deliveries that have failed, or that wait for their next attempt, can be retried,"
              + " and no tests");
    }
    if (delivery.retriedBy() != null) {
      return new WebhookException(
          ErrorCode.DELIVERY_ALREADY_RETRIED,
          "the delivery has been retried by " + delivery.retriedBy());
    }
    return new WebhookException(
        ErrorCode.DELIVERY_NOT_FOUND, "the delivery's payload is not kept any more");
  }

  private static WebhookException notFound() {
    return new WebhookException(ErrorCode.DELIVERY_NOT_FOUND, "the delivery does not exist");
  }

  /**
   * The deliveries to recover.
   *
   * @param until what is created from then on, such as a retry that fails at once, does not count
   */
  private record Recovery(WebhookConfiguration webhook, Instant since, Instant until) {
    RecoverRequest request(UUID after) {
      return new RecoverRequest(webhook.number(), since, until, after, BATCH + 1);
    }
  }

  /**
   * Some deliveries that were recovered.
   *
   * @param changed how many
   * @param end the last failed one looked at, or null if there are no further failed ones
   * @param last whether none follows
   */
  private record Batch(int changed, @Nullable UUID end, boolean last) {}
}
