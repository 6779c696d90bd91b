package dev.webhooks.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.Attempt;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryDetails;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.PublishResult;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.model.WebhookStatus;
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

class DeliveryTest {
  private static final String URL = "https://hooks.acme.example/in";
  private static final Event PAID = Event.of("order.paid", Map.of("orderId", 17));

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();
  private final TestWebhooks kit = TestWebhooks.on(
      store,
      EventCatalog.acceptingAny().toBuilder()
          .event("order.sent", "An order was sent", "carrier")
          .build());
  private final AccountWebhooks acme = kit.account("acme");
  private final TestReceiver receiver = kit.receiver(URL);

  @AfterEach
  void close() {
    kit.close();
  }

  private String webhook() {
    return acme.create(WebhookDraft.to(URL).events("order.*")).webhook().id();
  }

  private List<Delivery> log(String webhook) {
    return acme.deliveries(webhook, DeliveryQuery.latest()).data();
  }

  @Test
  void an_event_arrives_signed_with_the_body_and_headers_of_the_contract() {
    String webhook = webhook();

    PublishResult result =
        acme.publish(Event.ofJson("order.paid", "{\"amount\": 9.90, \"orderId\": 17}")
            .at(Instant.parse("2026-01-04T10:00:00Z")));
    assertThat(receiver.requests()).isEmpty();
    kit.runUntilIdle();

    assertThat(result.deliveries()).isEqualTo(1);
    ReceivedRequest request = receiver.requests().get(0);
    assertThat(request.text())
        .isEqualTo("{\"id\":\"" + result.eventId()
            + "\",\"type\":\"order.paid\",\"timestamp\":\"2026-01-04T10:00:00.000Z\","
            + "\"data\":{\"amount\": 9.90, \"orderId\": 17}}");
    assertThat(request.signatureIsValid()).isTrue();
    assertThat(request.header("content-type")).isEqualTo("application/json");
    assertThat(request.header("user-agent")).startsWith("webhooks-java/");
    assertThat(request.event()).isEqualTo("order.paid");
    assertThat(request.eventId()).isEqualTo(result.eventId());
    assertThat(request.header("x-webhook-delivery"))
        .isEqualTo(log(webhook).get(0).id());
    assertThat(request.attempt()).isEqualTo(1);
  }

  @Test
  void only_webhooks_that_subscribe_receive_an_event_and_each_only_once() {
    acme.create(WebhookDraft.to(URL).events("order.*", "order.paid", "*"));
    acme.create(WebhookDraft.to("https://other.example/in").events("invoice.*"));
    kit.account("someone").create(WebhookDraft.to("https://someone.example/in").events("*"));

    assertThat(acme.publish(PAID).deliveries()).isEqualTo(1);
    kit.runUntilIdle();

    assertThat(receiver.requests()).hasSize(1);
    assertThat(kit.receiver("https://someone.example/in").requests()).isEmpty();
  }

  @Test
  void a_failed_attempt_is_repeated_on_schedule_with_the_same_event_id_and_a_fresh_signature() {
    webhook();
    receiver.answers(500, 503, 200);
    acme.publish(PAID);

    kit.runUntilIdle();
    kit.advance(Duration.ofSeconds(4));
    assertThat(receiver.requests()).hasSize(1);
    kit.advance(Duration.ofSeconds(1));
    assertThat(receiver.requests()).hasSize(2);
    kit.advance(Duration.ofMinutes(5));

    List<ReceivedRequest> requests = receiver.requests();
    assertThat(requests).hasSize(3).allMatch(ReceivedRequest::signatureIsValid);
    assertThat(requests).extracting(ReceivedRequest::attempt).containsExactly(1, 2, 3);
    assertThat(requests)
        .extracting(ReceivedRequest::eventId)
        .containsOnly(requests.get(0).eventId());
    assertThat(requests)
        .extracting(request -> request.header("webhook-timestamp"))
        .doesNotHaveDuplicates();
    assertThat(requests)
        .extracting(ReceivedRequest::text)
        .containsOnly(requests.get(0).text());
  }

  @Test
  void a_delivery_is_given_up_after_the_last_attempt_of_the_schedule() {
    String webhook = webhook();
    receiver.answers(500);
    acme.publish(PAID);
    kit.runUntilIdle();
    for (int hours = 0; hours < 5 * 24; hours++) {
      kit.advance(Duration.ofHours(1));
    }

    assertThat(receiver.requests()).hasSize(10);
    Delivery delivery = log(webhook).get(0);
    assertThat(delivery.status()).isEqualTo(DeliveryStatus.FAILED);
    assertThat(delivery.attempts()).isEqualTo(10);
    assertThat(delivery.error()).isEqualTo(DeliveryError.HTTP_STATUS);
    assertThat(delivery.nextAttemptAt()).isNull();
  }

