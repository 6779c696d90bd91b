package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.ACME;
import static dev.webhooks.testing.StoreSamples.NOW;
import static dev.webhooks.testing.StoreSamples.claims;
import static dev.webhooks.testing.StoreSamples.later;
import static dev.webhooks.testing.StoreSamples.refs;
import static dev.webhooks.testing.StoreSamples.request;
import static dev.webhooks.testing.StoreSamples.requestAfter;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of the queue: pending deliveries are claimed, released, rescued and ended. */
public abstract class QueueContract extends StoreContract {
  private long me;
  private long other;

  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected QueueContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @BeforeEach
  final void registerInstances() {
    me = instance();
    other = instance();
  }

  @Test
  void claim_takes_each_row_once() {
    List<DeliveryRef> rows = samples().enqueue(samples().active(), 3);

    assertThat(refs(samples().claim(me))).containsExactlyInAnyOrderElementsOf(rows);
    assertThat(samples().claim(me)).isEmpty();
    assertThat(samples().claim(other)).isEmpty();
  }

  @Test
  void claim_leaves_what_is_due_later() {
    WebhookConfiguration hook = samples().active();
    DeliveryRef soon = samples().enqueue(hook, 1, later(10)).get(0);

    assertThat(samples().claim(me, later(9))).isEmpty();
    assertThat(refs(samples().claim(me, later(10)))).containsExactly(soon);
  }

  @Test
  void claim_takes_the_rows_of_a_webhook_in_the_order_they_are_due() {
    WebhookConfiguration hook = samples().active();
    DeliveryRef last = samples().enqueue(hook, 1, later(3)).get(0);
    DeliveryRef first = samples().enqueue(hook, 1, later(1)).get(0);
    DeliveryRef second = samples().enqueue(hook, 1, later(2)).get(0);

    assertThat(refs(queue().claim(request(me, 2, 10, later(5)))))
        .containsExactlyInAnyOrder(first, second);
    assertThat(refs(queue().claim(request(me, 2, 10, later(5))))).containsExactly(last);
  }

  @Test
  void claim_leaves_webhooks_that_may_not_be_sent_to() {
    WebhookConfiguration active = samples().active();
    WebhookConfiguration deleted = samples().active();
    DeliveryRef sendable = samples().enqueue(active, 1).get(0);
    samples().enqueue(samples().withStatus(WebhookStatus.PAUSED), 1);
    samples().enqueue(samples().withStatus(WebhookStatus.FAILED), 1);
    samples().enqueue(deleted, 1);
    samples().delete(deleted);

    assertThat(refs(samples().claim(me))).containsExactly(sendable);
  }

  @Test
  void paused_webhook_keeps_its_rows_until_it_is_active_again() {
    WebhookConfiguration hook = samples().withStatus(WebhookStatus.PAUSED);
    List<DeliveryRef> rows = samples().enqueue(hook, 2);
    assertThat(samples().claim(me)).isEmpty();

    samples().changeStatus(hook, WebhookStatus.ACTIVE);

    assertThat(refs(samples().claim(me))).containsExactlyInAnyOrderElementsOf(rows);
  }

  @Test
  void claim_keeps_to_the_number_per_webhook_and_in_all() {
    for (int i = 0; i < 4; i++) {
      samples().enqueue(samples().active(), 5);
    }

    List<ClaimedDelivery> first = queue().claim(request(me, 3, 8, NOW));
    assertThat(first).hasSize(8);
    assertThat(perWebhook(first).values()).allMatch(count -> count <= 3);

    assertThat(queue().claim(request(me, 3, 100, NOW))).hasSizeLessThanOrEqualTo(12);
  }

  @Test
  void claim_keeps_to_the_bytes() {
    WebhookConfiguration hook = samples().active();
    for (int i = 0; i < 5; i++) {
      samples().publish(samples().event().body(new byte[100]).to(hook).build());
    }

    assertThat(queue().claim(requestOfBytes(250))).hasSize(2);
    assertThat(queue().claim(requestOfBytes(200))).hasSize(2);
    assertThat(queue().claim(requestOfBytes(200))).hasSize(1);
  }

