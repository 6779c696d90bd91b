package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.idempotency.IdempotencyKey;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.EncryptedRows;
import dev.webhooks.spi.store.EndpointHealth;
import dev.webhooks.spi.store.HealthRegister;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.Retention;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.StoreSession.NewRetry;
import dev.webhooks.spi.store.StoreSession.NewTest;
import dev.webhooks.spi.store.StoreSession.RecoverRequest;
import dev.webhooks.spi.store.StoreSession.WebhookFilter;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Does everything that a store can do once, for tests that ask whether all of its statements work
 * on some database. It leaves an erased account behind, and can be repeated.
 */
final class EveryOperation {
  private static final String ACCOUNT = Samples.ACME;

  private final JdbcWebhookStore store;
  private final Consumer<Consumer<StoreSession>> transactions;
  private final long me;

  private EveryOperation(JdbcWebhookStore store, Consumer<Consumer<StoreSession>> transactions) {
    this.store = store;
    this.transactions = transactions;
    me = store.instances().register("test");
  }

  /**
   * Does it.
   *
   * @param transactions runs work in a transaction and commits it, be it the host's
   */
  static void of(JdbcWebhookStore store, Consumer<Consumer<StoreSession>> transactions) {
    EveryOperation all = new EveryOperation(store, transactions);
    long webhook = all.register();
    WebhookConfiguration configuration =
        store.queue().configurations(List.of(webhook)).get(webhook);
    all.publishAndFinish(webhook);
    all.readAndRetry(configuration);
    all.health(webhook);
    all.encrypted(webhook);
    all.test(webhook);
    all.remove(webhook);
  }

  /** Does it in transactions of the store's own. */
  static void of(JdbcWebhookStore store) {
    of(store, work -> Samples.write(store, work));
  }

  private long register() {
    WebhookRow row = Samples.webhook("all");
    List<Long> number = new ArrayList<>();
    transactions.accept(session -> {
      session.lockAccount(ACCOUNT);
      session.countWebhooks(ACCOUNT);
      number.add(session.insertWebhook(row));
    });
    UUID id = row.configuration().id();
    transactions.accept(session -> {
      assertThat(session.findWebhook(ACCOUNT, id)).isPresent();
      session.updateWebhook(session.lockWebhook(ACCOUNT, id).orElseThrow());
      session.listWebhooks(ACCOUNT, new WebhookFilter(null, null, null, 0, 10));
      session.listWebhooks(
          ACCOUNT, new WebhookFilter(WebhookStatus.ACTIVE, List.of("order.*"), null, 0, 10));
      session.statistics(number);
      session.subscribers(ACCOUNT, Set.of("order.*"));
      IdempotencyKey key = new IdempotencyKey(ACCOUNT, "key-" + id);
      session.idempotency().reserve(key, Fingerprint.of("x").build(), id, Samples.NOW);
      session.idempotency().answer(key, id, Samples.bytes("answer"));
    });
    return number.get(number.size() - 1);
  }

  private void publishAndFinish(long webhook) {
    NewEvent[] events = new NewEvent[5];
    for (int i = 0; i < events.length; i++) {
      events[i] = Samples.event(webhook, 0, i == 0 ? "given-" + Samples.id() : null);
    }
    transactions.accept(session -> session.insertEvents(List.of(events)));
    transactions.accept(session -> session.insertEvents(List.of(events[0])));
    store.currentTime();
    store.instances().beat(me);
    store.instances().beats();
    store.queue().claimById(me, List.of(events[0].deliveries().get(0).ref()));
    List<ClaimedDelivery> claimed = claim();
    store.queue().owned(me, claimed.stream().map(c -> c.claim().ref()).toList());
    List<ClaimRef> owned = claimed.stream().map(ClaimedDelivery::claim).toList();
    store
        .queue()
        .finish(
            me,
            List.of(
                Samples.delivered(owned.get(0)),
                Samples.putOff(owned.get(1)),
                failed(owned.get(2))),
            Samples.NOW);
    store.queue().release(me, owned.subList(3, owned.size()));
    store.queue().releaseForgotten(me, id -> false);
    store.queue().depth();
    store.queue().foldStatistics();
    store.queue().endUnsendable(Samples.NOW, Samples.NOW.plusSeconds(1), 10);
  }