  @Test
  void the_log_shows_every_attempt_and_the_payload() {
    String webhook = webhook();
    receiver.fails(DeliveryError.TIMEOUT).answers(200);
    acme.publish(PAID);
    kit.runUntilIdle();
    Delivery waiting = log(webhook).get(0);
    kit.advance(Duration.ofSeconds(5));

    assertThat(waiting.status()).isEqualTo(DeliveryStatus.PENDING);
    assertThat(waiting.error()).isEqualTo(DeliveryError.TIMEOUT);
    assertThat(waiting.nextAttemptAt()).isEqualTo(waiting.createdAt().plusSeconds(5));
    DeliveryDetails details = acme.delivery(webhook, waiting.id());
    assertThat(details.delivery().status()).isEqualTo(DeliveryStatus.SUCCESS);
    assertThat(details.payload()).isEqualTo("{\"orderId\":17}");
    assertThat(details.attemptLog()).extracting(Attempt::number).containsExactly(1, 2);
    assertThat(details.attemptLog())
        .extracting(Attempt::error)
        .containsExactly(DeliveryError.TIMEOUT, null);
    assertThat(details.attemptLog().get(1).responseBody()).isEqualTo("scripted 200");
  }

  @Test
  void statistics_count_deliveries_and_consecutive_failures() {
    String webhook = webhook();
    receiver.answers(500, 500, 200);
    acme.publish(PAID);
    kit.runUntilIdle();
    kit.advance(Duration.ofSeconds(5));
    WebhookStatistics failing = acme.get(webhook).webhook().statistics();
    kit.advance(Duration.ofMinutes(5));
    WebhookStatistics done = acme.get(webhook).webhook().statistics();

    assertThat(failing.pending()).isEqualTo(1);
    assertThat(failing.consecutiveFailures()).isEqualTo(2);
    assertThat(done.succeeded()).isEqualTo(1);
    assertThat(done.pending()).isZero();
    assertThat(done.consecutiveFailures()).isZero();
    assertThat(done.successRate()).isEqualTo(1.0);
  }

  @Test
  void a_rolled_back_publish_never_happened_and_a_committed_one_arrives() {
    webhook();
    InMemoryTransaction rolledBack = store.begin();
    acme.in(rolledBack).publish(PAID.withId("never"));
    rolledBack.rollback();
    rolledBack.committed();
    InMemoryTransaction committed = store.begin();
    acme.in(committed).publish(PAID.withId("told"));
    committed.commit();
    committed.committed();
    InMemoryTransaction silent = store.begin();
    acme.in(silent).publish(PAID.withId("not-told"));
    silent.commit();

    kit.runUntilIdle();

    assertThat(receiver.requests())
        .extracting(ReceivedRequest::eventId)
        .containsExactlyInAnyOrder("told", "not-told");
  }

  @Test
  void the_same_id_with_the_same_content_is_published_once() {
    webhook();
    PublishResult first = acme.publish(PAID.withId("order-17"));

    PublishResult again = acme.publish(PAID.withId("order-17"));
    List<PublishResult> twice = acme.publish(List.of(PAID.withId("b"), PAID.withId("b")));
    kit.runUntilIdle();

    assertThat(again).isEqualTo(first);
    assertThat(twice).hasSize(2).containsOnly(new PublishResult("b", 1));
    assertThat(receiver.requests())
        .extracting(ReceivedRequest::eventId)
        .containsExactlyInAnyOrder("order-17", "b");
  }

  @Test
  void the_same_id_with_another_content_is_refused_and_all_events_of_the_call_with_it() {
    webhook();
    acme.publish(PAID.withId("order-17"));
    Event other = Event.of("order.paid", Map.of("orderId", 18)).withId("order-17");

    WebhookException refusal = catchThrowableOfType(
        WebhookException.class, () -> acme.publish(List.of(PAID.withId("fresh"), other)));
    kit.runUntilIdle();

    assertThat(refusal.code()).isEqualTo(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY);
    assertThat(receiver.requests())
        .extracting(ReceivedRequest::eventId)
        .containsExactly("order-17");
    assertThat(kit.webhooks().health().owned()).isZero();
  }

