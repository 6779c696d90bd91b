package dev.webhooks.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.Attempt;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.RetrySchedule;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.TestAnswer;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** That the kit shows a host what production would do, and says plainly what it did. */
class TestWebhooksTest {
  private static final String URL = "https://hooks.acme.example/in";
  private static final String OTHER_URL = "https://hooks.acme.example/other";
  private static final Event PAID = Event.of("order.paid", Map.of("orderId", 17));

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();

  @AutoClose
  private final TestWebhooks kit = TestWebhooks.on(store, EventCatalog.acceptingAny());

  private final AccountWebhooks acme = kit.account("acme");
  private final TestReceiver receiver = kit.receiver(URL);
  private final String webhook =
      acme.create(WebhookDraft.to(URL).events("*")).webhook().id();

  @Test
  void an_event_that_the_catalogue_of_production_lacks_fails_the_test() {
    EventCatalog shop = EventCatalog.builder()
        .event("order.paid", "An order was paid")
        .event("order.sent", "An order was sent")
        .build();

    try (TestWebhooks strict = TestWebhooks.inMemory(shop)) {
      assertThat(strict.account("acme").publish(PAID).deliveries()).isZero();
      assertThatThrownBy(() -> strict.account("acme").publish(Event.of("order.piad", Map.of())))
          .isInstanceOf(WebhookException.class)
          .hasMessageContaining(
              "\"order.piad\" is not in the catalogue; it has" + " \"order.paid\", \"order.sent\"");
    }
  }

  @Test
  void ten_attempts_are_made_at_their_exact_times_in_one_long_advance() {
    receiver.answers(500);
    Instant published = kit.clock().instant();
    acme.publish(PAID);

    kit.advance(Duration.ofDays(4));

    List<Instant> expected = new ArrayList<>(List.of(published));
    for (String wait : List.of("5s", "5m", "30m", "2h", "5h", "10h", "14h", "20h", "24h")) {
      Instant before = expected.get(expected.size() - 1);
      expected.add(before.plus(Duration.parse("PT" + wait)));
    }
    assertThat(receiver.requests()).extracting(ReceivedRequest::at).isEqualTo(expected);
    assertThat(receiver.requests())
        .extracting(ReceivedRequest::attempt)
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    assertThat(kit.clock().instant()).isEqualTo(published.plus(Duration.ofDays(4)));
    assertThat(kit.deliveries("acme"))
        .extracting(Delivery::status)
        .containsExactly(DeliveryStatus.FAILED);
  }

  @Test
  void retries_of_several_deliveries_are_made_in_the_order_of_their_due_times() {
    kit.receiver(OTHER_URL).asksToWait(Duration.ofMinutes(4)).answers(200);
    acme.create(WebhookDraft.to(OTHER_URL).events("invoice.sent"));
    receiver.answers(500, 500, 200);
    acme.publish(PAID.withId("first"));
    acme.publish(Event.of("invoice.sent", Map.of()).withId("second"));
    Instant start = kit.clock().instant();

    kit.advance(Duration.ofDays(1));

    assertThat(receiver.requests())
        .filteredOn(request -> request.eventId().equals("first"))
        .extracting(request -> Duration.between(start, request.at()))
        .containsExactly(Duration.ZERO, Duration.ofSeconds(5));
    assertThat(kit.receiver(OTHER_URL).requests())
        .extracting(request -> Duration.between(start, request.at()))
        .containsExactly(Duration.ZERO, Duration.ofMinutes(4));
  }

  @Test
  void steps_and_one_long_advance_send_the_same() {
    receiver.answers(500);
    acme.publish(PAID);
    for (int minute = 0; minute < 60; minute++) {
      kit.advance(Duration.ofMinutes(1));
    }
    List<Instant> inSteps =
        receiver.requests().stream().map(ReceivedRequest::at).toList();

    TestWebhooks other = TestWebhooks.inMemory(EventCatalog.acceptingAny());
    other.receiver(URL).answers(500);
    other.account("acme").create(WebhookDraft.to(URL).events("*"));
    other.account("acme").publish(PAID);
    other.advance(Duration.ofHours(1));

    assertThat(other.receiver(URL).requests())
        .extracting(ReceivedRequest::at)
        .isEqualTo(inSteps)
        .hasSize(4);
    other.close();
  }

