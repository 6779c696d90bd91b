package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.ACME;
import static dev.webhooks.testing.StoreSamples.NOW;
import static dev.webhooks.testing.StoreSamples.bytes;
import static dev.webhooks.testing.StoreSamples.delivered;
import static dev.webhooks.testing.StoreSamples.givenUp;
import static dev.webhooks.testing.StoreSamples.later;
import static dev.webhooks.testing.StoreSamples.request;
import static dev.webhooks.testing.StoreSamples.retried;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.idempotency.IdempotencyCache.Reservation;
import dev.webhooks.idempotency.IdempotencyKey;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.PublicId;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.EndpointHealth;
import dev.webhooks.spi.store.HealthRegister.ProbeRequest;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.Retention;
import dev.webhooks.spi.store.StoreSession.NewRetry;
import dev.webhooks.spi.store.StoreSession.NewTest;
import dev.webhooks.spi.store.StoreSession.RecoverRequest;
import dev.webhooks.spi.store.StoreSession.WebhookFilter;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every operation that takes a time takes any instant. What lies beyond the years 1 to 9999, or
 * beyond what an id can carry, is before or after everything else.
 */
public abstract class TimeEdgesContract extends StoreContract {
  private static final UUID BEFORE_ALL = new UUID(0, 0);
  private static final Fingerprint REQUEST = Fingerprint.of("request").build();

  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999Z");

  /** The last millisecond that fits into the 48 bits of an id is in the year 10889. */
  private static final Instant LAST_OF_IDS = Instant.ofEpochMilli((1L << 48) - 1);

  private static final List<Instant> EARLY = List.of(
      Instant.MIN,
      Instant.parse("0000-12-31T23:59:59.999999999Z"),
      FIRST,
      Instant.parse("1969-12-31T00:00:00Z"),
      Instant.parse("1969-12-31T23:59:59.999Z"),
      Instant.EPOCH);

  private static final List<Instant> LATE = List.of(
      Instant.parse("9999-12-31T23:59:59.999999999Z"),
      Instant.parse("+10000-01-01T00:00:00Z"),
      LAST_OF_IDS,
      LAST_OF_IDS.plusMillis(1),
      Instant.MAX);

  private static final List<Instant> EDGES = edges();

  private long me;

  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected TimeEdgesContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @BeforeEach
  final void registerInstance() {
    me = instance();
  }

  private static List<Instant> edges() {
    List<Instant> edges = new ArrayList<>(EARLY);
    edges.addAll(LATE);
    return List.copyOf(edges);
  }

  // The log

  @Test
  void log_from_and_to_any_instant() {
    WebhookConfiguration hook = samples().active();
    endedOne(hook);
    failedOne(hook);
    samples().enqueue(hook, 1);
    DeliveryQuery all = DeliveryQuery.latest();
    List<DeliveryQuery> filters = List.of(
        all,
        all.event("order.paid"),
        all.status(DeliveryStatus.PENDING),
        all.status(DeliveryStatus.SUCCESS),
        all.status(DeliveryStatus.FAILED).event("order.paid"));
    for (DeliveryQuery filter : filters) {
      List<Delivery> everything = log().page(hook, filter);
      assertThat(everything).isNotEmpty();
      EARLY.forEach(edge -> assertLog(hook, filter.from(edge), everything));
      EARLY.forEach(edge -> assertLog(hook, filter.to(edge), List.of()));
      LATE.forEach(edge -> assertLog(hook, filter.from(edge), List.of()));
      LATE.forEach(edge -> assertLog(hook, filter.to(edge), everything));
      assertLog(hook, filter.from(Instant.MIN).to(Instant.MAX), everything);
    }
  }

  private void assertLog(WebhookConfiguration hook, DeliveryQuery query, List<Delivery> expected) {
    assertThat(log().page(hook, query)).as("%s", query).isEqualTo(expected);
    assertThat(log().count(hook, query)).as("%s", query).isEqualTo(expected.size());
  }

