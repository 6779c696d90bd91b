package dev.webhooks.registry;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.PublicId;
import dev.webhooks.model.WebhookException;
import dev.webhooks.spi.IdGenerator;
import dev.webhooks.spi.store.HostTransaction;
import dev.webhooks.spi.store.NewRetry;
import dev.webhooks.spi.store.RecoverRequest;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * Retries failed deliveries when somebody asks for it. Thread-safe.
 *
 * <p>Both operations honour the scope's idempotency key and take effect with its transaction.
 */
public final class ManualRetries {
  private static final Duration LONGEST_LOOK_BACK = Duration.ofDays(14);
  private static final int BATCH = 500;
  private static final UUID BEFORE_ALL = new UUID(0, 0);

  private final WebhookStore store;
  private final Answers answers;
  private final Idempotent idempotent;
  private final IdGenerator ids;
  private final InstantSource clock;
  private final Duration keep;
  private final Runnable stored;

  /**
   * Creates the operations.
   *
   * @param store where deliveries are kept
   * @param codec encrypts secrets in stored answers
   * @param ids makes ids
   * @param clock the one clock
   * @param keep for how long the body of a retried event is kept at least
   * @param stored is told that deliveries were committed
   */
  public ManualRetries(
      WebhookStore store,
      ConfigurationCodec codec,
      IdGenerator ids,
      InstantSource clock,
      Duration keep,
      Runnable stored) {
    this.store = store;
    this.answers = new Answers(codec);
    this.idempotent = new Idempotent(store, ids, clock);
    this.ids = ids;
    this.clock = clock;
    this.keep = keep;
    this.stored = stored;
  }

  /**
   * Retries a failed delivery by a new one of the same event.
   *
   * @return the new delivery
   * @throws WebhookException with {@code WEBHOOK_NOT_FOUND}, {@code DELIVERY_NOT_FOUND},
   *     {@code DELIVERY_NOT_FAILED}, {@code DELIVERY_ALREADY_RETRIED} or
   *     {@code DUPLICATE_IDEMPOTENCY_KEY}
   */
  public Delivery retry(Scope scope, String webhookId, String deliveryId) {
    Fingerprint fingerprint = Requests.retry(webhookId, deliveryId);
    Instant now = clock.instant();
    UUID id = ids.next(now);
    Delivery retry = idempotent.run(scope, fingerprint, answers.retried(), session -> {
      WebhookConfiguration webhook =
          WebhookIds.find(session, scope.account(), webhookId).configuration();
      UUID failed = PublicId.DELIVERY.parse(deliveryId).orElseThrow(ManualRetries::notFound);
      if (store(session, webhook, List.of(new NewRetry(failed, id)), now) == 0) {
        throw refusal(session, webhook, failed);
      }
      return session.findDelivery(webhook, id).orElseThrow(ManualRetries::notFound);
    });
    tellWhenCommitted(scope);
    return retry;
  }

  /**
   * Retries the failed deliveries of a webhook that were created since an instant and are not
   * retried yet, the oldest first and up to 500 in a transaction; called again after it was
   * interrupted, it goes on with the rest. The idempotency key is stored with the last of them.
   *
   * @return how many were retried
   * @throws WebhookException with {@code WEBHOOK_NOT_FOUND}, {@code INVALID_REQUEST} if the instant
   *     is more than 14 days ago, or {@code DUPLICATE_IDEMPOTENCY_KEY}
   */
  public int recover(Scope scope, String webhookId, Instant since) {
    Fingerprint fingerprint = Requests.recover(webhookId, since);
    Integer earlier = idempotent.replay(scope, fingerprint, answers.count());
    if (earlier != null) {
      return earlier;
    }
    Instant now = clock.instant();
    requireRecent(since, now);
    WebhookConfiguration webhook = transact(
            scope, session -> WebhookIds.find(session, scope.account(), webhookId))
        .configuration();
    int recovered = 0;
    List<UUID> failed = find(scope, webhook, since, now, BEFORE_ALL);
    while (failed.size() > BATCH) {
      List<NewRetry> batch = retries(failed.subList(0, BATCH), now);
      recovered += transact(scope, session -> store(session, webhook, batch, now));
      tellWhenCommitted(scope);
      failed = find(scope, webhook, since, now, failed.get(BATCH - 1));
    }
    List<NewRetry> last = retries(failed, now);
    int before = recovered;
    int all = idempotent.run(
        scope,
        fingerprint,
        answers.count(),
        session -> before + store(session, webhook, last, now));
    tellWhenCommitted(scope);
    return all;
  }

  private static void requireRecent(Instant since, Instant now) {
    if (since.isBefore(now.minus(LONGEST_LOOK_BACK))) {
      throw new WebhookException(
          ErrorCode.INVALID_REQUEST,
          "since must be at most " + LONGEST_LOOK_BACK.toDays() + " days ago");
    }
  }

  /** Finds a batch and one more, which tells whether the batch is the last. */
  private List<UUID> find(
      Scope scope, WebhookConfiguration webhook, Instant since, Instant now, UUID after) {
    // What is created from now on, such as a retry that fails at once, is not retried again.
    RecoverRequest request = new RecoverRequest(webhook.number(), since, now, after, BATCH + 1);
    return transact(scope, session -> session.findRetryable(request));
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
          ErrorCode.DELIVERY_NOT_FAILED, "only failed deliveries can be retried, and no tests");
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

  private void tellWhenCommitted(Scope scope) {
    HostTransaction transaction = scope.transaction();
    if (transaction == null) {
      stored.run();
    } else {
      transaction.onCommitted(stored);
    }
  }

  private <T> T transact(Scope scope, Function<StoreSession, T> work) {
    HostTransaction transaction = scope.transaction();
    return transaction == null ? store.transact(work) : store.join(transaction, work);
  }
}