  @Test
  void a_paused_webhook_lets_its_deliveries_expire_while_time_passes() {
    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.PAUSED));
    acme.publish(PAID);

    kit.advance(Duration.ofDays(5).plusHours(1));

    assertThat(kit.deliveries("acme"))
        .extracting(Delivery::error)
        .containsExactly(DeliveryError.EXPIRED);
    assertThat(receiver.requests()).isEmpty();
  }

  @Test
  void time_does_not_pass_backward() {
    assertThatThrownBy(() -> kit.advance(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("forward");
  }

  @Test
  void answers_are_given_in_the_order_in_which_they_were_scripted() {
    receiver
        .answers(500)
        .asksToWait(Duration.ofMinutes(10))
        .fails(DeliveryError.RESET)
        .answers(TestAnswer.status(204));
    acme.publish(PAID);

    kit.advance(Duration.ofDays(1));

    String delivery = kit.deliveries("acme").get(0).id();
    assertThat(acme.delivery(webhook, delivery).attemptLog())
        .extracting(Attempt::status)
        .containsExactly(500, 503, null, 204);
    assertThat(receiver.requests().get(2).at())
        .isEqualTo(receiver.requests().get(1).at().plus(Duration.ofMinutes(10)));
  }

  @Test
  void a_slow_answer_is_logged_with_its_duration_and_the_retry_counts_from_its_end() {
    receiver.answers(
        TestAnswer.status(500).taking(Duration.ofSeconds(20)).body("out of paper"),
        TestAnswer.status(200));
    Instant published = kit.clock().instant();
    acme.publish(PAID);

    kit.advance(Duration.ofSeconds(25));

    assertThat(receiver.requests())
        .extracting(request -> Duration.between(published, request.at()).toSeconds())
        .containsExactly(0L, 25L);
    Attempt first =
        acme.delivery(webhook, kit.deliveries("acme").get(0).id()).attemptLog().get(0);
    assertThat(first.durationMs()).isEqualTo(20_000);
    assertThat(first.responseBody()).isEqualTo("out of paper");
  }

  @Test
  void an_answer_slower_than_the_timeout_is_none() {
    receiver.answers(TestAnswer.status(200).taking(Duration.ofMinutes(1)));
    Instant published = kit.clock().instant();
    acme.publish(PAID);

    kit.runUntilIdle();

    Delivery delivery = kit.deliveries("acme").get(0);
    assertThat(delivery.error()).isEqualTo(DeliveryError.TIMEOUT);
    assertThat(delivery.responseTimeMs()).isEqualTo(30_000);
    assertThat(kit.clock().instant()).isEqualTo(published.plusSeconds(30));
  }

  @Test
  void one_run_sends_everything_however_slow_the_receivers_are() {
    receiver.answers(TestAnswer.status(200).taking(Duration.ofSeconds(29)));
    for (int number = 0; number < 20; number++) {
      acme.publish(PAID.withId("event-" + number));
    }

    kit.runUntilIdle();

    assertThat(receiver.requests()).hasSize(20);
    assertThat(kit.deliveries("acme"))
        .hasSize(20)
        .extracting(Delivery::status)
        .containsOnly(DeliveryStatus.SUCCESS);
  }

  @Test
  void what_fails_without_an_answer_has_no_body() {
    TestAnswer reset = TestAnswer.failure(DeliveryError.RESET);

    assertThatThrownBy(() -> reset.body("text")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> reset.retryAfter(Duration.ofSeconds(1)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void a_request_shows_what_a_test_asks_for() {
    acme.publish(PAID.withId("evt-1"));
    kit.runUntilIdle();

    ReceivedRequest request = receiver.onlyRequest();

    assertThat(request.event()).isEqualTo("order.paid");
    assertThat(request.eventId()).isEqualTo("evt-1");
    assertThat(request.attempt()).isEqualTo(1);
    assertThat(request.deliveryId()).isEqualTo(kit.deliveries("acme").get(0).id());
    assertThat(request.header("Content-Type")).isEqualTo("application/json");
    assertThat(request.data()).containsExactly(Map.entry("orderId", 17));
    assertThat(request.json())
        .containsEntry("type", "order.paid")
        .containsKeys("id", "timestamp", "data");
    assertThat(request).isSameAs(receiver.lastRequest());
  }

  @Test
  void a_forgotten_run_is_named_as_what_is_missing() {
    acme.publish(PAID);

    assertThatThrownBy(receiver::onlyRequest)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(URL)
        .hasMessageContaining("runUntilIdle()");
    assertThatThrownBy(receiver::lastRequest).hasMessageContaining("runUntilIdle()");
  }

  @Test
  void a_request_too_many_is_named_with_all_that_came() {
    acme.publish(List.of(PAID.withId("a"), PAID.withId("b")));
    kit.runUntilIdle();

    assertThatThrownBy(receiver::onlyRequest)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("2 requests")
        .hasMessageContaining("order.paid a, attempt 1")
        .hasMessageContaining("order.paid b, attempt 1");
  }

  @Test
  void a_receiver_that_knows_another_secret_sees_invalid_signatures() {
    receiver.knows("not the secret of the webhook");
    acme.publish(PAID);
    kit.runUntilIdle();

    assertThat(receiver.onlyRequest().signatureIsValid()).isFalse();
    assertThat(receiver.onlyRequest().toString()).contains("signature INVALID");
  }

  @Test
  void a_receiver_may_know_the_old_and_the_new_secret() {
    receiver.knows("the old secret of acme");
    acme.update(webhook, WebhookPatch.empty().secret("the old secret of acme"));
    acme.rotateSecret(webhook, SecretRotation.to("the new secret of acme"));
    acme.publish(PAID);

    kit.advance(Duration.ofHours(25));
    acme.publish(PAID);
    kit.runUntilIdle();
    receiver.knows("the new secret of acme");
    acme.publish(PAID);
    kit.runUntilIdle();

    assertThat(receiver.requests())
        .extracting(ReceivedRequest::signatureIsValid)
        .containsExactly(true, false, true);
  }

  @Test
  void a_receiver_is_found_by_the_url_as_it_was_given() {
    acme.create(WebhookDraft.to("HTTPS://Hooks.Beta.example:443").events("invoice.sent"));
    acme.publish(Event.of("invoice.sent", Map.of()));
    kit.runUntilIdle();

    assertThat(kit.receiver("HTTPS://Hooks.Beta.example:443").requests()).isEmpty();
    kit.advance(Duration.ofSeconds(5));
    assertThat(kit.receiver("https://hooks.beta.example/").requests()).hasSize(1);
    assertThat(kit.receiver("HTTPS://Hooks.Beta.example:443"))
        .isSameAs(kit.receiver("https://hooks.beta.example/"));
  }

  @Test
  void nobody_is_at_a_url_without_a_receiver() {
    acme.create(WebhookDraft.to(OTHER_URL).events("invoice.sent"));
    acme.publish(Event.of("invoice.sent", Map.of()));
    kit.runUntilIdle();

    assertThat(kit.deliveries("acme")).extracting(Delivery::error).contains(DeliveryError.CONNECT);
  }

  @Test
  void names_are_looked_at_again_at_each_attempt() {
    acme.publish(PAID);
    kit.resolves("hooks.acme.example", "10.0.0.7");
    kit.runUntilIdle();
    DeliveryError first = kit.deliveries("acme").get(0).error();
    kit.resolves("hooks.acme.example");
    kit.advance(Duration.ofSeconds(5));
    DeliveryError second = kit.deliveries("acme").get(0).error();
    kit.resolves("hooks.acme.example", "93.184.215.14");
    kit.advance(Duration.ofMinutes(5));

    assertThat(first).isEqualTo(DeliveryError.BLOCKED_ADDRESS);
    assertThat(second).isEqualTo(DeliveryError.DNS);
    assertThat(receiver.onlyRequest().attempt()).isEqualTo(3);
  }

  @Test
  void deliveries_of_all_webhooks_of_an_account_are_listed_in_the_order_of_publishing() {
    acme.create(WebhookDraft.to(OTHER_URL).events("*"));
    kit.account("other").create(WebhookDraft.to(URL).events("*"));
    kit.account("other").publish(PAID.withId("foreign"));
    for (int number = 0; number < 300; number++) {
      acme.publish(PAID.withId("event-" + number));
    }

    List<Delivery> deliveries = kit.deliveries("acme");

    assertThat(deliveries).hasSize(600).isSortedAccordingTo((a, b) -> a.id().compareTo(b.id()));
    assertThat(deliveries.get(0).eventId()).isEqualTo("event-0");
    assertThat(deliveries).extracting(Delivery::eventId).doesNotContain("foreign");
  }

  @Test
  void two_kits_on_one_store_share_its_webhooks_and_its_work() {
    try (TestWebhooks other = TestWebhooks.on(
        store,
        EventCatalog.acceptingAny(),
        builder -> builder.retrySchedule(RetrySchedule.after()))) {
      other.receiver(URL).answers(500);
      acme.publish(PAID.withId("mine"));
      other.account("acme").publish(PAID.withId("others"));
      kit.runUntilIdle();
      other.runUntilIdle();

      assertThat(receiver.onlyRequest().eventId()).isEqualTo("mine");
      assertThat(other.receiver(URL).onlyRequest().eventId()).isEqualTo("others");
      assertThat(other.deliveries("acme"))
          .extracting(Delivery::status)
          .containsExactlyInAnyOrder(DeliveryStatus.SUCCESS, DeliveryStatus.FAILED);
    }
  }

  @Test
  void a_retry_that_another_kit_scheduled_is_made_by_whoever_lives_when_it_is_due() {
    receiver.answers(500);
    acme.publish(PAID);
    kit.runUntilIdle();
    TestWebhooks restarted = TestWebhooks.on(store, EventCatalog.acceptingAny());
    restarted.receiver(URL);

    restarted.advance(Duration.ofMinutes(1));

    assertThat(restarted.receiver(URL).onlyRequest().attempt()).isEqualTo(2);
  }

  @Test
  void the_code_under_test_may_publish_from_threads_of_its_own() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int number = 0; number < 4; number++) {
      Thread thread = new Thread(() -> {
        for (int event = 0; event < 50; event++) {
          kit.webhooks().account("acme").publish(PAID);
        }
      });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }

    kit.runUntilIdle();

    assertThat(receiver.requests()).hasSize(200).allMatch(ReceivedRequest::signatureIsValid);
  }
}