  @Test
  void deliveries_created_at_any_instant_are_listed_and_found() {
    for (Instant edge : EDGES) {
      WebhookConfiguration hook = samples().active();
      // An id is never smaller than one made before, whatever the time.
      StoreSamples fresh = new StoreSamples(store(), EDGES.indexOf(edge));
      DeliveryRef row = fresh.enqueue(hook, 1, edge).get(0);
      DeliveryQuery all = DeliveryQuery.latest();

      assertThat(ids(hook, all)).as("%s", edge).containsExactly(row.id());
      assertThat(ids(hook, all.from(edge))).as("from %s", edge).containsExactly(row.id());
      assertThat(ids(hook, all.to(edge))).as("to %s", edge).isEmpty();
      assertThat(log().find(hook, row.id())).as("%s", edge).isPresent();
      if (isKeptExactly(edge)) {
        assertThat(ids(hook, all.to(edge.plusMillis(1)))).as("%s", edge).containsExactly(row.id());
      }
    }
  }

  /** Returns whether a database can store an instant and the next millisecond. */
  private static boolean isKeptExactly(Instant instant) {
    return !instant.isBefore(FIRST) && instant.isBefore(LAST);
  }

  private List<UUID> ids(WebhookConfiguration hook, DeliveryQuery query) {
    return log().page(hook, query).stream()
        .map(delivery -> PublicId.DELIVERY.parse(delivery.id()).orElseThrow())
        .toList();
  }

  // Manual retries

  @Test
  void failed_deliveries_since_and_until_any_instant() {
    WebhookConfiguration hook = samples().active();
    UUID failed = failedOne(hook);

    EARLY.forEach(edge -> assertRetryable(hook, edge, later(1), failed));
    EARLY.forEach(edge -> assertRetryable(hook, Instant.MIN, edge));
    LATE.forEach(edge -> assertRetryable(hook, NOW, edge, failed));
    LATE.forEach(edge -> assertRetryable(hook, edge, Instant.MAX));
  }

  private void assertRetryable(
      WebhookConfiguration hook, Instant from, Instant to, UUID... expected) {
    RecoverRequest request = new RecoverRequest(hook.number(), from, to, BEFORE_ALL, 10);
    List<UUID> found = read(session -> session.findRetryable(request));
    assertThat(found).as("%s", request).containsExactly(expected);
  }

  @Test
  void deliveries_are_retried_at_any_instant() {
    for (Instant edge : EDGES) {
      WebhookConfiguration hook = samples().active();
      UUID failed = failedOne(hook);
      NewRetry retry = new NewRetry(failed, samples().id(NOW));
      Set<UUID> stored = read(session -> session.retry(hook.number(), List.of(retry), edge, edge));

      assertThat(stored).as("%s", edge).containsExactly(retry.id());
      assertThat(log().find(hook, retry.id())).as("%s", edge).isPresent();
    }
  }

  // The queue

  @Test
  void deliveries_are_due_before_and_after_any_instant() {
    for (Instant edge : EDGES) {
      WebhookConfiguration hook = samples().active();
      ClaimRef held = samples().takeOne(me, hook);

      assertThat(queue().finish(me, List.of(retried(held, 1, NOW, edge)), NOW)).hasSize(1);

      int due = EARLY.contains(edge) ? 1 : 0;
      assertThat(queue().claim(request(me, 10, 10, NOW))).as("due %s", edge).hasSize(due);
    }
  }

  @Test
  void deliveries_are_claimed_at_any_instant() {
    for (Instant edge : EDGES) {
      WebhookConfiguration hook = samples().active();
      samples().enqueue(hook, 1);
      int due = EARLY.contains(edge) ? 0 : 1;

      assertThat(queue().claim(request(me, 10, 10, edge))).as("at %s", edge).hasSize(due);
      samples().delete(hook);
    }
  }

  @Test
  void attempts_begin_and_end_at_any_instant() {
    for (Instant edge : EDGES) {
      WebhookConfiguration hook = samples().active();
      ClaimRef held = samples().takeOne(me, hook);

      assertThat(queue().finish(me, List.of(delivered(held, 1, edge)), edge)).hasSize(1);

      assertThat(log().find(hook, held.ref().id()).orElseThrow().attempts()).hasSize(1);
      assertThat(statistics(hook.number()).get(hook.number()).succeeded()).isEqualTo(1);
    }
  }

  @Test
  void deliveries_expire_before_any_instant() {
    for (Instant edge : EDGES) {
      WebhookConfiguration hook = samples().active();
      samples().enqueue(hook, 1);
      int ended = EARLY.contains(edge) ? 0 : 1;

      assertThat(queue().endUnsendable(edge, edge, 10)).as("%s", edge).hasSize(ended);
      samples().delete(hook);
      queue().endUnsendable(NOW, NOW, 10);
    }
  }

