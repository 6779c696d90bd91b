package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.NOW;
import static dev.webhooks.testing.StoreSamples.delivered;
import static dev.webhooks.testing.StoreSamples.givenUp;
import static dev.webhooks.testing.StoreSamples.later;
import static dev.webhooks.testing.StoreSamples.retried;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.Attempt;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.PublicId;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.StoreSession.NewRetry;
import dev.webhooks.spi.store.StoreSession.RecoverRequest;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Failed deliveries are retried by new ones, each once. */
public abstract class RetryContract extends StoreContract {
  private static final UUID START = new UUID(0, 0);
  private static final Instant RETRIED = later(600);
  private static final Duration KEEP = Duration.ofDays(35);

  private long me;
  private WebhookConfiguration hook;

  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected RetryContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @BeforeEach
  final void prepare() {
    me = instance();
    hook = samples().active();
  }

  @Test
  void retry_is_a_new_delivery_of_the_same_event_linked_both_ways() {
    NewEvent event = samples().event().givenId("e-1").body("{\"ü\":1}").to(hook).build();
    samples().publish(event);
    UUID failed = fail(event.deliveries().get(0).ref());

    UUID retry = retry(failed);

    Delivery old = find(failed);
    Delivery fresh = find(retry);
    assertThat(old.retriedBy()).isEqualTo(PublicId.DELIVERY.format(retry));
    assertThat(old.retryOf()).isNull();
    assertThat(old.status()).isEqualTo(DeliveryStatus.FAILED);
    assertThat(fresh.retryOf()).isEqualTo(PublicId.DELIVERY.format(failed));
    assertThat(fresh.retriedBy()).isNull();
    assertThat(fresh.status()).isEqualTo(DeliveryStatus.PENDING);
    assertThat(fresh.attempts()).isZero();
    assertThat(fresh.eventId()).isEqualTo("e-1");
    assertThat(fresh.event()).isEqualTo(event.type());
    assertThat(fresh.createdAt()).isEqualTo(RETRIED);
    assertThat(fresh.nextAttemptAt()).isEqualTo(RETRIED);
    assertThat(fresh.error()).isNull();
    assertThat(log().find(hook, retry))
        .hasValueSatisfying(logged -> assertThat(logged.body()).isEqualTo(event.body()));
    assertThat(log().page(hook, DeliveryQuery.latest())).containsExactly(fresh, old);
  }

  @Test
  void retry_is_claimed_when_it_is_due_and_keeps_its_link_when_it_ends() {
    UUID failed = failedOne(NOW);
    UUID retry = retry(failed);

    assertThat(samples().claim(me, RETRIED.minusMillis(1))).isEmpty();
    List<ClaimedDelivery> claimed = samples().claim(me, RETRIED);
    assertThat(claimed).singleElement().satisfies(delivery -> {
      assertThat(delivery.claim().ref()).isEqualTo(ref(retry));
      assertThat(delivery.attempts()).isZero();
    });
    queue().finish(me, List.of(delivered(claimed.get(0).claim(), 1, RETRIED)), RETRIED);

    assertThat(find(retry).status()).isEqualTo(DeliveryStatus.SUCCESS);
    assertThat(find(retry).retryOf()).isEqualTo(PublicId.DELIVERY.format(failed));
    assertThat(log().find(hook, retry).orElseThrow().attempts())
        .extracting(Attempt::number)
        .containsExactly(1);
    assertThat(find(failed).attempts()).isEqualTo(1);
  }

  @Test
  void only_what_has_failed_is_retried() {
    UUID pending = samples().enqueue(hook, 1).get(0).id();
    UUID success = samples().enqueue(hook, 1).get(0).id();
    ClaimRef held = queue().claimById(me, List.of(ref(success))).get(0);
    queue().finish(me, List.of(delivered(held, 1, NOW)), NOW);

    assertThat(retryAll(List.of(pending, success, samples().id(NOW)))).isEmpty();
    assertThat(queue().depth().pending()).isEqualTo(1);
    assertThat(find(success).retriedBy()).isNull();
  }

  @Test
  void delivery_is_retried_once_and_the_newer_one_again() {
    UUID failed = failedOne(NOW);
    UUID first = retry(failed);

    assertThat(retryAll(List.of(failed))).isEmpty();
    assertThat(retryAll(List.of(first))).as("pending").isEmpty();
    ClaimRef held = queue().claimById(me, List.of(ref(first))).get(0);
    queue().finish(me, List.of(givenUp(held, 1, RETRIED)), RETRIED);
    UUID second = retry(first);

    assertThat(find(failed).retriedBy()).isEqualTo(PublicId.DELIVERY.format(first));
    assertThat(find(first).retriedBy()).isEqualTo(PublicId.DELIVERY.format(second));
    assertThat(find(first).retryOf()).isEqualTo(PublicId.DELIVERY.format(failed));
  }