  @Test
  void claim_keeps_to_the_bytes_over_several_webhooks_and_leaves_the_rest_unowned() {
    for (int i = 0; i < 3; i++) {
      samples()
          .publish(
              samples().event().body(new byte[100]).to(samples().active()).build(),
              samples().event().body(new byte[100]).to(samples().active()).build());
    }

    assertThat(queue().claim(requestOfBytes(450))).hasSize(4);
    assertThat(samples().claim(other)).hasSize(2);
  }

  @Test
  void claim_takes_the_first_row_whatever_its_size() {
    WebhookConfiguration hook = samples().active();
    samples().publish(samples().event().body(new byte[1_000]).to(hook).build());
    samples().publish(samples().event().body(new byte[1_000]).to(hook).build());

    assertThat(queue().claim(requestOfBytes(10))).hasSize(1);
    assertThat(queue().claim(requestOfBytes(10))).hasSize(1);
    assertThat(queue().claim(requestOfBytes(10))).isEmpty();
  }

  @Test
  void claim_leaves_out_webhooks_without_room() {
    WebhookConfiguration full = samples().active();
    WebhookConfiguration free = samples().active();
    samples().enqueue(full, 2);
    List<DeliveryRef> rows = samples().enqueue(free, 2);

    ClaimRequest request = new ClaimRequest(me, NOW, 0, 10, 10, 1 << 20, Map.of(full.number(), 0));

    assertThat(refs(queue().claim(request))).containsExactlyInAnyOrderElementsOf(rows);
  }

  @Test
  void claim_takes_of_each_webhook_as_many_rows_as_it_has_room_for() {
    List<WebhookConfiguration> hooks = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      WebhookConfiguration hook = samples().active();
      hooks.add(hook);
      samples().enqueue(hook, 10);
    }
    Map<Long, Integer> limits = Map.of(
        hooks.get(1).number(), 1,
        hooks.get(2).number(), 7,
        hooks.get(4).number(), 0);

    List<ClaimedDelivery> claimed =
        queue().claim(new ClaimRequest(me, NOW, 0, 3, 100, 1 << 20, limits));