  // Tests

  @Test
  void tests_are_made_and_end_at_any_instant() {
    for (Instant edge : EDGES) {
      WebhookConfiguration hook = samples().active();
      DeliveryRef ref = new DeliveryRef(hook.number(), samples().id(edge));
      UUID event = samples().id(edge);
      NewTest test = new NewTest(ref, event, ACME, bytes("{\"data\":{}}"), edge, edge, edge);
      write(session -> session.insertTest(test));

      boolean finished =
          read(session -> session.finishTest(delivered(new ClaimRef(ref, 0), 1, edge), edge));

      assertThat(finished).as("%s", edge).isTrue();
      assertThat(ids(hook, DeliveryQuery.latest())).as("%s", edge).containsExactly(ref.id());
    }
  }

  @Test
  void tests_are_interrupted_past_any_instant() {
    for (Instant edge : EDGES) {
      WebhookConfiguration hook = samples().active();
      DeliveryRef ref = new DeliveryRef(hook.number(), samples().id(NOW));
      UUID event = samples().id(NOW);
      NewTest test = new NewTest(ref, event, ACME, bytes("{\"data\":{}}"), NOW, edge, NOW);
      write(session -> session.insertTest(test));

      boolean over = !queue().endUnsendable(NOW, Instant.MIN, 10).isEmpty();

      assertThat(over).as("%s", edge).isEqualTo(EARLY.contains(edge));
    }
  }

  // Retention

  @Test
  void deliveries_are_removed_that_ended_before_any_instant() {
    for (Instant edge : EDGES) {
      WebhookConfiguration hook = samples().active();
      UUID ended = endedOne(hook);

      store().retention().removeDeliveries(edge, Retention.FIRST_DELIVERY);

      assertThat(log().find(hook, ended).isPresent())
          .as("%s", edge)
          .isEqualTo(EARLY.contains(edge));
    }
  }

  @Test
  void pending_deliveries_are_known_that_were_created_before_any_instant() {
    samples().enqueue(samples().active(), 1);

    EARLY.forEach(
        edge -> assertThat(store().retention().anyPending(edge)).as("%s", edge).isFalse());
    LATE.forEach(
        edge -> assertThat(store().retention().anyPending(edge)).as("%s", edge).isTrue());
  }

  @Test
  void events_are_removed_that_were_created_before_any_instant() {
    for (Instant edge : EDGES) {
      NewEvent event = samples().event().build();
      samples().publish(event);

      store().retention().removeEvents(Instant.MAX, edge, Retention.FIRST_EVENT);

      assertThat(samples().isKept(fixture(), event)).as("%s", edge).isEqualTo(EARLY.contains(edge));
      store().retention().removeEvents(Instant.MAX, Instant.MAX, Retention.FIRST_EVENT);
    }
  }

  @Test
  void events_are_removed_that_need_not_be_kept_at_any_instant() {
    for (Instant edge : EDGES) {
      NewEvent event = samples().event().build();
      samples().publish(event);

      store().retention().removeEvents(edge, Instant.MAX, Retention.FIRST_EVENT);

      assertThat(samples().isKept(fixture(), event)).as("%s", edge).isEqualTo(EARLY.contains(edge));
    }
  }

  @Test
  void keys_are_removed_that_were_taken_before_any_instant() {
    for (Instant edge : EDGES) {
      IdempotencyKey key = new IdempotencyKey(ACME, "key-" + EDGES.indexOf(edge));
      use(key, NOW, null);

      store().retention().removeKeys(edge);

      Reservation again = use(key, NOW, null);
      boolean kept = again instanceof Reservation.Used;
      assertThat(kept).as("%s", edge).isEqualTo(EARLY.contains(edge));
    }
  }

  @Test
  void deleted_webhooks_and_erased_accounts_are_purged_at_any_instant() {
    for (Instant edge : EDGES) {
      WebhookConfiguration hook = samples().active();
      UUID ended = endedOne(hook);
      write(session -> session.deleteWebhook(hook.number(), edge));
      write(session -> session.eraseAccount(ACME, edge));

      store().retention().purgeDeleted(edge);
      store().retention().purgeErased(edge);
      store().retention().purgeDeleted(Instant.MAX);
      store().retention().purgeErased(Instant.MAX);

      assertThat(log().find(hook, ended)).as("%s", edge).isEmpty();
      assertThat(webhooks(ACME)).as("%s", edge).isZero();
    }
  }

