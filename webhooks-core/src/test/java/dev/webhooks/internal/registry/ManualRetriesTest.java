package dev.webhooks.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.RetrySchedule;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryTransaction;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ManualRetriesTest {
  private static final String URL = "https://hooks.acme.example/in";

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();
  private final TestWebhooks kit = TestWebhooks.on(
      store,
      EventCatalog.acceptingAny(),
      builder -> builder.retrySchedule(RetrySchedule.after().withoutJitter()));
  private final AccountWebhooks acme = kit.account("acme");
  private final TestReceiver receiver = kit.receiver(URL);
  private final String webhook =
      acme.create(WebhookDraft.to(URL).events("*")).webhook().id();

  @AfterEach
  void close() {
    kit.close();
  }

  @Test
  void a_retry_sends_the_same_event_again_and_is_linked_both_ways() {
    Delivery failed = fail(1).get(0);
    ReceivedRequest first = receiver.requests().get(0);
    kit.advance(Duration.ofHours(1));
    receiver.answers(200);

    Delivery retry = acme.retry(webhook, failed.id());
    assertThat(retry.retryOf()).isEqualTo(failed.id());
    assertThat(retry.status()).isEqualTo(DeliveryStatus.PENDING);
    assertThat(retry.createdAt()).isEqualTo(kit.clock().instant());
    kit.runUntilIdle();

    ReceivedRequest second = receiver.requests().get(1);
    assertThat(second.eventId()).isEqualTo(first.eventId());
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(second.attempt()).isEqualTo(1);
    assertThat(second.signatureIsValid()).isTrue();
    assertThat(second.header("x-webhook-delivery")).isEqualTo(retry.id());
    assertThat(find(retry.id()).status()).isEqualTo(DeliveryStatus.SUCCESS);
    assertThat(find(failed.id()).retriedBy()).isEqualTo(retry.id());
    assertThat(find(failed.id()).status()).isEqualTo(DeliveryStatus.FAILED);
  }

  @Test
  void a_delivery_is_retried_once_and_a_failed_retry_again() {
    Delivery failed = fail(1).get(0);
    Delivery retry = acme.retry(webhook, failed.id());

    assertThat(codeOf(failed.id())).isEqualTo(ErrorCode.DELIVERY_ALREADY_RETRIED);
    assertThat(codeOf(retry.id())).isEqualTo(ErrorCode.DELIVERY_NOT_FAILED);
    kit.runUntilIdle();
    assertThat(acme.retry(webhook, retry.id()).retryOf()).isEqualTo(retry.id());
  }

  @Test
  void what_has_not_failed_or_does_not_exist_is_refused() {
    acme.publish(Event.of("order.paid", Map.of()));
    Delivery delivery = log().get(0);
    assertThat(codeOf(delivery.id())).isEqualTo(ErrorCode.DELIVERY_NOT_FAILED);
    kit.runUntilIdle();

    assertThat(codeOf(delivery.id())).isEqualTo(ErrorCode.DELIVERY_NOT_FAILED);
    assertThat(codeOf("dlv_00000000000000000000000000000000"))
        .isEqualTo(ErrorCode.DELIVERY_NOT_FOUND);
    assertThat(codeOf("nonsense")).isEqualTo(ErrorCode.DELIVERY_NOT_FOUND);
    WebhookException foreign = catchThrowableOfType(
        WebhookException.class, () -> kit.account("other").retry(webhook, delivery.id()));
    assertThat(foreign.code()).isEqualTo(ErrorCode.WEBHOOK_NOT_FOUND);
  }

  @Test
  void of_twenty_calls_at_once_exactly_one_is_accepted() {
    String failed = fail(1).get(0).id();

    List<String> answers = IntStream.range(0, 20)
        .parallel()
        .mapToObj(i -> {
          try {
            return acme.retry(webhook, failed).status().name();
          } catch (WebhookException e) {
            return e.code().name();
          }
        })
        .toList();

    assertThat(answers).containsOnlyOnce("PENDING").hasSize(20);
    assertThat(answers).filteredOn("DELIVERY_ALREADY_RETRIED"::equals).hasSize(19);
    assertThat(log()).hasSize(2);
  }

  @Test
  void the_retry_of_a_paused_webhook_waits() {
    Delivery failed = fail(1).get(0);
    receiver.forget();
    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.PAUSED));

    acme.retry(webhook, failed.id());
    kit.runUntilIdle();
    assertThat(receiver.requests()).isEmpty();

    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.ACTIVE));
    kit.advance(Duration.ofSeconds(2));
    assertThat(receiver.requests()).hasSize(1);
  }

  @Test
  void the_same_key_retries_once_and_answers_the_same() {
    Delivery failed = fail(1).get(0);
    Delivery first = acme.withIdempotencyKey("k1").retry(webhook, failed.id());
    kit.runUntilIdle();

    assertThat(acme.withIdempotencyKey("k1").retry(webhook, failed.id())).isEqualTo(first);
    assertThat(log()).hasSize(2);
  }

  @Test
  void a_retry_in_a_hosts_transaction_takes_effect_with_it() {
    List<Delivery> failed = fail(2);
    receiver.forget();

    try (InMemoryTransaction host = store.begin()) {
      acme.in(host).retry(webhook, failed.get(0).id());
      host.rollback();
    }
    try (InMemoryTransaction host = store.begin()) {
      acme.in(host).retry(webhook, failed.get(0).id());
      kit.runUntilIdle();
      assertThat(receiver.requests()).isEmpty();
      host.commit();
      host.committed();
    }

    kit.runUntilIdle();
    assertThat(receiver.requests()).hasSize(1);
  }

  @Test
  void recovering_retries_what_failed_since_then_and_was_not_retried() {
    fail(1);
    kit.advance(Duration.ofHours(1));
    Instant since = kit.clock().instant();
    List<Delivery> failed = fail(3);
    acme.retry(webhook, failed.get(0).id());
    kit.advance(Duration.ofMinutes(1));
    receiver.forget();
    receiver.answers(200);

    assertThat(acme.recover(webhook, since)).as("two, and the failed retry").isEqualTo(3);
    assertThat(acme.recover(webhook, since)).isZero();

    kit.runUntilIdle();
    assertThat(receiver.requests()).hasSize(3);
  }

  @Test
  void recovering_many_takes_several_batches_and_repeats_none() {
    fail(1_001);
    kit.advance(Duration.ofSeconds(1));
    Instant since = kit.clock().instant().minus(Duration.ofDays(14));

    assertThat(acme.withIdempotencyKey("k1").recover(webhook, since)).isEqualTo(1_001);
    assertThat(acme.withIdempotencyKey("k1").recover(webhook, since)).isEqualTo(1_001);
    assertThat(acme.recover(webhook, since)).isZero();
    assertThat(acme.get(webhook).webhook().statistics().pending()).isEqualTo(1_001);
  }

  @Test
  void recovering_many_that_wait_takes_several_batches_and_repeats_none() {
    try (TestWebhooks patient = TestWebhooks.on(
        store,
        EventCatalog.acceptingAny(),
        builder -> builder.retrySchedule(RetrySchedule.after(Duration.ofDays(1))))) {
      Instant since = patient.clock().instant();
      patient.receiver(URL).answers(500);
      for (int i = 0; i < 1_001; i++) {
        patient.account("acme").publish(Event.of("order.paid", Map.of("orderId", i)));
      }
      patient.advance(Duration.ofHours(1));
      AccountWebhooks asking = patient.account("acme");

      assertThat(asking.withIdempotencyKey("k1").recover(webhook, since)).isEqualTo(1_001);
      assertThat(asking.withIdempotencyKey("k1").recover(webhook, since)).isEqualTo(1_001);
      assertThat(asking.recover(webhook, since)).isZero();
      patient.runUntilIdle();

      assertThat(patient.receiver(URL).requests()).hasSize(2_002);
    }
  }

  @Test
  void recovering_looks_back_14_days_at_most() {
    Instant since = kit.clock().instant().minus(Duration.ofDays(14));

    assertThat(acme.recover(webhook, since)).isZero();
    WebhookException refusal = catchThrowableOfType(
        WebhookException.class, () -> acme.recover(webhook, since.minusNanos(1_000)));
    assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(refusal).hasMessageContaining("since");
    WebhookException unknown =
        catchThrowableOfType(WebhookException.class, () -> acme.recover("wh_unknown", since));
    assertThat(unknown.code()).isEqualTo(ErrorCode.WEBHOOK_NOT_FOUND);
  }

  private List<Delivery> fail(int count) {
    receiver.answers(500);
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(Event.of("order.paid", Map.of("orderId", i)));
    }
    acme.publish(events);
    kit.runUntilIdle();
    return acme.deliveries(webhook, DeliveryQuery.latest().limit(Math.min(count, 500)))
        .data();
  }

  private List<Delivery> log() {
    return acme.deliveries(webhook, DeliveryQuery.latest()).data();
  }

  private Delivery find(String delivery) {
    return acme.delivery(webhook, delivery).delivery();
  }

  private ErrorCode codeOf(String delivery) {
    return catchThrowableOfType(WebhookException.class, () -> acme.retry(webhook, delivery))
        .code();
  }
}
