package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.ACME;
import static dev.webhooks.testing.StoreSamples.NOW;
import static dev.webhooks.testing.StoreSamples.bytes;
import static dev.webhooks.testing.StoreSamples.delivered;
import static dev.webhooks.testing.StoreSamples.givenUp;
import static dev.webhooks.testing.StoreSamples.later;
import static dev.webhooks.testing.StoreSamples.retried;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.idempotency.IdempotencyCache.Reservation;
import dev.webhooks.idempotency.IdempotencyKey;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.Retention;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.StoreSession.NewRetry;
import dev.webhooks.spi.store.StoreSession.RecoverRequest;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Old deliveries, events and idempotency keys go, and nothing that is still needed. */
public abstract class RetentionContract extends StoreContract {
  private static final Fingerprint REQUEST = Fingerprint.of("request").build();
  private static final Fingerprint OTHER_REQUEST = Fingerprint.of("other").build();

  /** After {@link EventSample} events need not be kept any more. */
  private static final Instant LONG_AFTER = NOW.plus(Duration.ofDays(31));

  private long me;
  private WebhookConfiguration hook;

  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected RetentionContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @BeforeEach
  final void prepare() {
    me = instance();
    hook = samples().active();
  }

  // Deliveries

  @Test
  void deliveries_that_ended_before_the_instant_go_and_the_others_stay() {
    DeliveryRef old = endedOne(hook, later(10));
    DeliveryRef edge = endedOne(hook, later(20));
    DeliveryRef pending = samples().enqueue(hook, 1).get(0);

    removeDeliveries(later(20));

    assertThat(log().find(hook, old.id())).isEmpty();
    assertThat(log().find(hook, edge.id())).isPresent();
    assertThat(log().find(hook, pending.id())).isPresent();
    assertThat(log().count(hook, DeliveryQuery.latest())).isEqualTo(2);
  }

  @Test
  void delivery_that_took_long_to_end_is_kept_as_long_after_its_end() {
    ClaimRef held = samples().takeOne(me, hook);
    queue().finish(me, List.of(retried(held, 1, NOW, later(5_000))), NOW);
    ClaimRef again = queueClaim(later(5_000)).claim();
    queue().finish(me, List.of(delivered(again, 2, later(5_000))), later(5_000));

    removeDeliveries(later(4_000));
    assertThat(log().find(hook, held.ref().id()).orElseThrow().attempts()).hasSize(2);

    removeDeliveries(later(5_001));
    assertThat(log().find(hook, held.ref().id())).isEmpty();
  }

  @Test
  void statistics_stay_when_the_log_goes() {
    endedOne(hook, NOW);
    WebhookStatistics before = statistics(hook.number()).get(hook.number());

    removeDeliveries(later(60));

    assertThat(log().page(hook, DeliveryQuery.latest())).isEmpty();
    assertThat(before.succeeded()).isEqualTo(1);
    assertThat(statistics(hook.number())).containsEntry(hook.number(), before);
  }

  @Test
  void many_deliveries_of_several_webhooks_go_in_bounded_steps() {
    List<WebhookConfiguration> hooks =
        List.of(hook, samples().active(), samples().active());
    hooks.forEach(webhook -> endedMany(webhook, 900));
    Optional<DeliveryRef> after = Optional.of(Retention.FIRST_DELIVERY);
    int steps = 0;
    int left = 2_700;
    while (after.isPresent()) {
      after = retention().removeDeliveries(later(60), after.get());
      int now = hooks.stream()
          .mapToInt(webhook -> log().count(webhook, DeliveryQuery.latest()))
          .sum();
      assertThat(left - now).isLessThanOrEqualTo(Retention.BATCH);
      left = now;
      steps++;
    }

    assertThat(left).isZero();
    assertThat(steps).isBetween(3, 4);
  }

