package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.NOW;
import static dev.webhooks.testing.StoreSamples.delivered;
import static dev.webhooks.testing.StoreSamples.later;
import static dev.webhooks.testing.StoreSamples.retried;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.Retention;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of purging: rows of deleted webhooks go, and a day later their tombstones. */
public abstract class PurgeContract extends StoreContract {
  /** When samples are deleted. */
  private static final Instant DELETED = later(1);

  private static final Instant DAY_LATER = DELETED.plus(Retention.LATE_COMMITS);
  private static final Instant LONG_AGO = NOW.minusSeconds(1_000_000);

  private long me;
  private WebhookConfiguration hook;

  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected PurgeContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @BeforeEach
  final void prepare() {
    me = instance();
    hook = samples().active();
  }

  @Test
  void log_of_a_deleted_webhook_goes_at_once_and_that_of_others_stays() {
    WebhookConfiguration living = samples().active();
    ended(hook, 3);
    ended(living, 3);
    samples().delete(hook);

    purge(DELETED);

    assertThat(log().count(hook, DeliveryQuery.latest())).isZero();
    assertThat(log().count(living, DeliveryQuery.latest())).isEqualTo(3);
    assertThat(statistics(living.number()).get(living.number()).succeeded()).isEqualTo(3);
  }

  @Test
  void tombstone_holds_neither_url_nor_secrets_and_goes_a_day_later() {
    WebhookRow row =
        samples().stored(samples().webhook().oldSecret(StoreSamples.bytes("old"), later(60)));
    ended(row.configuration(), 1);
    samples().delete(row.configuration());

    WebhookConfiguration tombstone = find(row.number());
    assertThat(tombstone.deleted()).isTrue();
    assertThat(tombstone.url()).isEmpty();
    assertThat(tombstone.headers()).isEmpty();
    assertThat(tombstone.secret()).isEmpty();
    assertThat(tombstone.oldSecret()).isNull();

    purge(DAY_LATER.minusMillis(1));
    assertThat(find(row.number())).isNotNull();

    purge(DAY_LATER);
    assertThat(find(row.number())).isNull();
    assertThat(statistics(row.number())).containsEntry(row.number(), WebhookStatistics.NONE);
  }

  @Test
  void many_deliveries_of_a_deleted_webhook_go_in_bounded_steps() {
    for (int i = 0; i < 5; i++) {
      ended(hook, 500);
    }
    samples().delete(hook);
    int left = 2_500;
    boolean more = true;
    while (more) {
      more = store().retention().purgeDeleted(DELETED);
      int now = log().count(hook, DeliveryQuery.latest());
      assertThat(left - now).isLessThanOrEqualTo(Retention.BATCH);
      left = now;
    }

    assertThat(left).isZero();
  }

  @Test
  void what_a_host_commits_late_is_dropped_and_the_tombstone_goes_then() {
    NewEvent late = samples().event().to(hook).build();
    try (OpenTransaction host = fixture().begin()) {
      publishIn(host, late);
      samples().delete(hook);
      purge(DELETED);
      host.commit();
    }

    purge(DAY_LATER);
    assertThat(find(hook.number())).as("a delivery refers to it").isNotNull();
    assertThat(queue().endUnsendable(DAY_LATER, LONG_AGO, 100)).hasSize(1);
    purge(DAY_LATER.plusSeconds(120));

    assertThat(find(hook.number())).isNull();
    assertThat(queue().depth().pending()).isZero();
    assertThat(samples().isKept(fixture(), late)).as("like any event").isTrue();
  }

  @Test
  void what_a_host_commits_after_the_tombstone_has_gone_is_dropped_too() {
    try (OpenTransaction host = fixture().begin()) {
      publishIn(host, samples().event().to(hook).build());
      samples().delete(hook);
      purge(DELETED);
      purge(DAY_LATER);
      host.commit();
    }
    assertThat(find(hook.number())).isNull();

    assertThat(samples().claim(me, DAY_LATER)).isEmpty();
    assertThat(queue().endUnsendable(DAY_LATER, LONG_AGO, 100)).hasSize(1);
    assertThat(queue().depth().pending()).isZero();
  }

