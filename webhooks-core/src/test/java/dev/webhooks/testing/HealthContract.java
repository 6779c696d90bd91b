package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.NOW;
import static dev.webhooks.testing.StoreSamples.later;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.EndpointHealth;
import dev.webhooks.spi.store.HealthRegister;
import dev.webhooks.spi.store.HealthRegister.Change;
import dev.webhooks.spi.store.HealthRegister.Failing;
import dev.webhooks.spi.store.HealthRegister.ProbeRequest;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import dev.webhooks.spi.store.WebhookStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The contract of endpoints' health: suspending, probing and failing. */
public abstract class HealthContract extends StoreContract {
  private static final EndpointHealth FAILING =
      new EndpointHealth(3, NOW, later(2), null, 2, false);
  private static final EndpointHealth SUSPENDED =
      new EndpointHealth(9, NOW, later(7), later(30), 5, true);

  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected HealthContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @Test
  void what_a_rule_says_is_kept_changed_and_forgotten() {
    WebhookConfiguration hook = samples().active();

    assertThat(set(hook, FAILING)).isEqualTo(new Change(null, FAILING));
    assertThat(set(hook, SUSPENDED)).isEqualTo(new Change(FAILING, SUSPENDED));
    assertThat(known(hook)).isEqualTo(SUSPENDED);
    assertThat(set(hook, null)).isEqualTo(new Change(SUSPENDED, null));
    assertThat(set(hook, null)).isEqualTo(new Change(null, null));
    assertThat(known(hook)).isNull();
  }

  @Test
  void each_webhook_has_its_own_health_and_many_are_changed_at_once() {
    List<Long> hooks = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      hooks.add(samples().active().number());
    }

    Map<Long, Change> changes = health().change(hooks, (webhook, known) -> failedTimes(webhook));