  @Test
  void events_that_break_a_rule_are_refused_and_nothing_is_stored() {
    String webhook = webhook();

    assertThat(codeOf(Event.of("webhook.test", Map.of("testPayload", 1))))
        .isEqualTo(ErrorCode.INVALID_EVENTS);
    assertThat(codeOf(Event.of("order.*", Map.of()))).isEqualTo(ErrorCode.INVALID_EVENTS);
    assertThat(codeOf(Event.of("order.sent", Map.of("orderId", 17))))
        .isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(codeOf(Event.ofJson("order.paid", "[1]"))).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(codeOf(Event.ofJson("order.paid", "{\"a\":1,\"a\":2}")))
        .isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(codeOf(Event.ofJson("order.paid", "{\"a\":\"" + "x".repeat(262_144) + "\"}")))
        .isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE);
    assertThat(codeOf(PAID.withId("a.b"))).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(log(webhook)).isEmpty();
  }

  private ErrorCode codeOf(Event event) {
    return catchThrowableOfType(WebhookException.class, () -> acme.publish(event))
        .code();
  }

  @Test
  void an_attempt_at_an_address_that_is_not_public_tells_the_host_once_how_to_allow_it() {
    String webhook = webhook();
    kit.resolves("hooks.acme.example", "10.0.0.7");

    String log = Logged.by(() -> {
      acme.publish(PAID);
      kit.advance(Duration.ofMinutes(6));
    });

    assertThat(acme.delivery(webhook, log(webhook).get(0).id()).attemptLog())
        .hasSize(3)
        .allMatch(attempt -> attempt.error() == DeliveryError.BLOCKED_ADDRESS);
    assertThat(log)
        .containsOnlyOnce("set allowTargets(\"hooks.acme.example\")")
        .doesNotContain("10.0.0.7");
  }

  @Test
  void a_paused_webhook_collects_deliveries_and_receives_them_when_active_again() {
    String webhook = webhook();
    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.PAUSED));
    acme.publish(PAID.withId("while-paused"));
    kit.runUntilIdle();
    assertThat(receiver.requests()).isEmpty();
    assertThat(log(webhook)).extracting(Delivery::status).containsExactly(DeliveryStatus.PENDING);

    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.ACTIVE));
    kit.runUntilIdle();

    assertThat(receiver.requests())
        .extracting(ReceivedRequest::eventId)
        .containsExactly("while-paused");
  }

  @Test
  void what_was_published_before_a_change_goes_to_the_new_url_with_the_new_secret() {
    String webhook = webhook();
    acme.publish(PAID);
    acme.update(
        webhook, WebhookPatch.empty().url("https://new.example/in").secret("a brand new secret"));
    TestReceiver fresh = kit.receiver("https://new.example/in").knows("a brand new secret");
    acme.publish(PAID);
    receiver.answers(500);

    kit.runUntilIdle();
    kit.advance(Duration.ofSeconds(5));

    // The first attempt had been started before the change and may finish; nothing else goes to the
    // old place.
    assertThat(receiver.requests()).hasSizeLessThanOrEqualTo(1);
    assertThat(fresh.requests()).isNotEmpty().allMatch(ReceivedRequest::signatureIsValid);
    assertThat(fresh.requests()).extracting(ReceivedRequest::eventId).doesNotHaveDuplicates();
    assertThat(log(webhook)).extracting(Delivery::status).containsOnly(DeliveryStatus.SUCCESS);
  }

  @Test
  void nothing_is_sent_for_a_deleted_webhook() {
    String webhook = webhook();
    receiver.answers(500);
    acme.publish(PAID);
    kit.runUntilIdle();
    acme.delete(webhook);

    kit.advance(Duration.ofSeconds(5));
    kit.advance(Duration.ofDays(6));

    assertThat(receiver.requests()).hasSize(1);
    assertThat(kit.webhooks().health().pending()).isZero();
  }

  @Test
  void an_endpoint_can_ask_to_be_left_alone_for_longer() {
    String webhook = webhook();
    receiver.asksToWait(Duration.ofMinutes(10)).answers(200);
    acme.publish(PAID);
    kit.runUntilIdle();

    kit.advance(Duration.ofMinutes(9));
    assertThat(receiver.requests()).hasSize(1);
    kit.advance(Duration.ofMinutes(1));

    assertThat(receiver.requests()).hasSize(2);
    assertThat(log(webhook)).extracting(Delivery::status).containsExactly(DeliveryStatus.SUCCESS);
  }

  @Test
  void a_transport_that_throws_fails_the_attempt_and_nothing_else() {
    String webhook = webhook();
    receiver.breaks();
    acme.publish(PAID);

    kit.runUntilIdle();

    Delivery delivery = log(webhook).get(0);
    assertThat(delivery.error()).isEqualTo(DeliveryError.INTERNAL);
    assertThat(delivery.status()).isEqualTo(DeliveryStatus.PENDING);
  }

  @Test
  void thousands_of_events_arrive_once_each() {
    webhook();
    for (int i = 0; i < 3_000; i++) {
      acme.publish(PAID.withId("event-" + i));
    }

    kit.runUntilIdle();

    assertThat(receiver.requests()).hasSize(3_000);
    assertThat(receiver.requests()).extracting(ReceivedRequest::eventId).doesNotHaveDuplicates();
    assertThat(kit.webhooks().health().owned()).isZero();
    assertThat(kit.webhooks().health().pending()).isZero();
  }
}