  // Webhooks

  @Test
  void webhooks_are_created_and_changed_at_any_instant() {
    for (Instant edge : EDGES) {
      WebhookRow row = samples().stored(samples().webhook(edge).oldSecret(bytes("old"), edge));
      write(session -> {
        WebhookRow locked = session.lockWebhook(ACME, row.configuration().id()).orElseThrow();
        session.updateWebhook(samples().webhook().name("b").replacing(locked, edge));
      });

      assertThat(samples().find(row).name()).as("%s", edge).isEqualTo("b");
    }
    WebhookFilter all = new WebhookFilter(null, null, null, 0, 100);
    assertThat(read(session -> session.listWebhooks(ACME, all)).webhooks()).hasSize(EDGES.size());
  }

  @Test
  void old_secret_signs_until_any_instant() {
    for (Instant edge : EDGES) {
      WebhookRow row = samples().stored(samples().webhook().oldSecret(bytes("old"), edge));
      Instant until = row.configuration().oldSecretUntil();

      assertThat(until).isNotNull();
      assertThat(until.isBefore(NOW)).as("%s", edge).isEqualTo(EARLY.contains(edge));
    }
  }

  // Idempotency

  @Test
  void keys_are_taken_at_any_instant() {
    for (Instant edge : EDGES) {
      IdempotencyKey key = new IdempotencyKey(ACME, "key-" + EDGES.indexOf(edge));

      assertThat(use(key, edge, null)).as("%s", edge).isEqualTo(new Reservation.Taken());
      assertThat(use(key, edge, null)).as("%s", edge).isInstanceOf(Reservation.Used.class);
      assertThat(use(key, NOW, null))
          .as("%s", edge)
          .isInstanceOf(EARLY.contains(edge) ? Reservation.Taken.class : Reservation.Used.class);
    }
  }

  @Test
  void keys_are_busy_until_any_instant() {
    for (Instant edge : EDGES) {
      IdempotencyKey key = new IdempotencyKey(ACME, "key-" + EDGES.indexOf(edge));
      use(key, NOW, edge);

      assertThat(use(key, NOW, null))
          .as("%s", edge)
          .isInstanceOf(EARLY.contains(edge) ? Reservation.Taken.class : Reservation.Used.class);
    }
  }

  private Reservation use(IdempotencyKey key, Instant now, Instant busyUntil) {
    UUID token = samples().id(NOW);
    return read(session -> session.idempotency().reserve(key, REQUEST, token, now, now, busyUntil));
  }

  // Health

  @Test
  void endpoints_are_left_alone_until_any_instant_and_probed_at_any() {
    for (Instant edge : EDGES) {
      WebhookConfiguration hook = samples().active();
      samples().enqueue(hook, 1);
      EndpointHealth health = new EndpointHealth(9, edge, edge, edge, 5, false);
      store().health().change(List.of(hook.number()), (webhook, known) -> health);

      int over = EARLY.contains(edge) ? 1 : 0;
      assertThat(store().health().probe(new ProbeRequest(me, NOW, edge, 10)))
          .as("%s", edge)
          .hasSize(over);
      assertThat(
              queue().configurations(Set.of(hook.number())).get(hook.number()).endpoint())
          .as("%s", edge)
          .isEqualTo(EndpointHealth.State.SUSPENDED);
      samples().delete(hook);
    }
  }

  @Test
  void webhooks_fail_at_any_instant() {
    for (Instant edge : EDGES) {
      WebhookConfiguration hook = samples().active();

      store().health().fail(hook.number(), hook.version(), edge);

      assertThat(find(ACME, hook.id()).orElseThrow().configuration().sendable())
          .as("%s", edge)
          .isFalse();
    }
  }

  private UUID endedOne(WebhookConfiguration hook) {
    ClaimRef held = samples().takeOne(me, hook);
    queue().finish(me, List.of(delivered(held, 1, NOW)), NOW);
    return held.ref().id();
  }

  private UUID failedOne(WebhookConfiguration hook) {
    ClaimRef held = samples().takeOne(me, hook);
    queue().finish(me, List.of(givenUp(held, 1, NOW)), NOW);
    return held.ref().id();
  }
}