    assertThat(changes).hasSize(120);
    assertThat(health().change(hooks, (webhook, known) -> known))
        .allSatisfy(
            (webhook, change) -> assertThat(change.after()).isEqualTo(failedTimes(webhook)));
  }

  private static EndpointHealth failedTimes(long webhook) {
    return new EndpointHealth((int) webhook, NOW, NOW, null, 0, false);
  }

  @Test
  void concurrent_changes_are_all_counted() {
    WebhookConfiguration hook = samples().active();
    Concurrently.run(List.of(
        () -> countTo25(store(), hook),
        () -> countTo25(otherStore(), hook),
        () -> countTo25(store(), hook),
        () -> countTo25(otherStore(), hook)));

    assertThat(known(hook).failures()).isEqualTo(100);
  }

  private static int countTo25(WebhookStore store, WebhookConfiguration hook) {
    int counted = 0;
    while (counted < 25) {
      counted += store
          .health()
          .change(List.of(hook.number()), (webhook, known) -> oneMore(known))
          .size();
    }
    return counted;
  }

  private static EndpointHealth oneMore(EndpointHealth known) {
    int failures = known == null ? 0 : known.failures();
    return new EndpointHealth(failures + 1, NOW, NOW, null, 0, false);
  }

  @Test
  void configurations_tell_the_state_of_the_endpoint() {
    WebhookConfiguration sound = samples().active();
    WebhookConfiguration failing = samples().active();
    WebhookConfiguration held = samples().active();
    set(failing, FAILING);
    set(held, SUSPENDED);
    Set<Long> all = Set.of(sound.number(), failing.number(), held.number());

    assertThat(queue().configurations(all).values())
        .extracting(WebhookConfiguration::number, WebhookConfiguration::endpoint)
        .containsExactlyInAnyOrder(
            tuple(sound.number(), EndpointHealth.State.HEALTHY),
            tuple(failing.number(), EndpointHealth.State.FAILING),
            tuple(held.number(), EndpointHealth.State.SUSPENDED));
    List<WebhookConfiguration> subscribers =
        read(session -> session.subscribers("acme", Set.of("a")).get("a"));
    assertThat(subscribers)
        .extracting(WebhookConfiguration::endpoint)
        .containsExactly(
            EndpointHealth.State.HEALTHY,
            EndpointHealth.State.FAILING,
            EndpointHealth.State.SUSPENDED);
    assertThat(lock("acme", held.id())).isPresent();
  }

  @Test
  void a_session_reads_what_is_known_of_many_endpoints_and_waits_for_nobody() {
    WebhookConfiguration sound = samples().active();
    WebhookConfiguration failing = samples().active();
    WebhookConfiguration held = samples().active();
    set(failing, FAILING);
    set(held, SUSPENDED);
    List<Long> all = List.of(sound.number(), failing.number(), held.number(), 4711L);
    Map<Long, EndpointHealth> known = Map.of(failing.number(), FAILING, held.number(), SUSPENDED);

    assertThat(readHealth(List.of())).isEmpty();
    assertThat(readHealth(all)).isEqualTo(known);
    try (OpenTransaction host = fixture().begin()) {
      doIn(host, session -> session.forgetHealth(held.number()));
      Map<Long, EndpointHealth> inside = in(host, session -> session.health(all));
      assertThat(inside).containsOnly(Map.entry(failing.number(), FAILING));
      LockWaits.none(() -> assertThat(readHealth(all)).isEqualTo(known));
      host.rollback();
    }
  }

  @Test
  void nothing_is_claimed_for_an_endpoint_that_is_left_alone_however_long_ago_that_ended() {
    long me = instance();
    WebhookConfiguration held = samples().active();
    WebhookConfiguration failing = samples().active();
    samples().enqueue(held, 5);
    List<DeliveryRef> rows = samples().enqueue(failing, 2);
    set(held, SUSPENDED);
    set(failing, FAILING);

    assertThat(StoreSamples.refs(samples().claim(me, later(1_000))))
        .containsExactlyInAnyOrderElementsOf(rows);
    set(held, null);
    assertThat(samples().claim(me, later(1_000))).hasSize(5);
  }

  @Test
  void one_instance_probes_with_one_delivery_once_the_time_is_over() {
    long me = instance();
    WebhookConfiguration hook = samples().active();
    samples().enqueue(hook, 3);
    set(hook, SUSPENDED);

    assertThat(probe(me, 29)).as("too early").isEmpty();
    List<ClaimedDelivery> probes = probe(me, 30);
    assertThat(probe(instance(), 31)).as("somebody does it").isEmpty();

    assertThat(probes).hasSize(1);
    ClaimedDelivery probe = probes.get(0);
    assertThat(queue().owned(me, List.of(probe.claim().ref()))).containsExactly(probe.claim());
    assertThat(probe.attempts()).isZero();
    assertThat(probe.eventType()).isEqualTo("order.paid");
    assertThat(probe.body()).isNotEmpty();
    assertThat(known(hook)).isEqualTo(SUSPENDED.suspend(later(70)));
    assertThat(probe(instance(), 70)).as("the one that did may have died").hasSize(1);
  }

  @Test
  void nothing_is_probed_without_a_due_delivery_or_while_the_webhook_is_not_active() {
    long me = instance();
    WebhookConfiguration idle = samples().active();
    WebhookConfiguration early = samples().active();
    samples().enqueue(early, 1, later(5_000));
    WebhookConfiguration paused = samples().withStatus(WebhookStatus.PAUSED);
    samples().enqueue(paused, 1);
    WebhookConfiguration deleted = samples().active();
    samples().enqueue(deleted, 1);
    samples().delete(deleted);
    WebhookConfiguration taken = samples().active();
    samples().take(me, taken, 1);
    for (WebhookConfiguration hook : List.of(idle, early, paused, deleted, taken)) {
      set(hook, SUSPENDED);
    }

    assertThat(probe(me, 1_000)).isEmpty();

    assertThat(known(idle)).as("not put off either").isEqualTo(SUSPENDED);
    samples().enqueue(idle, 1);
    assertThat(probe(me, 1_000)).hasSize(1);
  }

  @Test
  void no_more_endpoints_than_the_limit_are_probed_at_once() {
    long me = instance();
    for (int i = 0; i < 5; i++) {
      WebhookConfiguration hook = samples().active();
      samples().enqueue(hook, 1);
      set(hook, SUSPENDED);
    }
    ProbeRequest three = new ProbeRequest(me, later(30), later(70), 3);

    assertThat(health().probe(three)).hasSize(3);
    assertThat(health().probe(three)).hasSize(2);
  }

  @Test
  void of_concurrent_probes_one_wins() {
    WebhookConfiguration hook = samples().active();
    samples().enqueue(hook, 10);
    set(hook, SUSPENDED);

    List<Integer> taken = Concurrently.run(List.of(
        () -> probes(store(), 1),
        () -> probes(otherStore(), 2),
        () -> probes(store(), 3),
        () -> probes(otherStore(), 4)));

    assertThat(taken).containsExactlyInAnyOrder(0, 0, 0, 1);
  }

  private static int probes(WebhookStore store, long instance) {
    return store
        .health()
        .probe(new ProbeRequest(instance, later(30), later(70), 9))
        .size();
  }

  @Test
  void forgetting_counts_if_the_transaction_commits_and_nobody_waits_for_it() {
    long me = instance();
    WebhookConfiguration hook = samples().active();
    samples().enqueue(hook, 1);
    set(hook, SUSPENDED);

    try (OpenTransaction host = fixture().begin()) {
      doIn(host, session -> session.forgetHealth(hook.number()));
      LockWaits.none(() -> {
        assertThat(health().change(List.of(hook.number()), (webhook, known) -> FAILING))
            .isEmpty();
        assertThat(probe(me, 1_000)).isEmpty();
        assertThat(samples().claim(me)).isEmpty();
      });
      host.rollback();
    }
    assertThat(known(hook)).isEqualTo(SUSPENDED);

    write(session -> session.forgetHealth(hook.number()));

    assertThat(known(hook)).isNull();
    assertThat(samples().claim(me)).hasSize(1);
  }

  @Test
  void an_active_webhook_fails_once_and_its_version_grows() {
    WebhookConfiguration hook = samples().active();

    assertThat(health().fail(hook.number(), hook.version(), later(5))).isEqualTo(Failing.DONE);

    WebhookRow row = find("acme", hook.id()).orElseThrow();
    assertThat(row.configuration().status()).isEqualTo(WebhookStatus.FAILED);
    assertThat(row.configuration().version()).isEqualTo(hook.version() + 1);
    assertThat(row.updatedAt()).isEqualTo(later(5));
    assertThat(row.events()).containsExactly("*");
    assertThat(health().fail(hook.number(), hook.version() + 1, later(6)))
        .isEqualTo(Failing.SUPERSEDED);
  }

  @Test
  void webhook_that_was_changed_paused_or_deleted_meanwhile_does_not_fail() {
    WebhookRow changed = samples().stored(samples().webhook());
    samples().update(changed, samples().webhook().url("https://new.example/"));
    WebhookConfiguration paused = samples().withStatus(WebhookStatus.PAUSED);
    WebhookConfiguration deleted = samples().active();
    samples().delete(deleted);

    assertThat(health().fail(changed.number(), changed.configuration().version(), NOW))
        .isEqualTo(Failing.SUPERSEDED);
    assertThat(health().fail(paused.number(), paused.version(), NOW)).isEqualTo(Failing.SUPERSEDED);
    assertThat(health().fail(deleted.number(), deleted.version() + 1, NOW))
        .isEqualTo(Failing.SUPERSEDED);
    assertThat(health().fail(4711, 1, NOW)).isEqualTo(Failing.SUPERSEDED);
  }

  @Test
  void failing_does_not_wait_for_a_transaction_that_has_locked_the_webhook() {
    WebhookConfiguration hook = samples().active();

    try (OpenTransaction host = fixture().begin()) {
      in(host, session -> session.lockWebhook("acme", hook.id()));
      LockWaits.none(() ->
          assertThat(health().fail(hook.number(), hook.version(), NOW)).isEqualTo(Failing.BUSY));
      host.rollback();
    }

    assertThat(health().fail(hook.number(), hook.version(), NOW)).isEqualTo(Failing.DONE);
  }

  @Test
  void the_account_of_a_webhook_is_known() {
    WebhookConfiguration hook = samples().active();

    assertThat(health().account(hook.number())).contains("acme");
    assertThat(health().account(4711)).isEmpty();
  }

  private Map<Long, EndpointHealth> readHealth(List<Long> webhooks) {
    return read(session -> session.health(webhooks));
  }

  private HealthRegister health() {
    return store().health();
  }

  private List<ClaimedDelivery> probe(long me, long at) {
    return health().probe(new ProbeRequest(me, later(at), later(at + 40), 10));
  }

  private Change set(WebhookConfiguration hook, EndpointHealth health) {
    return health().change(List.of(hook.number()), (webhook, known) -> health).get(hook.number());
  }

  private EndpointHealth known(WebhookConfiguration hook) {
    return health()
        .change(List.of(hook.number()), (webhook, known) -> known)
        .get(hook.number())
        .after();
  }
}
