package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.NOW;
import static dev.webhooks.testing.StoreSamples.later;
import static dev.webhooks.testing.StoreSamples.retried;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.Attempt;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.PublicId;
import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.DeliveryLog.LoggedDelivery;
import dev.webhooks.spi.store.DeliveryQueue.EndedDelivery;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Deliveries that will never be sent end, visibly unless their webhook is gone. */
public abstract class EndUnsendableContract extends StoreContract {
  private static final Instant LONG_AGO = NOW.minusSeconds(1_000_000);
  private static final int ALL = 1_000;

  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected EndUnsendableContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @Test
  void what_can_be_sent_or_may_be_later_stays() {
    samples().enqueue(samples().active(), 2);
    samples().enqueue(samples().withStatus(WebhookStatus.PAUSED), 2);

    assertThat(end(NOW, LONG_AGO, ALL)).isZero();

    assertThat(queue().depth().pending()).isEqualTo(4);
  }

  @Test
  void rows_of_a_deleted_webhook_are_dropped_without_a_trace() {
    WebhookConfiguration hook = samples().active();
    samples().enqueue(hook, 3);
    samples().delete(hook);

    assertThat(end(NOW, LONG_AGO, ALL)).isEqualTo(3);

    assertThat(queue().depth().pending()).isZero();
    assertThat(log().page(hook, DeliveryQuery.latest())).isEmpty();
    assertThat(end(NOW, LONG_AGO, ALL)).isZero();
  }

  @Test
  void row_committed_after_its_webhook_was_deleted_is_dropped() {
    WebhookConfiguration hook = samples().active();
    try (OpenTransaction host = fixture().begin()) {
      doIn(
          host,
          session -> session.insertEvents(List.of(samples().event().to(hook).build())));
      samples().delete(hook);
      assertThat(end(NOW, LONG_AGO, ALL)).isZero();
      host.commit();
    }

    assertThat(end(NOW, LONG_AGO, ALL)).isEqualTo(1);
    assertThat(queue().depth().pending()).isZero();
  }

  @Test
  void rows_of_a_failed_webhook_end_as_failed() {
    WebhookConfiguration hook = samples().withStatus(WebhookStatus.FAILED);
    DeliveryRef row = samples().enqueue(hook, 1).get(0);

    assertThat(end(later(9), LONG_AGO, ALL)).isEqualTo(1);

    assertThat(queue().depth().pending()).isZero();
    LoggedDelivery logged = find(hook, row);
    assertThat(logged.delivery().status()).isEqualTo(DeliveryStatus.FAILED);
    assertThat(logged.delivery().error()).isEqualTo(DeliveryError.WEBHOOK_FAILED);
    assertThat(logged.delivery().attempts()).isZero();
    assertThat(logged.delivery().responseStatus()).isNull();
    assertThat(logged.delivery().lastAttemptAt()).isNull();
    assertThat(logged.delivery().nextAttemptAt()).isNull();
    assertThat(logged.attempts()).isEmpty();
    assertThat(logged.body()).isNotEmpty();
  }

  @Test
  void rows_created_before_the_expiry_end_as_expired_whatever_they_wait_for() {
    WebhookConfiguration active = samples().active();
    WebhookConfiguration paused = samples().withStatus(WebhookStatus.PAUSED);
    DeliveryRef old = samples().enqueue(active, 1, later(-1)).get(0);
    DeliveryRef edge = samples().enqueue(active, 1, NOW).get(0);
    DeliveryRef oldAndPaused = samples().enqueue(paused, 1, later(-1)).get(0);

    assertThat(end(later(100), NOW, ALL)).isEqualTo(2);

    assertThat(find(active, old).delivery().error()).isEqualTo(DeliveryError.EXPIRED);
    assertThat(find(paused, oldAndPaused).delivery().error()).isEqualTo(DeliveryError.EXPIRED);
    assertThat(find(active, edge).delivery().status()).isEqualTo(DeliveryStatus.PENDING);
  }

  @Test
  void row_that_waits_for_a_retry_expires_too_and_keeps_its_attempts() {
    long me = instance();
    WebhookConfiguration hook = samples().active();
    ClaimRef held = samples().takeOne(me, hook);
    queue().finish(me, List.of(retried(held, 1, later(1), later(1_000))), later(2));

    assertThat(end(later(60), later(60), ALL)).isEqualTo(1);

    LoggedDelivery logged = find(hook, held.ref());
    Delivery delivery = logged.delivery();
    assertThat(delivery.status()).isEqualTo(DeliveryStatus.FAILED);
    assertThat(delivery.error()).isEqualTo(DeliveryError.EXPIRED);
    assertThat(delivery.attempts()).isEqualTo(1);
    assertThat(delivery.responseTimeMs()).isEqualTo(56);
    assertThat(delivery.lastAttemptAt()).isEqualTo(later(1));
    assertThat(delivery.nextAttemptAt()).isNull();
    assertThat(logged.attempts())
        .containsExactly(new Attempt(1, later(1), 56, null, DeliveryError.TIMEOUT, null));
  }