  @Test
  void delivery_that_is_being_retried_is_passed_over_without_waiting() {
    DeliveryRef failed = failedOne(hook);
    DeliveryRef another = endedOne(hook, NOW);
    try (OpenTransaction host = fixture().begin()) {
      UUID retry = retryIn(host, failed);

      LockWaits.none(() -> {
        removeDeliveries(LONG_AFTER);
        removeEvents(LONG_AFTER);
      });

      assertThat(log().find(hook, another.id())).isEmpty();
      host.commit();
      assertThat(log().find(hook, failed.id()).orElseThrow().delivery().retriedBy())
          .isNotNull();
      assertThat(log().find(hook, retry).orElseThrow().body()).isNotEmpty();
    }

    removeDeliveries(LONG_AFTER);
    assertThat(log().find(hook, failed.id())).isEmpty();
    assertThat(queueClaim(LONG_AFTER).body()).as("the retry has its body").isNotEmpty();
  }

  // Events

  @Test
  void event_goes_when_it_need_not_be_kept_any_more_and_its_id_is_free_again() {
    NewEvent event = samples().event().givenId("e-1").build();
    samples().publish(event);

    removeEvents(event.keepUntil());
    assertThat(isKept(event)).isTrue();

    removeEvents(event.keepUntil().plusSeconds(1));
    assertThat(isKept(event)).isFalse();
    assertThat(samples().publish(event).get(0).stored()).isTrue();
  }

  @Test
  void event_created_after_the_bound_is_not_looked_at() {
    NewEvent old = samples().event().build();
    NewEvent young = samples().event().at(later(60)).build();
    samples().publish(old, young);

    Optional<UUID> next =
        retention().removeEvents(LONG_AFTER.plusSeconds(60), later(1), Retention.FIRST_EVENT);

    assertThat(next).isEmpty();
    assertThat(isKept(old)).isFalse();
    assertThat(isKept(young)).isTrue();
  }

  @Test
  void delivery_whose_event_is_gone_is_listed_without_its_body_and_cannot_be_retried() {
    DeliveryRef failed = failedOne(hook);

    removeEvents(LONG_AFTER);

    assertThat(log().page(hook, DeliveryQuery.latest())).hasSize(1);
    assertThat(log().find(hook, failed.id()).orElseThrow().body()).isNull();
    assertThat(findRetryable()).isEmpty();
    assertThat(retry(failed)).isEmpty();
    assertThat(queue().depth().pending()).isZero();
  }

  @Test
  void event_that_was_retried_is_kept_longer() {
    DeliveryRef failed = failedOne(hook);
    assertThat(retry(failed)).hasSize(1);

    removeEvents(LONG_AFTER);
    assertThat(queueClaim(LONG_AFTER).body()).isNotEmpty();

    removeEvents(LONG_AFTER.plus(Duration.ofDays(31)));
    assertThat(log().find(hook, failed.id()).orElseThrow().body()).isNull();
  }

  @Test
  void event_whose_retry_is_rolled_back_goes_as_if_nothing_had_been() {
    DeliveryRef failed = failedOne(hook);
    try (OpenTransaction host = fixture().begin()) {
      retryIn(host, failed);
      removeEvents(LONG_AFTER);
      host.rollback();
    }
    assertThat(log().find(hook, failed.id()).orElseThrow().body()).isNotEmpty();

    removeEvents(LONG_AFTER);
    assertThat(log().find(hook, failed.id()).orElseThrow().body()).isNull();
  }

  @Test
  void events_that_are_kept_longer_do_not_hold_the_others_back() {
    List<NewEvent> kept = new ArrayList<>();
    for (int i = 0; i < 2_100; i++) {
      kept.add(keptUntil(LONG_AFTER.plus(Duration.ofDays(300))));
    }
    NewEvent old = samples().event().build();
    write(session -> session.insertEvents(kept));
    samples().publish(old);

    int steps = removeEvents(LONG_AFTER);

    assertThat(steps).isEqualTo(3);
    assertThat(isKept(old)).isFalse();
    assertThat(isKept(kept.get(0))).isTrue();
    assertThat(isKept(kept.get(2_099))).isTrue();
  }