  @Test
  void of_retries_at_once_exactly_one_counts() {
    UUID failed = failedOne(NOW);

    List<Integer> stored = Concurrently.times(8, () -> retryAll(List.of(failed)).size());

    assertThat(stored.stream().mapToInt(Integer::intValue).sum()).isEqualTo(1);
    assertThat(queue().depth().pending()).isEqualTo(1);
    assertThat(log().count(hook, DeliveryQuery.latest())).isEqualTo(2);
  }

  @Test
  void overlapping_batches_at_once_retry_each_delivery_once() {
    List<UUID> failed = failedMany(60);
    List<Supplier<Integer>> batches = new ArrayList<>();
    for (int from = 0; from < 40; from += 10) {
      List<UUID> part = new ArrayList<>(failed.subList(from, from + 30));
      Collections.shuffle(part, new Random(from));
      batches.add(() -> retryAll(part).size());
    }

    List<Integer> stored = Concurrently.run(batches);

    assertThat(stored.stream().mapToInt(Integer::intValue).sum()).isEqualTo(60);
    assertThat(queue().depth().pending()).isEqualTo(60);
  }

  @Test
  void deliveries_of_one_event_to_two_webhooks_are_retried_apart() {
    WebhookConfiguration another = samples().active();
    NewEvent event = samples().event().to(hook, another).build();
    samples().publish(event);
    event.deliveries().forEach(delivery -> fail(delivery.ref()));
    UUID mine = event.deliveries().get(0).ref().id();
    UUID theirs = event.deliveries().get(1).ref().id();

    assertThat(retryAll(List.of(theirs))).as("of another webhook").isEmpty();
    assertThat(retryAll(List.of(mine))).hasSize(1);
    assertThat(findRetryable(another)).containsExactly(theirs);
  }

  @Test
  void webhook_of_any_status_can_be_retried() {
    UUID failed = failedOne(NOW);
    samples().changeStatus(hook, WebhookStatus.PAUSED);

    UUID retry = retry(failed);

    assertThat(samples().claim(me, RETRIED)).isEmpty();
    samples().changeStatus(hook, WebhookStatus.ACTIVE);
    assertThat(StoreSamples.refs(samples().claim(me, RETRIED))).containsExactly(ref(retry));
  }

  @Test
  void retry_that_is_rolled_back_never_was() {
    UUID failed = failedOne(NOW);
    UUID id = samples().id(RETRIED);

    try (OpenTransaction host = fixture().begin()) {
      Set<UUID> stored = in(
          host,
          session -> session.retry(
              hook.number(), List.of(new NewRetry(failed, id)), RETRIED, RETRIED.plus(KEEP)));
      assertThat(stored).containsExactly(id);
      assertThat(seenIn(host, id)).isPresent();
      assertThat(seenIn(host, failed))
          .hasValueSatisfying(old -> assertThat(old.retriedBy()).isNotNull());
      assertThat(find(failed).retriedBy()).isNull();
      assertThat(log().find(hook, id)).isEmpty();
      host.rollback();
    }

    assertThat(find(failed).retriedBy()).isNull();
    assertThat(queue().depth().pending()).isZero();
    assertThat(retryAll(List.of(failed))).hasSize(1);
  }

  @Test
  void retryable_ones_are_found_oldest_first_between_two_instants() {
    List<UUID> failed = new ArrayList<>();
    for (int second = 0; second < 6; second++) {
      failed.add(failedOne(later(second)));
    }
    samples().enqueue(hook, 1, later(3));
    retry(failed.get(2));

    assertThat(findRetryable(later(1), later(5), START, 10))
        .containsExactly(failed.get(1), failed.get(3), failed.get(4));
    assertThat(findRetryable(later(1), later(5), START, 2))
        .containsExactly(failed.get(1), failed.get(3));
    assertThat(findRetryable(later(1), later(5), failed.get(3), 2)).containsExactly(failed.get(4));
    assertThat(findRetryable(later(6), later(9), START, 10)).isEmpty();
    assertThat(findRetryable(later(1).plusNanos(1_000), later(4), START, 10))
        .containsExactly(failed.get(3));
  }