  @Test
  void attempt_that_ends_after_the_purge_is_purged_a_day_later() {
    ClaimRef inFlight = samples().takeOne(me, hook);
    samples().delete(hook);
    purge(DELETED);
    assertThat(queue().finish(me, List.of(delivered(inFlight, 1, later(2))), later(2)))
        .hasSize(1);
    queue().foldStatistics();

    purge(DAY_LATER);

    assertThat(log().find(hook, inFlight.ref().id())).isEmpty();
    assertThat(find(hook.number())).isNull();
    assertThat(statistics(hook.number())).containsEntry(hook.number(), WebhookStatistics.NONE);
  }

  @Test
  void tombstone_stays_as_long_as_an_instance_holds_a_delivery() {
    ClaimRef held = samples().takeOne(me, hook);
    samples().delete(hook);

    purge(DAY_LATER);
    assertThat(find(hook.number())).isNotNull();

    queue().release(me, List.of(held));
    queue().endUnsendable(DAY_LATER, LONG_AGO, 100);
    purge(DAY_LATER.plusSeconds(120));
    assertThat(find(hook.number())).isNull();
  }

  @Test
  void attempts_of_a_delivery_that_was_dropped_go_too() {
    ClaimRef held = samples().takeOne(me, hook);
    queue().finish(me, List.of(retried(held, 1, NOW, later(300))), NOW);
    samples().delete(hook);
    assertThat(queue().endUnsendable(DELETED, LONG_AGO, 100)).hasSize(1);

    purge(DELETED);
    purge(DAY_LATER);

    assertThat(log().find(hook, held.ref().id())).isEmpty();
    assertThat(find(hook.number())).isNull();
  }

  @Test
  void deletion_that_is_rolled_back_leaves_everything() {
    ended(hook, 2);
    try (OpenTransaction host = fixture().begin()) {
      doIn(host, session -> {
        WebhookRow row = session.lockWebhook(StoreSamples.ACME, hook.id()).orElseThrow();
        session.deleteWebhook(row.number(), DELETED);
      });
      purge(DAY_LATER);
      host.rollback();
    }

    purge(DAY_LATER);

    assertThat(find(hook.number())).usingRecursiveComparison().isEqualTo(hook);
    assertThat(log().count(hook, DeliveryQuery.latest())).isEqualTo(2);
  }

  @Test
  void several_instances_that_purge_at_once_do_not_disturb_each_other() {
    List<WebhookConfiguration> hooks = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      WebhookConfiguration webhook = samples().active();
      hooks.add(webhook);
      ended(webhook, 100);
      samples().delete(webhook);
    }

    Concurrently.run(List.of(
        () -> purge(store(), DELETED),
        () -> purge(otherStore(), DELETED),
        () -> purge(otherStore(), DELETED)));
    purge(DAY_LATER);

    assertThat(hooks).allMatch(webhook -> find(webhook.number()) == null);
    assertThat(hooks).allMatch(webhook -> log().count(webhook, DeliveryQuery.latest()) == 0);
    assertThat(find(hook.number())).isNotNull();
  }

  private void purge(Instant now) {
    purge(store(), now);
  }

  private static boolean purge(WebhookStore store, Instant now) {
    while (store.retention().purgeDeleted(now)) {}
    return true;
  }

  private WebhookConfiguration find(long webhook) {
    return queue().configurations(List.of(webhook)).get(webhook);
  }

  private void ended(WebhookConfiguration webhook, int count) {
    List<ClaimRef> held = samples().take(me, webhook, count);
    assertThat(queue()
            .finish(me, held.stream().map(row -> delivered(row, 1, NOW)).toList(), NOW))
        .hasSize(count);
    queue().foldStatistics();
  }
}
