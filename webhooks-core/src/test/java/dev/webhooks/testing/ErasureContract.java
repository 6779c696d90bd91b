package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.ACME;
import static dev.webhooks.testing.StoreSamples.GLOBEX;
import static dev.webhooks.testing.StoreSamples.NOW;
import static dev.webhooks.testing.StoreSamples.bytes;
import static dev.webhooks.testing.StoreSamples.delivered;
import static dev.webhooks.testing.StoreSamples.later;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.idempotency.IdempotencyCache.Reservation;
import dev.webhooks.idempotency.IdempotencyKey;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.Retention;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** All that an account has at one moment goes, and nothing that comes after. */
public abstract class ErasureContract extends StoreContract {
  private static final Fingerprint REQUEST = Fingerprint.of("request").build();
  private static final Instant ERASED = later(60);
  private static final Instant DAY_LATER = ERASED.plus(Retention.LATE_COMMITS);

  private WebhookConfiguration hook;

  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected ErasureContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @BeforeEach
  final void prepare() {
    hook = samples().active();
  }

  @Test
  void webhooks_of_the_account_are_gone_at_once_and_those_of_others_stay() {
    WebhookConfiguration second = samples().active();
    WebhookConfiguration foreign =
        samples().stored(samples().webhook().account(GLOBEX)).configuration();

    assertThat(erase(ACME)).containsExactlyInAnyOrder(hook.number(), second.number());

    assertThat(webhooks(ACME)).isZero();
    assertThat(find(ACME, hook.id())).isEmpty();
    WebhookConfiguration tombstone =
        queue().configurations(List.of(hook.number())).get(hook.number());
    assertThat(tombstone.deleted()).isTrue();
    assertThat(tombstone.secret()).isEmpty();
    assertThat(tombstone.headers()).isEmpty();
    assertThat(tombstone.url()).isEmpty();
    assertThat(find(GLOBEX, foreign.id()).orElseThrow().configuration().secret())
        .isNotEmpty();
  }

  @Test
  void account_that_has_nothing_is_erased_too() {
    assertThat(erase("nobody")).isEmpty();
    assertThat(erase("nobody")).isEmpty();

    purge(DAY_LATER);

    assertThat(webhooks(ACME)).isEqualTo(1);
  }

  @Test
  void deliveries_and_their_log_go_with_the_webhooks() {
    long me = instance();
    ClaimRef held = samples().takeOne(me, hook);
    queue().finish(me, List.of(delivered(held, 1, NOW)), NOW);
    samples().enqueue(hook, 2);

    erase(ACME);

    assertThat(samples().claim(me, ERASED)).isEmpty();
    assertThat(queue().endUnsendable(ERASED, NOW.minusSeconds(60), 100)).hasSize(2);
    while (store().retention().purgeDeleted(ERASED)) {}
    assertThat(log().page(hook, DeliveryQuery.latest())).isEmpty();
  }

  @Test
  void idempotency_keys_of_the_account_are_free_again_and_those_of_others_are_not() {
    IdempotencyKey mine = new IdempotencyKey(ACME, "k");
    IdempotencyKey foreign = new IdempotencyKey(GLOBEX, "k");
    use(mine);
    use(foreign);

    erase(ACME);

    assertThat(reserve(mine)).isEqualTo(new Reservation.Taken());
    assertThat(reserve(foreign)).isInstanceOf(Reservation.Used.class);
  }

  @Test
  void events_of_the_account_go_whether_or_not_a_webhook_received_them() {
    NewEvent received = samples().event().to(hook).build();
    NewEvent unmatched = samples().event().givenId("e-1").build();
    NewEvent sameMoment = samples().event().at(ERASED).to(hook).build();
    NewEvent foreign = samples().event().account(GLOBEX).build();
    NewEvent after = samples().event().at(ERASED.plusMillis(1)).build();
    samples().publish(received, unmatched, sameMoment);
    samples().publish(foreign);

    erase(ACME);
    samples().publish(after);
    purge(ERASED);

    assertThat(isKept(received)).isFalse();
    assertThat(isKept(unmatched)).isFalse();
    assertThat(isKept(sameMoment)).isFalse();
    assertThat(isKept(foreign)).isTrue();
    assertThat(isKept(after)).isTrue();
  }