  @Test
  void batch_of_many_is_retried_in_one_transaction() {
    List<UUID> failed = failedMany(500);

    assertThat(retryAll(findRetryable(hook))).hasSize(500);

    assertThat(findRetryable(hook)).isEmpty();
    assertThat(queue().depth().pending()).isEqualTo(500);
    assertThat(find(failed.get(499)).retriedBy()).isNotNull();
  }

  @Test
  void delivery_is_found_pending_and_finished() {
    UUID pending = samples().enqueue(hook, 1).get(0).id();
    UUID failed = failedOne(NOW);

    assertThat(seen(hook, pending)).contains(find(pending));
    assertThat(seen(hook, failed)).contains(find(failed));
    assertThat(seen(hook, samples().id(NOW))).isEmpty();
    assertThat(seen(samples().active(), failed)).isEmpty();
  }

  @Test
  void waiting_ones_are_found_by_when_they_are_due_between_two_instants() {
    List<UUID> waiting = new ArrayList<>();
    for (int second = 0; second < 4; second++) {
      waiting.add(waitingOne(later(second), later(9_000 - 1_000 * second)));
    }
    waitingOne(later(1), RETRIED);
    samples().enqueue(hook, 1, later(1));
    failedOne(later(1));
    samples().take(me, hook, 1);

    assertThat(findWaiting(later(1), 10))
        .containsExactly(waiting.get(3), waiting.get(2), waiting.get(1));
    assertThat(findWaiting(later(1), 2)).containsExactly(waiting.get(3), waiting.get(2));
    assertThat(findWaiting(later(4), 10)).isEmpty();
  }

  @Test
  void one_that_waits_is_due_now_and_nothing_else_of_it_changes() {
    UUID waiting = waitingOne(NOW, later(50_000));
    Delivery before = find(waiting);

    assertThat(makeDue(List.of(waiting))).isEqualTo(1);
    assertThat(makeDue(List.of(waiting))).as("due already").isZero();

    assertThat(find(waiting).nextAttemptAt()).isEqualTo(RETRIED);
    assertThat(find(waiting).attempts()).isEqualTo(before.attempts());
    assertThat(find(waiting).lastAttemptAt()).isEqualTo(before.lastAttemptAt());
    assertThat(find(waiting).error()).isEqualTo(before.error());
    assertThat(samples().claim(me, RETRIED.minusMillis(1))).isEmpty();
    assertThat(samples().claim(me, RETRIED)).singleElement().satisfies(delivery -> {
      assertThat(delivery.claim().ref()).isEqualTo(ref(waiting));
      assertThat(delivery.attempts()).isEqualTo(1);
    });
  }

  @Test
  void one_that_is_owned_fresh_or_ended_is_not_made_due() {
    long another = instance();
    UUID waiting = waitingOne(NOW, later(10));
    ClaimRef owned = samples().claim(another, later(10)).get(0).claim();
    UUID fresh = samples().enqueue(hook, 1).get(0).id();
    UUID failed = failedOne(NOW);

    assertThat(makeDue(List.of(waiting, fresh, failed, samples().id(NOW)))).isZero();
    assertThat(find(waiting).nextAttemptAt()).isEqualTo(later(10));
    assertThat(queue().finish(another, List.of(delivered(owned, 2, later(11))), later(11)))
        .containsExactly(waiting);
  }

  @Test
  void those_made_due_at_once_by_many_are_counted_once() {
    List<UUID> waiting = waitingMany(40);
    List<Supplier<Integer>> callers = new ArrayList<>();
    for (int caller = 0; caller < 8; caller++) {
      List<UUID> shuffled = new ArrayList<>(waiting);
      Collections.shuffle(shuffled, new Random(caller));
      callers.add(() -> makeDue(shuffled));
    }

    List<Integer> made = Concurrently.run(callers);

    assertThat(made.stream().mapToInt(Integer::intValue).sum()).isEqualTo(40);
    assertThat(samples().claim(me, RETRIED)).hasSize(40);
  }

  @Test
  void one_made_due_in_a_hosts_transaction_keeps_no_other_from_being_claimed() {
    UUID waiting = waitingOne(NOW, later(50_000));
    try (OpenTransaction host = fixture().begin()) {
      int made = in(host, s -> s.makeDue(hook.number(), List.of(waiting), RETRIED));
      assertThat(made).isEqualTo(1);
      assertThat(seenIn(host, waiting).orElseThrow().nextAttemptAt()).isEqualTo(RETRIED);
      List<DeliveryRef> fresh = samples().enqueue(hook, 2);

      assertThat(StoreSamples.refs(samples().claim(me, RETRIED))).hasSameElementsAs(fresh);
      assertThat(queue().releaseForgotten(me, id -> false)).isEqualTo(2);
      host.rollback();
    }
    assertThat(find(waiting).nextAttemptAt()).isEqualTo(later(50_000));
    assertThat(makeDue(List.of(waiting))).isEqualTo(1);
  }

