package dev.webhooks.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.store.EndpointHealth;
import dev.webhooks.spi.store.HealthRegister.ProbeRequest;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Endpoints that cannot be reached are left alone by all instances, and then probed by one. */
class LeftAloneTest {
  private static final String URL = "https://hooks.acme.example/in";
  private static final Event PAID = Event.of("order.paid", Map.of("orderId", 17));
  private static final long NUMBER = 1;

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();
  private final RecordingListener listener = new RecordingListener();
  private final TestWebhooks kit =
      TestWebhooks.on(store, EventCatalog.acceptingAny(), builder -> builder.listener(listener));
  private final TestWebhooks other = TestWebhooks.on(store, EventCatalog.acceptingAny());
  private final AccountWebhooks acme = kit.account("acme");
  private final TestReceiver receiver = kit.receiver(URL);
  private final TestReceiver othersReceiver = other.receiver(URL);
  private final String webhook =
      acme.create(WebhookDraft.to(URL).events("*")).webhook().id();

  @AfterEach
  void close() {
    kit.close();
    other.close();
  }

  private EndpointHealth known() {
    return store
        .health()
        .change(List.of(NUMBER), (same, known) -> known)
        .get(NUMBER)
        .after();
  }

  private List<Delivery> log() {
    return acme.deliveries(webhook, DeliveryQuery.latest()).data();
  }

  private void advance(Duration step) {
    kit.advance(step);
    other.advance(step);
  }

  private int requests() {
    return receiver.requests().size() + othersReceiver.requests().size();
  }

  /** Publishes five events, none of which reaches the endpoint. */
  private void goDown() {
    receiver.fails(DeliveryError.CONNECT);
    othersReceiver.fails(DeliveryError.CONNECT);
    for (int i = 1; i <= 5; i++) {
      acme.publish(PAID.withId("event-" + i));
    }
    kit.runUntilIdle();
    assertThat(receiver.requests()).hasSize(5);
    assertThat(known().suspendedUntil()).isNotNull();
  }

  @Test
  void four_failures_do_nothing() {
    receiver.fails(DeliveryError.RESET);
    for (int i = 0; i < 4; i++) {
      acme.publish(PAID);
    }
    kit.runUntilIdle();

    assertThat(known().suspendedUntil()).isNull();
    kit.advance(Duration.ofSeconds(5));
    assertThat(receiver.requests()).hasSizeGreaterThan(4);
  }

  @Test
  void answers_of_any_status_are_no_reason_to_leave_an_endpoint_alone() {
    receiver.answers(500);
    for (int i = 0; i < 20; i++) {
      acme.publish(PAID);
    }
    kit.runUntilIdle();

    assertThat(receiver.requests()).hasSize(20);
    assertThat(known().suspendedUntil()).isNull();
  }

  @Test
  void while_an_endpoint_is_left_alone_no_instance_sends_and_no_attempt_is_used_up() {
    goDown();
    acme.publish(PAID.withId("fresh"));
    other.account("acme").publish(PAID.withId("fresh-elsewhere"));

    for (int second = 0; second < 7; second++) {
      advance(Duration.ofSeconds(1));
    }

    assertThat(requests()).isEqualTo(5);
    assertThat(log()).hasSize(7).allMatch(d -> d.status() == DeliveryStatus.PENDING);
    assertThat(log()).extracting(Delivery::attempts).containsOnly(0, 1);
    assertThat(kit.webhooks().health().owned()).isZero();
    assertThat(other.webhooks().health().owned()).isZero();
  }

  @Test
  void one_instance_probes_once_and_a_failed_probe_is_no_attempt_of_its_delivery() {
    goDown();
    int attempts = log().stream().mapToInt(Delivery::attempts).sum();
    List<String> told = listener.calls();

    advance(Duration.ofSeconds(10));
    advance(Duration.ofSeconds(1));

    assertThat(requests()).as("one probe").isEqualTo(6);
    assertThat(log().stream().mapToInt(Delivery::attempts).sum()).isEqualTo(attempts);
    assertThat(log()).allMatch(d -> d.status() == DeliveryStatus.PENDING);
    assertThat(acme.delivery(webhook, log().get(0).id()).attemptLog()).hasSize(1);
    assertThat(listener.calls()).isEqualTo(told);
    assertThat(known().failures()).isEqualTo(6);
    assertThat(known().step()).isEqualTo(6);
    for (int second = 0; second < 14; second++) {
      advance(Duration.ofSeconds(1));
    }
    assertThat(requests()).as("left alone for twice as long").isEqualTo(6);
  }

