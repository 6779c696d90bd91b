package dev.webhooks.internal.engine.base;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.internal.engine.RecordingListener;
import dev.webhooks.model.Attempt;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.spi.DeliveryListener;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue.EndedDelivery;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Tests what reaches a listener, and what its faults do. */
class ListenerCallsTest {
  private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

  private static void finish(
      ListenerCalls calls, String eventId, DeliveryStatus status, int excerpt) {
    ClaimRef claim = new ClaimRef(new DeliveryRef(1, UUID.randomUUID()), 1);
    byte[] nothing = {};
    WebhookConfiguration webhook =
        WebhookConfiguration.of(UUID.randomUUID(), "acme").number(1).build();
    DeliveryError error = status == DeliveryStatus.SUCCESS ? null : DeliveryError.HTTP_STATUS;
    calls.finished(
        new ClaimedDelivery(claim, UUID.randomUUID(), eventId, "t", 0, START, nothing, null),
        webhook,
        new AttemptOutcome(
            claim,
            1,
            START,
            5,
            error == null ? 200 : 500,
            error,
            new byte[excerpt],
            status,
            status == DeliveryStatus.PENDING ? START.plusSeconds(9) : null));
  }

  @Test
  void an_attempt_comes_before_the_end_of_its_delivery() {
    RecordingListener listener = new RecordingListener();
    ListenerCalls calls = new ListenerCalls(listener, new EngineLoop("test"));

    finish(calls, "a", DeliveryStatus.PENDING, 0);
    finish(calls, "b", DeliveryStatus.SUCCESS, 0);
    finish(calls, "c", DeliveryStatus.FAILED, 0);
    calls.callAll();

    assertThat(listener.calls())
        .containsExactly(
            "attempt 1 of a",
            "attempt 1 of b",
            "succeeded b",
            "attempt 1 of c",
            "failed c http_status");
  }

  @Test
  void every_call_about_a_delivery_names_the_account() {
    List<String> accounts = new ArrayList<>();
    ListenerCalls calls = new ListenerCalls(
        new DeliveryListener() {
          @Override
          public void attemptFinished(Finished delivery, Attempt attempt) {
            accounts.add("attempt of " + delivery.account());
          }

          @Override
          public void deliveryFailed(Finished delivery, DeliveryError error) {
            accounts.add(error.code() + " of " + delivery.account());
          }
        },
        new EngineLoop("test"));
    DeliveryRef ref = new DeliveryRef(1, UUID.randomUUID());

    finish(calls, "a", DeliveryStatus.PENDING, 0);
    calls.ended(new EndedDelivery(ref, "wh_1", "acme", "b", "t", null, DeliveryError.EXPIRED));
    calls.callAll();

    assertThat(accounts).containsExactly("attempt of acme", "expired of acme");
  }

  @Test
  void whatever_a_listener_throws_the_other_calls_are_made() {
    List<String> told = new ArrayList<>();
    ListenerCalls calls = new ListenerCalls(
        new DeliveryListener() {
          @Override
          public void attemptFinished(Finished delivery, Attempt attempt) {
            throw new LinkageError("on purpose");
          }

          @Override
          public void deliverySucceeded(Finished delivery) {
            told.add(delivery.eventId());
            throw new IllegalStateException("on purpose");
          }
        },
        new EngineLoop("test"));

    finish(calls, "a", DeliveryStatus.SUCCESS, 0);
    finish(calls, "b", DeliveryStatus.SUCCESS, 0);
    calls.callAll();

    assertThat(told).containsExactly("a", "b");
  }

  @Test
  void calls_that_a_blocked_listener_does_not_take_are_bounded_in_number() {
    RecordingListener listener = new RecordingListener();
    ListenerCalls calls = new ListenerCalls(listener, new EngineLoop("test"));
    for (int i = 0; i < 10_100; i++) {
      finish(calls, "e", DeliveryStatus.PENDING, 0);
    }

    calls.callAll();

    assertThat(listener.calls()).hasSize(10_000);
  }

  @Test
  void calls_that_wait_are_bounded_in_bytes_of_answers() {
    RecordingListener listener = new RecordingListener();
    ListenerCalls calls = new ListenerCalls(listener, new EngineLoop("test"));
    for (int i = 0; i < 2_000; i++) {
      finish(calls, "e", DeliveryStatus.PENDING, 16 << 10);
    }

    calls.callAll();
    assertThat(listener.calls()).hasSize(1_024);
    finish(calls, "e", DeliveryStatus.PENDING, 16 << 10);
    calls.callAll();

    assertThat(listener.calls()).as("there is room again").hasSize(1_025);
  }

  @Test
  void a_delivery_that_was_dropped_with_its_webhook_is_not_told() {
    RecordingListener listener = new RecordingListener();
    ListenerCalls calls = new ListenerCalls(listener, new EngineLoop("test"));
    DeliveryRef ref = new DeliveryRef(1, UUID.randomUUID());

    calls.ended(new EndedDelivery(ref, "wh_1", "acme", "dropped", "t", null, null));
    calls.ended(new EndedDelivery(ref, "wh_1", "acme", "lost", "t", null, DeliveryError.LOST));
    calls.callAll();

    assertThat(listener.calls()).containsExactly("failed lost lost");
  }
}
