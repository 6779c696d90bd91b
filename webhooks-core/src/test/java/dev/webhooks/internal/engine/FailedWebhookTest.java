package dev.webhooks.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.DeliveryListener.Trouble;
import dev.webhooks.spi.DeliveryListener.TroubleReason;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.EndpointHealth;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryTransaction;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests how webhooks fail, what becomes of their deliveries, and who is told. */
class FailedWebhookTest {
  private static final String URL = "https://hooks.acme.example/in";
  private static final Event PAID = Event.of("order.paid", Map.of("orderId", 17));

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();
  private final Faults faults = new Faults();
  private final RecordingListener listener = new RecordingListener();
  private final TestWebhooks kit = TestWebhooks.on(
      faults.on(store), EventCatalog.acceptingAny(), builder -> builder.listener(listener));
  private final AccountWebhooks acme = kit.account("acme");
  private final TestReceiver receiver = kit.receiver(URL);
  private final String webhook =
      acme.create(WebhookDraft.to(URL).events("*")).webhook().id();
  private final Instant start = kit.clock().instant();

  @AfterEach
  void close() {
    kit.close();
  }

  private WebhookStatus status() {
    return acme.get(webhook).webhook().status();
  }

  private Delivery delivery(String eventId) {
    return acme.deliveries(webhook, DeliveryQuery.latest()).data().stream()
        .filter(delivery -> delivery.eventId().equals(eventId))
        .findFirst()
        .orElseThrow();
  }

  private void advance(Duration step, int times) {
    for (int i = 0; i < times; i++) {
      kit.advance(step);
    }
  }

  /** Publishes an event every six hours, each of which is attempted at once and then retried. */
  private void publishForDays(double days) {
    for (int quarter = 0; quarter < days * 4; quarter++) {
      acme.publish(PAID);
      kit.runUntilIdle();
      kit.advance(Duration.ofHours(6));
    }
  }