  @Test
  void a_probe_that_succeeds_lets_everything_flow() {
    goDown();
    acme.publish(PAID.withId("fresh"));
    receiver.answers(200);
    othersReceiver.answers(200);
    receiver.forget();

    advance(Duration.ofSeconds(10));
    advance(Duration.ofSeconds(1));

    assertThat(known()).isNull();
    assertThat(log()).hasSize(6).allMatch(d -> d.status() == DeliveryStatus.SUCCESS);
    assertThat(requests()).as("the probe was one of them").isEqualTo(6);
  }

  @Test
  void a_probe_that_is_answered_is_an_attempt_like_any_other() {
    goDown();
    receiver.answers(500);
    othersReceiver.answers(500);

    advance(Duration.ofSeconds(10));

    assertThat(log()).extracting(Delivery::attempts).contains(2);
    assertThat(log()).extracting(Delivery::error).contains(DeliveryError.HTTP_STATUS);
    assertThat(known().suspendedUntil()).isNull();
    assertThat(known().step()).isZero();
  }

  @Test
  void when_the_instance_that_probes_dies_another_one_does_it() {
    goDown();
    kit.clock().advance(Duration.ofSeconds(10));
    other.clock().advance(Duration.ofSeconds(10));
    long dead = store.instances().register("dead");
    assertThat(store
            .health()
            .probe(new ProbeRequest(
                dead, kit.clock().instant(), kit.clock().instant().plusSeconds(40), 1)))
        .hasSize(1);

    advance(Duration.ofSeconds(39));
    assertThat(requests()).isEqualTo(5);
    advance(Duration.ofSeconds(1));

    assertThat(requests()).isEqualTo(6);
  }

  @Test
  void setting_the_status_to_active_ends_the_waiting() {
    goDown();
    receiver.answers(200);
    receiver.forget();
    kit.advance(Duration.ofSeconds(5));
    assertThat(receiver.requests()).isEmpty();

    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.ACTIVE));
    kit.runUntilIdle();

    assertThat(receiver.requests()).hasSize(5);
  }

  @Test
  void another_url_ends_the_waiting() {
    goDown();
    TestReceiver fresh = kit.receiver("https://new.example/in");
    kit.advance(Duration.ofSeconds(5));

    acme.update(webhook, WebhookPatch.empty().url("https://new.example/in"));
    kit.runUntilIdle();

    assertThat(fresh.requests()).hasSize(5);
  }

  @Test
  void an_endpoint_that_stays_away_for_five_days_fails_its_webhook_by_failed_probes() {
    goDown();
    acme.publish(PAID.withId("never-attempted"));

    for (int hour = 0; hour < 5 * 24 - 1; hour++) {
      advance(Duration.ofHours(1));
    }
    assertThat(acme.get(webhook).webhook().status()).isEqualTo(WebhookStatus.ACTIVE);
    assertThat(log()).allMatch(d -> d.status() == DeliveryStatus.PENDING);
    assertThat(log()).extracting(Delivery::attempts).containsOnly(0, 1);
    // A little before the deliveries expire, which were published at the same time.
    acme.publish(PAID.withId("yesterday"));
    advance(Duration.ofHours(1));
    advance(Duration.ofHours(1));

    assertThat(acme.get(webhook).webhook().status()).isEqualTo(WebhookStatus.FAILED);
    assertThat(listener.calls("warned", "webhook failed"))
        .as("by whichever instance probed")
        .hasSizeLessThanOrEqualTo(2);
    kit.advance(Duration.ofSeconds(2));
    kit.advance(Duration.ofSeconds(2));
    assertThat(log()).allMatch(d -> d.status() == DeliveryStatus.FAILED);
    assertThat(receiver.requests())
        .extracting(ReceivedRequest::eventId)
        .doesNotContain("yesterday");
  }

  @Test
  void deliveries_of_an_endpoint_that_is_left_alone_expire() {
    goDown();

    kit.clock().advance(Duration.ofDays(5).plusSeconds(1));
    kit.runUntilIdle();
    kit.advance(Duration.ofSeconds(2));

    assertThat(log()).hasSize(5).allMatch(d -> d.status() == DeliveryStatus.FAILED);
    assertThat(listener.calls("failed")).allMatch(call -> call.endsWith("expired"));
  }
}
