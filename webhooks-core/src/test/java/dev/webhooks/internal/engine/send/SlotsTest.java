package dev.webhooks.internal.engine.send;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.internal.engine.base.DeliverySettings;
import dev.webhooks.internal.engine.endpoint.Outcomes;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.testing.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Tests how slots are shared between endpoints that answer and endpoints that hang, step by step.
 */
class SlotsTest {
  private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
  private static final AttemptOutcome OK = Outcomes.outcome(null, 200);
  private static final AttemptOutcome TIMED_OUT = Outcomes.outcome(DeliveryError.TIMEOUT, null);

  private final TestClock clock = new TestClock(START);
  private final Queue<DeliveryAttempt> started = new ArrayDeque<>();
  private final List<DeliveryAttempt> hanging = new ArrayList<>();
  private final OwnedDeliveries owned = new OwnedDeliveries(DeliverySettings.DEFAULTS);
  private final Dispatcher dispatcher = new Dispatcher(
      DeliverySettings.DEFAULTS,
      clock,
      owned,
      () -> true,
      (attempt, dispatcher) -> started.add(attempt));

  private void offer(long webhook, int count) {
    List<OwnedDelivery> deliveries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ClaimRef claim = new ClaimRef(new DeliveryRef(webhook, UUID.randomUUID()), 1);
      deliveries.add(new OwnedDelivery(
          9,
          new ClaimedDelivery(claim, UUID.randomUUID(), "e", "t", 0, START, new byte[10], null)));
    }
    dispatcher.offer(deliveries, List.of(configuration(webhook)), clock.read());
  }

  private static WebhookConfiguration configuration(long webhook) {
    return WebhookConfiguration.of(UUID.randomUUID(), "acme")
        .number(webhook)
        .url("https://hooks.example/")
        .build();
  }

  private void refresh(long webhook) {
    dispatcher.configure(List.of(configuration(webhook)), clock.read());
  }

  private static LongStream webhooks(long first, int count) {
    return LongStream.range(first, first + count);
  }

  /** Lets attempts of webhooks from a number on be answered at once; returns how many were. */
  private int answer(long from) {
    int answered = 0;
    for (DeliveryAttempt attempt = started.poll(); attempt != null; attempt = started.poll()) {
      if (attempt.delivery.webhook() >= from) {
        answered++;
        dispatcher.ended(attempt, OK);
      } else {
        hanging.add(attempt);
      }
    }
    return answered;
  }

  private void timeOut() {
    clock.advance(Duration.ofSeconds(30));
    List<DeliveryAttempt> over = List.copyOf(hanging);
    hanging.clear();
    over.forEach(attempt -> dispatcher.ended(attempt, TIMED_OUT));
  }

  /** Lets webhooks prove that they answer fast, with as many attempts as their cap needs. */
  private void prove(long first, int count) {
    webhooks(first, count).forEach(webhook -> offer(webhook, 8));
    assertThat(answer(first)).isEqualTo(8 * count);
  }

  @Test
  void newcomers_that_hang_leave_room_for_others() {
    webhooks(1, 40).forEach(webhook -> offer(webhook, 100));
    assertThat(answer(1_000)).isZero();
    assertThat(hanging).hasSize(80);

    webhooks(1_000, 100).forEach(webhook -> offer(webhook, 20));

    assertThat(answer(1_000)).isEqualTo(2_000);
  }

  @Test
  void endpoints_that_were_fast_and_hang_now_leave_others_their_turn() {
    prove(1, 40);
    prove(1_000, 100);
    webhooks(1, 40).forEach(webhook -> offer(webhook, 100));
    assertThat(answer(1_000)).isZero();
    assertThat(hanging)
        .as("three quarters of all slots, and one for each lane left")
        .hasSize(208);

    webhooks(1_000, 100).forEach(webhook -> offer(webhook, 20));

    assertThat(answer(1_000)).isEqualTo(2_000);
    assertThat(dispatcher.inFlight()).isEqualTo(208);
  }

  @Test
  void once_known_they_never_hold_more_than_half_of_the_slots() {
    prove(1, 300);
    webhooks(1, 300).forEach(webhook -> offer(webhook, 100));
    answer(1_000);
    assertThat(hanging).hasSize(256);

    for (int round = 0; round < 5; round++) {
      timeOut();
      webhooks(1, 300).forEach(this::refresh);
      answer(1_000);
    }

    assertThat(hanging).hasSizeLessThanOrEqualTo(192);
    timeOut();
    webhooks(1, 300).forEach(this::refresh);
    answer(1_000);
    assertThat(hanging).as("half of 256").hasSize(128);
    webhooks(1_000, 100).forEach(webhook -> offer(webhook, 20));
    assertThat(answer(1_000)).isEqualTo(2_000);
  }

  @Test
  void an_attempt_that_hangs_keeps_its_lane_from_more_only_while_half_of_the_slots_hang() {
    offer(1, 20);
    answer(1_000);
    assertThat(hanging).hasSize(2);
    dispatcher.ended(hanging.remove(0), OK);
    clock.advance(Duration.ofSeconds(2));
    refresh(1);

    assertThat(answer(1_000)).isZero();
    assertThat(hanging).as("three at once, suspect as it is").hasSize(3);
  }

  @Test
  void an_endpoint_that_answers_again_gets_all_its_slots_back() {
    offer(1, 200);
    answer(1_000);
    timeOut();
    refresh(1);
    answer(1_000);
    assertThat(hanging).as("one at a time").hasSize(1);

    dispatcher.ended(hanging.remove(0), OK);
    List<DeliveryAttempt> wave = new ArrayList<>();
    int largest = 0;
    for (int round = 0; round < 10; round++) {
      wave.addAll(started);
      started.clear();
      largest = Math.max(largest, wave.size());
      wave.forEach(attempt -> dispatcher.ended(attempt, OK));
      wave.clear();
    }

    assertThat(largest).isEqualTo(8);
  }

  @Test
  void a_webhook_is_known_again_when_it_comes_back() {
    prove(1, 1);
    assertThat(dispatcher.inFlight()).isZero();

    offer(1, 20);

    assertThat(started).hasSize(8);
  }

  /** Returns how many deliveries of a webhook may be held; lets go of them again. */
  private int mayHold(long webhook) {
    owned.startOver(9);
    int count = 0;
    while (owned.reserve(webhook, UUID.randomUUID(), 10)) {
      count++;
    }
    owned.startOver(9);
    return count;
  }

  @Test
  void what_a_webhook_may_hold_follows_from_how_its_attempts_go() {
    assertThat(mayHold(1)).as("unknown").isEqualTo(16);

    prove(1, 1);
    assertThat(mayHold(1)).as("fast").isEqualTo(512);

    offer(1, 20);
    answer(1_000);
    clock.advance(Duration.ofSeconds(2));
    dispatcher.pump();
    assertThat(mayHold(1)).as("hangs, eight at once").isEqualTo(16);

    timeOut();
    assertThat(mayHold(1)).as("timed out").isEqualTo(2);

    refresh(1);
    answer(1_000);
    dispatcher.ended(hanging.remove(0), OK);
    assertThat(mayHold(1)).as("fast again").isEqualTo(512);
  }

  @Test
  void of_the_webhooks_used_least_recently_nothing_is_known_any_more() {
    webhooks(1, 10_000).forEach(webhook -> offer(webhook, 1));
    while (answer(1) > 0) {
      assertThat(hanging).isEmpty();
    }
    assertThat(mayHold(1)).isEqualTo(512);

    prove(20_000, 1);

    assertThat(mayHold(1)).isEqualTo(16);
    assertThat(mayHold(2)).isEqualTo(512);
  }

  @Test
  void every_lane_that_waits_gets_its_turn_when_slots_are_scarce() {
    prove(1, 20);
    prove(1_000, 20);
    webhooks(1, 20).forEach(webhook -> offer(webhook, 500));
    webhooks(1_000, 20).forEach(webhook -> offer(webhook, 500));
    webhooks(2_000, 20).forEach(webhook -> offer(webhook, 500));

    for (int i = 0; i < 600; i++) {
      DeliveryAttempt attempt = started.remove();
      hanging.add(attempt);
      dispatcher.ended(attempt, OK);
    }

    assertThat(hanging.stream().map(attempt -> attempt.delivery.webhook()).distinct())
        .hasSize(60);
  }
}