  @Test
  void an_endpoint_that_is_gone_fails_its_webhook_at_once_and_what_failed_can_be_recovered() {
    receiver.answers(200, 410);
    acme.publish(PAID.withId("fine"));
    kit.runUntilIdle();
    acme.publish(PAID.withId("gone"));
    kit.runUntilIdle();

    assertThat(status()).isEqualTo(WebhookStatus.FAILED);
    assertThat(delivery("gone").status()).isEqualTo(DeliveryStatus.FAILED);
    assertThat(delivery("gone").error()).isEqualTo(DeliveryError.HTTP_STATUS);
    assertThat(delivery("gone").responseStatus()).isEqualTo(410);
    assertThat(delivery("gone").attempts()).isEqualTo(1);

    acme.publish(PAID.withId("later"));
    kit.runUntilIdle();
    advance(Duration.ofSeconds(1), 2);
    assertThat(delivery("later").status()).isEqualTo(DeliveryStatus.FAILED);
    assertThat(delivery("later").error()).isEqualTo(DeliveryError.WEBHOOK_FAILED);
    assertThat(delivery("later").attempts()).isZero();
    assertThat(receiver.requests()).hasSize(2);
    assertThat(listener.calls())
        .containsExactly(
            "attempt 1 of fine",
            "succeeded fine",
            "attempt 1 of gone",
            "failed gone http_status",
            "webhook failed GONE",
            "failed later webhook_failed");
    assertThat(listener.troubles())
        .containsExactly(new Trouble(webhook, "acme", TroubleReason.GONE, start, 1));

    receiver.answers(200);
    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.ACTIVE));
    assertThat(acme.recover(webhook, start)).isEqualTo(2);
    kit.runUntilIdle();
    assertThat(receiver.requests())
        .extracting(ReceivedRequest::eventId)
        .containsExactlyInAnyOrder("fine", "gone", "gone", "later");
    assertThat(status()).isEqualTo(WebhookStatus.ACTIVE);
    assertThat(kit.webhooks().health().pending()).isZero();
  }

  @Test
  void what_waits_in_memory_and_for_a_retry_ends_with_its_webhook() {
    receiver.answers(500, 410);
    acme.publish(PAID.withId("waits-for-a-retry"));
    kit.runUntilIdle();
    acme.publish(PAID.withId("gone"));
    kit.runUntilIdle();
    advance(Duration.ofSeconds(1), 2);

    assertThat(delivery("waits-for-a-retry").error()).isEqualTo(DeliveryError.WEBHOOK_FAILED);
    assertThat(delivery("waits-for-a-retry").attempts()).isEqualTo(1);
    assertThat(receiver.requests()).hasSize(2);
  }

  @Test
  void a_webhook_whose_row_is_locked_by_a_host_fails_as_soon_as_it_is_free() {
    receiver.answers(410);
    InMemoryTransaction host = store.begin();
    acme.in(host).update(webhook, WebhookPatch.empty().name("renamed"));
    acme.publish(PAID);
    kit.runUntilIdle();
    advance(Duration.ofSeconds(1), 3);
    assertThat(status()).isEqualTo(WebhookStatus.ACTIVE);

    host.rollback();
    kit.advance(Duration.ofSeconds(1));

    assertThat(status()).isEqualTo(WebhookStatus.FAILED);
    assertThat(listener.calls("webhook failed")).hasSize(1);
  }

  @Test
  void a_webhook_that_was_changed_since_does_not_fail_for_what_its_old_endpoint_said() {
    receiver.answers(410);
    InMemoryTransaction host = store.begin();
    acme.in(host).update(webhook, WebhookPatch.empty().url("https://new.example/in"));
    acme.publish(PAID);
    kit.runUntilIdle();

    host.commit();
    host.committed();
    advance(Duration.ofSeconds(1), 3);

    assertThat(receiver.requests()).hasSize(1);
    assertThat(status()).isEqualTo(WebhookStatus.ACTIVE);
    assertThat(listener.calls("webhook failed")).isEmpty();
  }

  @Test
  void a_webhook_that_only_fails_is_warned_of_after_half_of_five_days_and_fails_after_them() {
    receiver.answers(500);

    publishForDays(2.25);
    assertThat(listener.calls("warned", "webhook failed")).isEmpty();
    publishForDays(2.5);
    assertThat(listener.calls("warned", "webhook failed")).containsExactly("warned FAILING");
    assertThat(status()).isEqualTo(WebhookStatus.ACTIVE);
    publishForDays(0.5);

    assertThat(status()).isEqualTo(WebhookStatus.FAILED);
    assertThat(listener.calls("warned", "webhook failed"))
        .containsExactly("warned FAILING", "webhook failed FAILING");
    assertThat(listener.troubles()).allSatisfy(trouble -> {
      assertThat(trouble.webhookId()).isEqualTo(webhook);
      assertThat(trouble.account()).isEqualTo("acme");
      assertThat(trouble.since()).isEqualTo(start);
      assertThat(trouble.failures()).isGreaterThanOrEqualTo(10);
    });
  }

  @Test
  void any_success_ends_the_row_of_failures() {
    receiver.answers(500);
    publishForDays(4);
    receiver.answers(200, 500);
    acme.publish(PAID);
    kit.runUntilIdle();

    publishForDays(2.25);

    assertThat(status()).isEqualTo(WebhookStatus.ACTIVE);
    assertThat(listener.calls("warned", "webhook failed")).containsExactly("warned FAILING");
  }

  @Test
  void setting_the_status_to_active_ends_the_row_of_failures() {
    receiver.answers(500);
    publishForDays(4);

    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.ACTIVE));
    publishForDays(2.25);

    assertThat(status()).isEqualTo(WebhookStatus.ACTIVE);
  }

  @Test
  void a_success_that_nobody_reported_is_found_in_the_statistics() {
    receiver.answers(500, 200);
    acme.publish(PAID);
    kit.runUntilIdle();
    kit.advance(Duration.ofSeconds(5));
    long number = 1;
    EndpointHealth stale =
        new EndpointHealth(30, start.minus(Duration.ofDays(9)), start, null, 0, true);
    store.health().change(List.of(number), (same, known) -> stale);
    receiver.answers(500);

    acme.publish(PAID);
    kit.runUntilIdle();

    assertThat(status()).isEqualTo(WebhookStatus.ACTIVE);
    assertThat(known(number).failures()).isEqualTo(1);
    assertThat(known(number).warned()).isFalse();
  }

  private EndpointHealth known(long number) {
    return store
        .health()
        .change(List.of(number), (same, known) -> known)
        .get(number)
        .after();
  }

  @Test
  void nothing_of_this_costs_a_statement_while_all_is_well() {
    receiver.answers(200);
    for (int i = 0; i < 50; i++) {
      acme.publish(PAID);
      kit.advance(Duration.ofSeconds(1));
    }

    assertThat(receiver.requests()).hasSize(50);
    assertThat(faults.calls("change")).isZero();
    assertThat(faults.calls("fail")).isZero();
  }

  @Test
  void one_success_is_written_after_a_failure_and_no_more() {
    receiver.answers(500, 200);
    acme.publish(PAID);
    kit.runUntilIdle();
    kit.advance(Duration.ofSeconds(5));
    assertThat(
            store.health().change(List.of(1L), (same, known) -> known).get(1L).after())
        .isNull();
    int written = faults.calls("change");

    for (int i = 0; i < 20; i++) {
      acme.publish(PAID);
      kit.advance(Duration.ofSeconds(2));
    }

    assertThat(written).isEqualTo(2);
    assertThat(faults.calls("change")).isEqualTo(written);
  }

  @Test
  void a_success_of_another_instance_counts_too() {
    receiver.answers(500);
    acme.publish(PAID);
    kit.runUntilIdle();
    assertThat(known(1).failures()).isEqualTo(1);

    TestWebhooks other = TestWebhooks.on(store, EventCatalog.acceptingAny());
    TestReceiver others = other.receiver(URL);
    other.account("acme").publish(PAID.withId("from-the-other"));
    other.runUntilIdle();

    assertThat(others.requests()).hasSize(1);
    assertThat(known(1)).isNull();
  }

  @Test
  void health_is_written_once_the_database_answers_again() {
    faults.before("change", 2, new StoreUnavailableException("away", false, null));
    receiver.answers(500);
    acme.publish(PAID);
    kit.runUntilIdle();
    assertThat(known(1)).isNull();

    advance(Duration.ofSeconds(1), 3);

    assertThat(known(1).failures()).isEqualTo(1);
  }

  @Test
  void faults_of_the_library_are_not_counted_against_the_endpoint() {
    receiver.breaks();
    acme.publish(PAID);
    kit.runUntilIdle();

    assertThat(receiver.requests()).hasSize(1);
    assertThat(known(1)).isNull();
  }

  @Test
  void a_paused_webhook_is_served_as_soon_as_it_is_active_and_expiry_counts_meanwhile() {
    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.PAUSED));
    acme.publish(PAID.withId("expires"));
    kit.runUntilIdle();
    kit.advance(Duration.ofDays(3));
    acme.publish(PAID.withId("waits"));
    kit.advance(Duration.ofDays(2).plusSeconds(1));

    assertThat(delivery("expires").status()).isEqualTo(DeliveryStatus.FAILED);
    assertThat(delivery("expires").error()).isEqualTo(DeliveryError.EXPIRED);
    assertThat(listener.calls()).containsExactly("failed expires expired");
    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.ACTIVE));
    kit.runUntilIdle();

    assertThat(receiver.requests()).extracting(ReceivedRequest::eventId).containsExactly("waits");
  }

  @Test
  void a_delivery_that_instances_die_of_ends_as_lost_and_is_told() {
    kit.webhooks().close();
    for (int death = 0; death < 6; death++) {
      TestWebhooks victim = TestWebhooks.on(store, EventCatalog.acceptingAny());
      if (death == 0) {
        victim.account("acme").publish(PAID.withId("poison"));
      }
      Map<Long, Long> beats = store.instances().beat(0).beats();
      assertThat(beats).hasSize(1);
      long number = beats.keySet().iterator().next();
      if (death > 0) {
        assertThat(claimOne(number)).isEqualTo(1);
      }
      assertThat(store.instances().declareDead(number, beats.get(number))).isTrue();
    }
    RecordingListener survivors = new RecordingListener();
    TestWebhooks survivor =
        TestWebhooks.on(store, EventCatalog.acceptingAny(), builder -> builder.listener(survivors));

    survivor.runUntilIdle();

    assertThat(survivors.calls()).contains("failed poison lost");
    assertThat(delivery("poison").error()).isEqualTo(DeliveryError.LOST);
  }

  private int claimOne(long instance) {
    return store
        .queue()
        .claim(new ClaimRequest(instance, store.currentTime(), 0, 1, 1, 1_000, Map.of()))
        .size();
  }
}