  @Test
  void of_a_retry_and_a_removal_at_once_one_sees_the_other() {
    List<DeliveryRef> failed = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      failed.add(failedOne(hook));
    }
    Set<UUID> retried = new HashSet<>();

    Concurrently.run(List.of(
        () -> {
          failed.forEach(ref -> retried.addAll(retry(ref)));
          return true;
        },
        () -> {
          for (int i = 0; i < 5; i++) {
            removeEvents(otherStore(), LONG_AFTER);
          }
          return true;
        }));

    List<ClaimedDelivery> claimed = samples().claim(me, LONG_AFTER);
    assertThat(claimed).hasSameSizeAs(retried).allMatch(delivery -> delivery.body().length > 0);
    removeEvents(LONG_AFTER);
    assertThat(failed)
        .filteredOn(ref -> log().find(hook, ref.id()).orElseThrow().body() == null)
        .hasSize(40 - retried.size());
  }

  @Test
  void old_pending_deliveries_are_found_whatever_waits_before_them() {
    assertThat(retention().anyPending(LONG_AFTER)).isFalse();
    for (int i = 0; i < 120; i++) {
      samples().enqueue(samples().active(), 2, later(60));
    }
    assertThat(retention().anyPending(later(1))).isFalse();
    assertThat(retention().anyPending(later(61))).isTrue();

    samples().take(me, samples().active(), 1);

    assertThat(retention().anyPending(later(1))).as("also if it is held").isTrue();
    assertThat(retention().anyPending(later(-60))).isFalse();
  }

  // Idempotency keys

  @Test
  void keys_taken_before_the_instant_go() {
    use("old", NOW);
    use("young", later(10));

    while (retention().removeKeys(later(10))) {}

    assertThat(reserve("old", later(20))).isEqualTo(new Reservation.Taken());
    assertThat(reserve("young", later(20))).isInstanceOf(Reservation.Used.class);
  }

  @Test
  void many_keys_go_in_several_steps() {
    for (int i = 0; i < 2_500; i += 100) {
      int from = i;
      write(session -> {
        for (int number = from; number < from + 100; number++) {
          use(session, "key-" + number, NOW);
        }
      });
    }

    while (retention().removeKeys(later(1))) {}

    for (int number = 0; number < 2_500; number += 499) {
      assertThat(reserve("key-" + number, later(2))).isEqualTo(new Reservation.Taken());
    }
  }

  @Test
  void key_that_is_being_taken_over_is_passed_over_without_waiting() {
    use("busy", NOW);
    use("free", NOW);
    Instant nextDay = NOW.plus(Duration.ofHours(24));
    try (OpenTransaction host = fixture().begin()) {
      doIn(host, session -> use(session, "busy", nextDay));

      LockWaits.none(() -> {
        while (retention().removeKeys(nextDay.plusSeconds(1))) {}
      });

      host.commit();
    }

    assertThat(reserve("busy", nextDay.plusSeconds(2))).isInstanceOf(Reservation.Used.class);
    assertThat(reserve("free", NOW)).isEqualTo(new Reservation.Taken());
  }

  // Several at once

  @Test
  void several_instances_that_clean_up_at_once_do_not_disturb_each_other() {
    endedMany(hook, 1_500);
    write(session -> {
      for (int number = 0; number < 300; number++) {
        use(session, "key-" + number, NOW);
      }
    });
    List<Supplier<Boolean>> works = new ArrayList<>();
    for (WebhookStore store : List.of(store(), otherStore(), store())) {
      works.add(() -> {
        removeDeliveries(store, LONG_AFTER);
        removeEvents(store, LONG_AFTER);
        while (store.retention().removeKeys(later(1))) {}
        return true;
      });
    }

    Concurrently.run(works);

    removeDeliveries(LONG_AFTER);
    removeEvents(LONG_AFTER);
    assertThat(log().page(hook, DeliveryQuery.latest())).isEmpty();
    assertThat(statistics(hook.number()).get(hook.number()).succeeded()).isEqualTo(1_500);
  }

  private Retention retention() {
    return store().retention();
  }

  private void removeDeliveries(Instant endedBefore) {
    removeDeliveries(store(), endedBefore);
  }

  private static void removeDeliveries(WebhookStore store, Instant endedBefore) {
    Optional<DeliveryRef> after = Optional.of(Retention.FIRST_DELIVERY);
    while (after.isPresent()) {
      after = store.retention().removeDeliveries(endedBefore, after.get());
    }
  }

  private int removeEvents(Instant now) {
    return removeEvents(store(), now);
  }

  private static int removeEvents(WebhookStore store, Instant now) {
    Optional<UUID> after = Optional.of(Retention.FIRST_EVENT);
    int steps = 0;
    while (after.isPresent()) {
      after = store.retention().removeEvents(now, now, after.get());
      steps++;
    }
    return steps;
  }

  private boolean isKept(NewEvent event) {
    return samples().isKept(fixture(), event);
  }

  private NewEvent keptUntil(Instant instant) {
    NewEvent event = samples().event().build();
    return new NewEvent(
        event.id(),
        event.account(),
        event.givenId(),
        event.fingerprint(),
        event.type(),
        event.body(),
        event.createdAt(),
        instant,
        event.traceContext(),
        event.deliveries());
  }

  private DeliveryRef endedOne(WebhookConfiguration webhook, Instant at) {
    ClaimRef held = samples().takeOne(me, webhook);
    assertThat(queue().finish(me, List.of(delivered(held, 1, at)), at)).hasSize(1);
    return held.ref();
  }

  private void endedMany(WebhookConfiguration webhook, int count) {
    List<ClaimRef> held = samples().take(me, webhook, count);
    assertThat(queue()
            .finish(me, held.stream().map(row -> delivered(row, 1, NOW)).toList(), NOW))
        .hasSize(count);
  }

  private DeliveryRef failedOne(WebhookConfiguration webhook) {
    ClaimRef held = samples().takeOne(me, webhook);
    assertThat(queue().finish(me, List.of(givenUp(held, 1, NOW)), NOW)).hasSize(1);
    return held.ref();
  }

  private ClaimedDelivery queueClaim(Instant now) {
    return samples().claim(me, now).get(0);
  }

  /** Retries at {@link #LONG_AFTER}, so that the event is kept for as long again. */
  private Set<UUID> retry(DeliveryRef failed) {
    return read(session -> retry(session, failed, samples().id(LONG_AFTER)));
  }

  private UUID retryIn(OpenTransaction host, DeliveryRef failed) {
    UUID id = samples().id(LONG_AFTER);
    Set<UUID> stored = in(host, session -> retry(session, failed, id));
    assertThat(stored).containsExactly(id);
    return id;
  }

  private static Set<UUID> retry(StoreSession session, DeliveryRef failed, UUID id) {
    return session.retry(
        failed.webhook(),
        List.of(new NewRetry(failed.id(), id)),
        LONG_AFTER,
        LONG_AFTER.plus(Duration.ofDays(30)));
  }

  private List<UUID> findRetryable() {
    RecoverRequest request = new RecoverRequest(hook.number(), NOW, later(60), new UUID(0, 0), 10);
    return read(session -> session.findRetryable(request));
  }

  private void use(String key, Instant at) {
    write(session -> use(session, key, at));
  }

  private void use(StoreSession session, String key, Instant at) {
    IdempotencyKey name = new IdempotencyKey(ACME, key);
    UUID token = samples().id(at);
    assertThat(session.idempotency().reserve(name, REQUEST, token, at))
        .isEqualTo(new Reservation.Taken());
    session.idempotency().answer(name, token, bytes("answer"));
  }

  private Reservation reserve(String key, Instant at) {
    IdempotencyKey name = new IdempotencyKey(ACME, key);
    return read(
        session -> session.idempotency().reserve(name, OTHER_REQUEST, samples().id(at), at));
  }
}