  @Test
  void one_made_due_of_a_failed_webhook_ends_and_of_a_paused_one_stays() {
    UUID waiting = waitingOne(NOW, later(50_000));
    samples().changeStatus(hook, WebhookStatus.PAUSED);
    makeDue(List.of(waiting));
    assertThat(samples().claim(me, RETRIED)).isEmpty();
    assertThat(queue().endUnsendable(RETRIED, NOW, 10)).isEmpty();

    samples().changeStatus(hook, WebhookStatus.FAILED);
    assertThat(samples().claim(me, RETRIED)).isEmpty();
    assertThat(queue().endUnsendable(RETRIED, NOW, 10)).hasSize(1);
    assertThat(find(waiting).status()).isEqualTo(DeliveryStatus.FAILED);
    assertThat(find(waiting).attempts()).isEqualTo(1);
  }

  private int makeDue(List<UUID> waiting) {
    return read(session -> session.makeDue(hook.number(), waiting, RETRIED));
  }

  private List<UUID> findWaiting(Instant from, int limit) {
    return read(session -> session.findWaiting(hook.number(), from, RETRIED, limit));
  }

  /** Returns a delivery that was attempted once and is due again later. */
  private UUID waitingOne(Instant at, Instant due) {
    ClaimRef held = queue().claimById(me, samples().enqueue(hook, 1, at)).get(0);
    queue().finish(me, List.of(retried(held, 1, at, due)), at);
    return held.ref().id();
  }

  private List<UUID> waitingMany(int count) {
    List<ClaimRef> held = samples().take(me, hook, count);
    queue()
        .finish(
            me, held.stream().map(row -> retried(row, 1, NOW, later(50_000))).toList(), NOW);
    return held.stream().map(row -> row.ref().id()).toList();
  }

  private Optional<Delivery> seen(WebhookConfiguration webhook, UUID delivery) {
    return read(session -> session.findDelivery(webhook, delivery));
  }

  private Optional<Delivery> seenIn(OpenTransaction host, UUID delivery) {
    return in(host, session -> session.findDelivery(hook, delivery));
  }

  private UUID retry(UUID failed) {
    Set<UUID> stored = retryAll(List.of(failed));
    assertThat(stored).hasSize(1);
    return stored.iterator().next();
  }

  private Set<UUID> retryAll(Collection<UUID> failed) {
    List<NewRetry> retries =
        failed.stream().map(id -> new NewRetry(id, samples().id(RETRIED))).toList();
    return read(session -> session.retry(hook.number(), retries, RETRIED, RETRIED.plus(KEEP)));
  }

  private List<UUID> findRetryable(WebhookConfiguration webhook) {
    return findRetryable(webhook, NOW, RETRIED, START, 1_000);
  }

  private List<UUID> findRetryable(Instant from, Instant to, UUID after, int limit) {
    return findRetryable(hook, from, to, after, limit);
  }

  private List<UUID> findRetryable(
      WebhookConfiguration webhook, Instant from, Instant to, UUID after, int limit) {
    RecoverRequest request = new RecoverRequest(webhook.number(), from, to, after, limit);
    return read(session -> session.findRetryable(request));
  }

  private UUID failedOne(Instant at) {
    return fail(samples().enqueue(hook, 1, at).get(0));
  }

  private List<UUID> failedMany(int count) {
    List<ClaimRef> held = samples().take(me, hook, count);
    queue().finish(me, held.stream().map(row -> givenUp(row, 1, NOW)).toList(), NOW);
    return held.stream().map(row -> row.ref().id()).sorted().toList();
  }

  private UUID fail(DeliveryRef row) {
    ClaimRef held = queue().claimById(me, List.of(row)).get(0);
    assertThat(queue().finish(me, List.of(givenUp(held, 1, NOW)), NOW)).hasSize(1);
    return row.id();
  }

  private Delivery find(UUID delivery) {
    return log().find(hook, delivery).orElseThrow().delivery();
  }

  private DeliveryRef ref(UUID delivery) {
    return new DeliveryRef(hook.number(), delivery);
  }
}