    assertThat(hooks.stream().map(hook -> countOf(hook, claimed)))
        .containsExactly(3L, 1L, 7L, 3L, 0L);
  }

  @Test
  void claim_can_be_for_some_webhooks_only() {
    WebhookConfiguration named = samples().active();
    samples().enqueue(named, 10);
    samples().enqueue(samples().active(), 10);
    Map<Long, Integer> limits = Map.of(named.number(), 4, Long.MAX_VALUE, 9);

    List<ClaimedDelivery> claimed =
        queue().claim(new ClaimRequest(me, NOW, 0, 0, 100, 1 << 20, limits));

    assertThat(claimed).hasSize(4);
    assertThat(countOf(named, claimed)).isEqualTo(4);
  }

  private static long countOf(WebhookConfiguration hook, List<ClaimedDelivery> claimed) {
    return claimed.stream()
        .filter(delivery -> delivery.claim().ref().webhook() == hook.number())
        .count();
  }

  @Test
  void backlog_of_one_webhook_hides_no_other() {
    WebhookConfiguration busy = samples().active();
    samples().enqueue(busy, 5_000, NOW.minusSeconds(60));
    List<DeliveryRef> quiet = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      quiet.addAll(samples().enqueue(samples().active(), 1));
    }

    List<ClaimedDelivery> claimed = queue().claim(request(me, 8, 32, NOW));

    assertThat(refs(claimed)).containsAll(quiet).hasSize(11);
  }

  @Test
  void claim_starts_behind_the_webhook_served_last_and_wraps_round() {
    List<WebhookConfiguration> hooks = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      hooks.add(samples().active());
      samples().enqueue(hooks.get(i), 10);
    }

    List<ClaimedDelivery> behind = queue().claim(requestAfter(hooks.get(2).number(), me, 4, 10));

    assertThat(perWebhook(behind))
        .containsExactlyInAnyOrderEntriesOf(Map.of(
            hooks.get(3).number(), 4L, hooks.get(4).number(), 4L, hooks.get(0).number(), 2L));
    assertThat(perWebhook(queue().claim(requestAfter(hooks.get(4).number(), me, 3, 3))))
        .as("the last one is followed by the first")
        .containsOnlyKeys(hooks.get(0).number());
    assertThat(perWebhook(queue().claim(requestAfter(Long.MAX_VALUE, me, 1, 100))))
        .hasSize(5);
  }

  @Test
  void webhook_served_last_is_served_again_if_it_is_alone() {
    WebhookConfiguration hook = samples().active();
    samples().enqueue(hook, 2);

    assertThat(queue().claim(requestAfter(hook.number(), me, 1, 10))).hasSize(1);
  }

  @Test
  void each_change_of_holder_adds_one_to_the_claim_number() {
    WebhookConfiguration hook = samples().active();
    DeliveryRef row = samples().enqueue(hook, 1).get(0);

    ClaimRef first = claims(samples().claim(me)).get(0);
    assertThat(first).isEqualTo(new ClaimRef(row, 1));
    assertThat(queue().release(me, List.of(first))).isEqualTo(1);
    ClaimRef second = queue().claimById(other, List.of(row)).get(0);
    assertThat(second).isEqualTo(new ClaimRef(row, 3));
    assertThat(queue().releaseForgotten(other, StoreSamples.NOTHING)).isEqualTo(1);
    assertThat(claims(samples().claim(me))).containsExactly(new ClaimRef(row, 5));
  }

  @Test
  void adopt_takes_named_rows_that_nobody_owns() {
    WebhookConfiguration hook = samples().active();
    List<DeliveryRef> rows = samples().enqueue(hook, 3);
    queue().claimById(other, List.of(rows.get(0)));
    DeliveryRef unknown = new DeliveryRef(hook.number(), samples().id(NOW));

    List<ClaimRef> taken = queue().claimById(me, List.of(rows.get(0), rows.get(1), unknown));

    assertThat(taken).containsExactly(new ClaimRef(rows.get(1), 1));
    assertThat(refs(samples().claim(me))).containsExactly(rows.get(2));
    assertThat(queue().claimById(me, List.of())).isEmpty();
  }

  @Test
  void adopt_takes_rows_of_webhooks_of_every_status() {
    DeliveryRef paused =
        samples().enqueue(samples().withStatus(WebhookStatus.PAUSED), 1).get(0);
    DeliveryRef failed =
        samples().enqueue(samples().withStatus(WebhookStatus.FAILED), 1).get(0);

    assertThat(queue().claimById(me, List.of(paused, failed)))
        .containsExactlyInAnyOrder(new ClaimRef(paused, 1), new ClaimRef(failed, 1));
  }

  @Test
  void adopt_leaves_rows_that_were_attempted_meanwhile() {
    WebhookConfiguration hook = samples().active();
    ClaimRef held = samples().takeOne(other, hook);
    queue().finish(other, List.of(StoreSamples.retried(held, 1, NOW, later(300))), NOW);

    assertThat(queue().claimById(me, List.of(held.ref())))
        .as("it waits for its retry, which must not come early")
        .isEmpty();
  }

  @Test
  void held_reports_exactly_what_an_instance_owns() {
    WebhookConfiguration hook = samples().active();
    List<DeliveryRef> rows = samples().enqueue(hook, 3);
    queue().claimById(me, rows.subList(0, 1));
    queue().claimById(other, rows.subList(1, 2));
    DeliveryRef unknown = new DeliveryRef(hook.number(), samples().id(NOW));
    List<DeliveryRef> all = new ArrayList<>(rows);
    all.add(unknown);

    assertThat(queue().owned(me, all)).containsExactly(new ClaimRef(rows.get(0), 1));
    assertThat(queue().owned(other, all)).containsExactly(new ClaimRef(rows.get(1), 1));
    assertThat(queue().owned(me, rows.subList(1, 3))).isEmpty();
    assertThat(queue().owned(me, List.of())).isEmpty();
  }

  @Test
  void row_handed_back_can_be_taken_at_once_and_counts_no_attempt() {
    WebhookConfiguration hook = samples().active();
    List<ClaimRef> mine = samples().take(me, hook, 2);

    assertThat(queue().release(me, mine)).isEqualTo(2);

    assertThat(queue().owned(me, mine.stream().map(ClaimRef::ref).toList())).isEmpty();
    assertThat(samples().claim(other))
        .hasSize(2)
        .allSatisfy(claimed -> assertThat(claimed.attempts()).isZero());
  }

  @Test
  void row_handed_back_between_attempts_keeps_its_count() {
    ClaimRef first = samples().takeOne(me, samples().active());
    queue().finish(me, List.of(StoreSamples.retried(first, 1, NOW, later(5))), NOW);
    List<ClaimedDelivery> again = samples().claim(me, later(5));

    queue().release(me, claims(again));

    assertThat(samples().claim(other, later(5)))
        .singleElement()
        .extracting(ClaimedDelivery::attempts)
        .isEqualTo(1);
  }

  @Test
  void handing_back_needs_the_right_owner_and_claim_number() {
    ClaimRef held = samples().takeOne(me, samples().active());
    ClaimRef stale = new ClaimRef(held.ref(), held.number() - 1);

    assertThat(queue().release(other, List.of(held))).isZero();
    assertThat(queue().release(me, List.of(stale))).isZero();
    assertThat(queue().release(me, List.of())).isZero();
    assertThat(queue().owned(me, List.of(held.ref()))).containsExactly(held);

    assertThat(queue().release(me, List.of(held))).isEqualTo(1);
    assertThat(queue().release(me, List.of(held))).as("twice").isZero();
  }

  @Test
  void sweep_gives_back_what_is_owned_but_not_held() {
    List<ClaimRef> mine = samples().take(me, samples().active(), 5);
    List<ClaimRef> forgotten = mine.subList(0, 2);
    List<ClaimRef> remembered = mine.subList(2, 5);

    assertThat(queue().releaseForgotten(me, StoreSamples.ids(remembered)::contains))
        .isEqualTo(2);

    assertThat(refs(samples().claim(other)))
        .containsExactlyInAnyOrderElementsOf(
            forgotten.stream().map(ClaimRef::ref).toList());
    assertThat(queue().owned(me, mine.stream().map(ClaimRef::ref).toList()))
        .containsExactlyInAnyOrderElementsOf(remembered);
  }

  @Test
  void sweep_leaves_the_rows_of_living_instances() {
    ClaimRef theirs = samples().takeOne(other, samples().active());

    assertThat(queue().releaseForgotten(me, StoreSamples.NOTHING)).isZero();

    assertThat(queue().owned(other, List.of(theirs.ref()))).containsExactly(theirs);
  }

  @Test
  void sweep_gives_back_rows_whose_owner_is_not_registered() {
    WebhookConfiguration hook = samples().active();
    long gone = instance();
    samples().publish(samples().event().ownedBy(gone).to(hook).build());
    instances().leave(gone);
    samples().publish(samples().event().ownedBy(gone).to(hook).build());

    assertThat(queue().releaseForgotten(me, StoreSamples.NOTHING)).isEqualTo(2);

    assertThat(samples().claim(me)).hasSize(2).allMatch(row -> row.claim().number() == 2);
  }

  @Test
  void depth_counts_pending_rows_and_finds_the_oldest() {
    assertThat(queue().depth().pending()).isZero();
    assertThat(queue().depth().oldest()).isNull();
    Instant oldest = NOW.minusSeconds(90);
    WebhookConfiguration hook = samples().active();

    samples().enqueue(samples().withStatus(WebhookStatus.PAUSED), 2, oldest);
    samples().enqueue(hook, 1);
    samples().take(me, hook, 1);

    assertThat(queue().depth().pending()).isEqualTo(4);
    assertThat(queue().depth().oldest()).isEqualTo(oldest);
  }

  @Test
  void engine_sees_rows_of_every_account() {
    samples().enqueue(samples().active(), 1);
    WebhookConfiguration globex =
        samples().stored(samples().webhook().account(StoreSamples.GLOBEX)).configuration();
    samples().publish(samples().event().account(StoreSamples.GLOBEX).to(globex).build());

    assertThat(samples().claim(me)).hasSize(2);
    assertThat(webhooks(ACME)).isEqualTo(1);
  }

  private ClaimRequest requestOfBytes(long bytes) {
    return new ClaimRequest(me, NOW, 0, 100, 100, bytes, Map.of());
  }

  private static Map<Long, Long> perWebhook(List<ClaimedDelivery> claimed) {
    return claimed.stream()
        .collect(Collectors.groupingBy(row -> row.claim().ref().webhook(), Collectors.counting()));
  }
}