  @Test
  void rows_that_are_held_stay() {
    long me = instance();
    WebhookConfiguration failed = samples().withStatus(WebhookStatus.FAILED);
    WebhookConfiguration active = samples().active();
    WebhookConfiguration deleted = samples().active();
    samples().take(me, failed, 1);
    samples().take(me, active, 1);
    samples().take(me, deleted, 1);
    samples().delete(deleted);

    assertThat(end(later(10), later(10), ALL)).isZero();

    assertThat(queue().depth().pending()).isEqualTo(3);
  }

  @Test
  void row_taken_over_too_often_ends_as_lost() {
    WebhookConfiguration hook = samples().active();
    DeliveryRef row = samples().enqueue(hook, 1).get(0);

    for (int death = 1; death <= 4; death++) {
      takeAndDie();
    }
    assertThat(end(NOW, LONG_AGO, ALL)).as("4 times is not too often").isZero();
    takeAndDie();
    takeAndDie();

    assertThat(samples().claim(instance())).as("nobody takes it again").isEmpty();
    assertThat(end(NOW, LONG_AGO, ALL)).as("6 times is").isEqualTo(1);
    assertThat(find(hook, row).delivery().status()).isEqualTo(DeliveryStatus.FAILED);
    assertThat(find(hook, row).delivery().error()).isEqualTo(DeliveryError.LOST);
  }

  @Test
  void handing_back_is_not_a_takeover() {
    long me = instance();
    samples().enqueue(samples().active(), 1);

    for (int i = 0; i < 10; i++) {
      queue().release(me, StoreSamples.claims(samples().claim(me)));
    }

    assertThat(end(NOW, LONG_AGO, ALL)).isZero();
  }

  @Test
  void no_more_rows_than_the_limit_end_at_once() {
    WebhookConfiguration failed = samples().withStatus(WebhookStatus.FAILED);
    WebhookConfiguration deleted = samples().active();
    samples().enqueue(failed, 3);
    samples().enqueue(deleted, 2);
    samples().delete(deleted);
    samples().enqueue(samples().active(), 2);

    int first = end(NOW, LONG_AGO, 4);
    int second = end(NOW, LONG_AGO, 4);

    assertThat(first).isBetween(1, 4);
    assertThat(first + second + end(NOW, LONG_AGO, 4)).isEqualTo(5);
    assertThat(end(NOW, LONG_AGO, 4)).isZero();
    assertThat(queue().depth().pending()).isEqualTo(2);
  }

  @Test
  void ended_deliveries_count_as_failed_but_not_as_failed_attempts() {
    WebhookConfiguration hook = samples().withStatus(WebhookStatus.FAILED);
    samples().enqueue(hook, 2);

    end(NOW, LONG_AGO, ALL);

    assertThat(statistics(hook.number()).get(hook.number()))
        .isEqualTo(new WebhookStatistics(0, 2, 0, 0, null, null, null));
  }

  @Test
  void what_ended_is_told_with_the_names_that_hosts_know() {
    WebhookConfiguration failed = samples().withStatus(WebhookStatus.FAILED);
    WebhookConfiguration deleted = samples().active();
    NewEvent named = samples()
        .event()
        .givenId("order-17")
        .traceContext("00-publish")
        .to(failed)
        .build();
    NewEvent unnamed = samples().event().type("order.sent").to(deleted).build();
    samples().publish(named, unnamed);
    samples().delete(deleted);

    List<EndedDelivery> ended = queue().endUnsendable(NOW, LONG_AGO, ALL);

    assertThat(ended)
        .containsExactlyInAnyOrder(
            new EndedDelivery(
                StoreSamples.refs(named).get(0),
                failed.publicId(),
                failed.account(),
                "order-17",
                "order.paid",
                "00-publish",
                DeliveryError.WEBHOOK_FAILED),
            new EndedDelivery(
                StoreSamples.refs(unnamed).get(0),
                deleted.publicId(),
                deleted.account(),
                PublicId.EVENT.format(unnamed.id()),
                "order.sent",
                null,
                null));
  }

  @Test
  void of_two_instances_that_end_the_same_rows_one_is_told_of_each() {
    WebhookConfiguration failed = samples().withStatus(WebhookStatus.FAILED);
    List<DeliveryRef> rows = samples().enqueue(failed, 40);

    List<EndedDelivery> told = new ArrayList<>();
    Concurrently.run(List.<Supplier<List<EndedDelivery>>>of(
            () -> store().queue().endUnsendable(NOW, LONG_AGO, ALL),
            () -> otherStore().queue().endUnsendable(NOW, LONG_AGO, ALL)))
        .forEach(told::addAll);
    told.addAll(queue().endUnsendable(NOW, LONG_AGO, ALL));

    assertThat(told).extracting(EndedDelivery::ref).containsExactlyInAnyOrderElementsOf(rows);
  }

  private int end(Instant now, Instant expiry, int limit) {
    return queue().endUnsendable(now, expiry, limit).size();
  }

  private void takeAndDie() {
    long victim = instance();
    assertThat(samples().claim(victim)).hasSize(1);
    long beat = instances().beat(victim).beats().get(victim);
    assertThat(instances().declareDead(victim, beat)).isTrue();
  }

  private LoggedDelivery find(WebhookConfiguration hook, DeliveryRef row) {
    return log().find(hook, row.id()).orElseThrow();
  }
}