  private List<ClaimedDelivery> claim() {
    return store.queue().claim(new ClaimRequest(me, Samples.NOW, 0, 10, 10, 1 << 20, Map.of()));
  }

  private static AttemptOutcome failed(ClaimRef claim) {
    return new AttemptOutcome(
        claim,
        1,
        Samples.NOW,
        5,
        500,
        DeliveryError.HTTP_STATUS,
        Samples.bytes("no"),
        DeliveryStatus.FAILED,
        null);
  }

  private void readAndRetry(WebhookConfiguration webhook) {
    for (DeliveryStatus status : DeliveryStatus.values()) {
      store.log().page(webhook, DeliveryQuery.latest().status(status));
      store.log().page(webhook, DeliveryQuery.latest().status(status).event("order.paid"));
      store.log().count(webhook, DeliveryQuery.latest().status(status));
    }
    store.log().page(webhook, DeliveryQuery.latest());
    store.log().count(webhook, DeliveryQuery.latest());
    RecoverRequest request = new RecoverRequest(
        webhook.number(),
        Samples.NOW.minusSeconds(60),
        Samples.NOW.plusSeconds(60),
        new UUID(0, 0),
        10);
    transactions.accept(session -> {
      List<UUID> failed = session.findRetryable(request);
      assertThat(session.findDelivery(webhook, failed.get(0))).isPresent();
      session.retry(
          webhook.number(),
          List.of(new NewRetry(failed.get(0), Samples.id())),
          Samples.NOW,
          Samples.NOW.plusSeconds(60));
      assertThat(store.log().find(webhook, failed.get(0))).isPresent();
      session.makeDue(
          webhook.number(),
          session.findWaiting(webhook.number(), request.from(), request.to(), 10),
          request.to());
    });
  }

  private void health(long webhook) {
    EndpointHealth suspended =
        new EndpointHealth(3, Samples.NOW, Samples.NOW, Samples.NOW, 1, false);
    store.health().change(List.of(webhook), (number, present) -> suspended);
    store
        .health()
        .probe(new HealthRegister.ProbeRequest(
            me, Samples.NOW.plusSeconds(1), Samples.NOW.plusSeconds(40), 10));
    store.health().account(webhook);
    store.health().change(List.of(webhook), (number, present) -> null);
    store.health().fail(webhook, 1, Samples.NOW);
    transactions.accept(session -> session.forgetHealth(webhook));
  }

  private void encrypted(long webhook) {
    EncryptedRows rows = store.encrypted();
    rows.any();
    rows.webhooks(0, 10);
    rows.changeWebhooks(List.of(webhook), Optional::of);
    List<IdempotencyKey> keys = rows.answers(EncryptedRows.FIRST_ANSWER, 10).stream()
        .map(EncryptedRows.StoredAnswer::key)
        .toList();
    rows.changeAnswers(keys, answer -> Optional.of(answer.clone()));
  }

  private void test(long webhook) {
    DeliveryRef ref = new DeliveryRef(webhook, Samples.id());
    transactions.accept(session -> {
      session.insertTest(new NewTest(
          ref,
          Samples.id(),
          ACCOUNT,
          Samples.bytes("{}"),
          Samples.NOW,
          Samples.NOW.plusSeconds(60),
          Samples.NOW.plusSeconds(60)));
      session.finishTest(Samples.delivered(new ClaimRef(ref, 0)), Samples.NOW);
    });
  }

  private void remove(long webhook) {
    Retention retention = store.retention();
    retention.anyPending(Samples.NOW);
    retention.removeDeliveries(Samples.NOW.plusSeconds(1), Retention.FIRST_DELIVERY);
    retention.removeEvents(Samples.NOW, Samples.NOW, Retention.FIRST_EVENT);
    retention.removeKeys(Samples.NOW);
    transactions.accept(session -> {
      session.deleteWebhook(webhook, Samples.NOW);
      session.eraseAccount(ACCOUNT, Samples.NOW);
    });
    retention.purgeDeleted(Samples.NOW.plusSeconds(1));
    retention.purgeErased(Samples.NOW.plusSeconds(1));
    retention.purgeDeleted(Samples.NOW.plus(Retention.LATE_COMMITS).plusSeconds(1));
    store.queue().endUnsendable(Samples.NOW, Samples.NOW, 10);
    store.instances().leave(me);
    long dead = store.instances().register("dead");
    store.instances().declareDead(dead, 0);
  }
}