  @Test
  void many_events_among_those_of_others_go() {
    List<NewEvent> mine = new ArrayList<>();
    List<NewEvent> foreign = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      mine.add(samples().event().build());
      foreign.add(samples().event().account(GLOBEX).build());
    }
    write(session -> session.insertEvents(mine));
    write(session -> session.insertEvents(foreign));

    erase(ACME);
    purge(ERASED);

    for (int i = 0; i < 3_000; i += 599) {
      assertThat(isKept(mine.get(i))).isFalse();
      assertThat(isKept(foreign.get(i))).isTrue();
    }
    assertThat(isKept(mine.get(2_999))).isFalse();
  }

  @Test
  void event_that_a_host_commits_late_goes_a_day_later() {
    NewEvent late = samples().event().to(hook).build();
    try (OpenTransaction host = fixture().begin()) {
      publishIn(host, late);
      erase(ACME);
      purge(ERASED);
      host.commit();
    }
    assertThat(isKept(late)).isTrue();
    assertThat(samples().claim(instance(), ERASED)).isEmpty();

    purge(DAY_LATER.minusMillis(1));
    assertThat(isKept(late)).isTrue();
    purge(DAY_LATER);
    assertThat(isKept(late)).isFalse();
  }

  @Test
  void account_used_anew_at_the_same_moment_keeps_what_it_publishes() {
    NewEvent old = samples().event().at(ERASED).givenId("e-1").to(hook).build();
    samples().publish(old);
    erase(ACME);
    WebhookConfiguration anew = samples().active();
    NewEvent fresh = samples().event().at(ERASED).to(anew).build();
    NewEvent earlierByItsClock =
        samples().event().at(ERASED.minusMillis(50)).to(anew).build();
    samples().publish(fresh, earlierByItsClock);

    purge(ERASED);
    long me = instance();
    List<ClaimedDelivery> claimed = samples().claim(me, ERASED);
    assertThat(claimed).hasSize(2).allMatch(delivery -> delivery.body().length > 0);
    queue()
        .finish(
            me, claimed.stream().map(row -> delivered(row.claim(), 1, ERASED)).toList(), ERASED);
    purge(DAY_LATER);

    assertThat(isKept(old)).isFalse();
    assertThat(isKept(fresh)).isTrue();
    assertThat(isKept(earlierByItsClock)).isTrue();
    assertThat(webhooks(ACME)).isEqualTo(1);
  }

  @Test
  void accounts_erased_together_and_again_lose_their_events() {
    NewEvent first = samples().event().build();
    NewEvent foreign = samples().event().account(GLOBEX).build();
    samples().publish(first);
    samples().publish(foreign);
    erase(ACME);
    erase(GLOBEX);
    NewEvent second = samples().event().at(ERASED.plusSeconds(60)).build();
    samples().publish(second);
    write(session -> session.eraseAccount(ACME, ERASED.plusSeconds(120)));

    purge(ERASED.plusSeconds(120));

    assertThat(isKept(first)).isFalse();
    assertThat(isKept(foreign)).isFalse();
    assertThat(isKept(second)).isFalse();
  }

  @Test
  void erasure_in_a_hosts_transaction_takes_effect_with_it() {
    IdempotencyKey key = new IdempotencyKey(ACME, "k");
    use(key);
    NewEvent event = samples().event().build();
    samples().publish(event);
    try (OpenTransaction host = fixture().begin()) {
      List<Long> erased = in(host, session -> session.eraseAccount(ACME, ERASED));
      assertThat(erased).containsExactly(hook.number());
      int seen = in(host, session -> session.countWebhooks(ACME));
      assertThat(seen).isZero();
      assertThat(webhooks(ACME)).isEqualTo(1);
      purge(ERASED);
      assertThat(isKept(event)).isTrue();
      host.commit();
    }

    assertThat(webhooks(ACME)).isZero();
    assertThat(reserve(key)).isEqualTo(new Reservation.Taken());
    purge(ERASED);
    assertThat(isKept(event)).isFalse();
  }

  @Test
  void erasure_that_is_rolled_back_never_was() {
    IdempotencyKey key = new IdempotencyKey(ACME, "k");
    use(key);
    NewEvent event = samples().event().build();
    samples().publish(event);
    try (OpenTransaction host = fixture().begin()) {
      doIn(host, session -> session.eraseAccount(ACME, ERASED));
      host.rollback();
    }

    purge(ERASED);

    assertThat(find(ACME, hook.id()).orElseThrow().configuration())
        .usingRecursiveComparison()
        .isEqualTo(hook);
    assertThat(reserve(key)).isInstanceOf(Reservation.Used.class);
    assertThat(isKept(event)).isTrue();
  }

  @Test
  void creation_that_waits_for_an_erasure_comes_after_it() throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    CountDownLatch asking = new CountDownLatch(1);
    try (OpenTransaction host = fixture().begin()) {
      doIn(host, session -> session.eraseAccount(ACME, ERASED));
      Future<Long> created = thread.submit(() -> read(session -> {
        asking.countDown();
        session.lockAccount(ACME);
        assertThat(session.countWebhooks(ACME)).isZero();
        return session.insertWebhook(samples().webhook(ERASED).row());
      }));
      asking.await();
      host.commit();

      long number = Concurrently.await(created);
      assertThat(queue().configurations(List.of(number)).get(number).sendable()).isTrue();
      assertThat(webhooks(ACME)).isEqualTo(1);
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void erasure_waits_two_seconds_for_a_row_and_leaves_the_hosts_transaction_usable() {
    try (OpenTransaction other = fixture().begin();
        OpenTransaction host = fixture().begin()) {
      doIn(other, session -> session.lockWebhook(ACME, hook.id()));

      LockWaits.one(() -> assertThatThrownBy(
              () -> doIn(host, session -> session.eraseAccount(ACME, ERASED)))
          .isInstanceOf(StoreUnavailableException.class));

      publishIn(host, samples().event().to(hook).build());
      host.commit();
    }

    assertThat(webhooks(ACME)).isEqualTo(1);
    assertThat(queue().depth().pending()).isEqualTo(1);
  }

  @Test
  void several_instances_that_purge_at_once_do_not_disturb_each_other() {
    List<NewEvent> events = new ArrayList<>();
    for (int i = 0; i < 1_500; i++) {
      events.add(samples().event().build());
    }
    write(session -> session.insertEvents(events));
    erase(ACME);

    Concurrently.run(List.of(
        () -> purge(store(), ERASED),
        () -> purge(otherStore(), ERASED),
        () -> purge(otherStore(), ERASED)));
    purge(DAY_LATER);

    assertThat(isKept(events.get(0))).isFalse();
    assertThat(isKept(events.get(1_499))).isFalse();
  }

  private List<Long> erase(String account) {
    return read(session -> session.eraseAccount(account, ERASED));
  }

  private void purge(Instant now) {
    purge(store(), now);
  }

  private static boolean purge(WebhookStore store, Instant now) {
    while (store.retention().purgeErased(now)) {}
    return true;
  }

  private boolean isKept(NewEvent event) {
    return samples().isKept(fixture(), event);
  }

  private void use(IdempotencyKey key) {
    write(session -> {
      UUID token = samples().id(NOW);
      session.idempotency().reserve(key, REQUEST, token, NOW);
      session.idempotency().answer(key, token, bytes("answer with a secret"));
    });
  }

  private Reservation reserve(IdempotencyKey key) {
    return read(
        session -> session.idempotency().reserve(key, REQUEST, samples().id(ERASED), ERASED));
  }
}
