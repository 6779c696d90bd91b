package dev.webhooks.internal.engine.send;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.internal.engine.base.DeliverySettings;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.testing.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which delivery is attempted next, with attempts that last until the test ends them. */
class DispatcherTest {
  private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

  private final TestClock clock = new TestClock(START);
  private final List<DeliveryAttempt> running = new ArrayList<>();
  private boolean alive = true;
  private final Dispatcher dispatcher = new Dispatcher(
      settings(8, 2),
      clock,
      new OwnedDeliveries(settings(8, 2)),
      () -> alive,
      (attempt, dispatcher) -> running.add(attempt));

  private static DeliverySettings settings(int all, int perWebhook) {
    DeliverySettings defaults = DeliverySettings.DEFAULTS;
    return new DeliverySettings(
        defaults.schedule(),
        defaults.requestTimeout(),
        defaults.expiry(),
        defaults.retention(),
        all,
        perWebhook,
        100,
        1_000_000,
        Duration.ZERO);
  }

  private static List<OwnedDelivery> deliveries(long webhook, int count) {
    List<OwnedDelivery> deliveries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ClaimRef claim = new ClaimRef(new DeliveryRef(webhook, UUID.randomUUID()), 1);
      deliveries.add(new OwnedDelivery(
          9,
          new ClaimedDelivery(claim, UUID.randomUUID(), "e", "t", 0, START, new byte[10], null)));
    }
    return deliveries;
  }

  private static WebhookConfiguration configuration(
      long webhook, WebhookStatus status, int version) {
    String url = "https://" + webhook + ".example/v" + version;
    return WebhookConfiguration.of(UUID.randomUUID(), "acme")
        .number(webhook)
        .url(url)
        .status(status)
        .version(version)
        .build();
  }

  private static List<WebhookConfiguration> active(long webhook) {
    return List.of(configuration(webhook, WebhookStatus.ACTIVE, 1));
  }

  private List<String> urls() {
    return running.stream().map(attempt -> attempt.configuration.url()).toList();
  }

  private void end(DeliveryAttempt attempt) {
    dispatcher.ended(attempt, null);
  }

  private long runningOf(long webhook) {
    return running.stream()
        .filter(attempt -> attempt.delivery.webhook() == webhook)
        .count();
  }

  @Test
  void no_webhook_exceeds_its_cap_and_lanes_take_turns() {
    dispatcher.offer(deliveries(1, 10), active(1), clock.read());
    dispatcher.offer(deliveries(2, 10), active(2), clock.read());

    assertThat(runningOf(1)).isEqualTo(2);
    assertThat(runningOf(2)).isEqualTo(2);

    dispatcher.offer(deliveries(3, 10), active(3), clock.read());
    dispatcher.offer(deliveries(4, 10), active(4), clock.read());
    assertThat(runningOf(3)).isEqualTo(2);
    assertThat(runningOf(4))
        .as("six of eight for those that nothing is known of")
        .isZero();
    assertThat(dispatcher.inFlight()).isEqualTo(6);
  }

  @Test
  void an_attempt_that_ends_makes_room_for_the_lane_that_waits_longest() {
    for (long webhook = 1; webhook <= 4; webhook++) {
      dispatcher.offer(deliveries(webhook, 10), active(webhook), clock.read());
    }

    end(running.get(0));

    assertThat(runningOf(4)).isEqualTo(1);
  }

  @Test
  void nothing_starts_without_a_configuration_or_with_one_that_is_two_seconds_old() {
    dispatcher.offer(deliveries(1, 1));
    assertThat(running).isEmpty();
    assertThat(dispatcher.needingConfiguration()).containsExactly(1L);

    long read = clock.read();
    clock.advance(Duration.ofSeconds(2));
    dispatcher.configure(active(1), read);
    assertThat(running).isEmpty();

    dispatcher.configure(active(1), clock.read());
    assertThat(running).hasSize(1);
  }

  @Test
  void a_configuration_read_before_a_change_is_not_used_after_it() {
    long before = clock.read();
    clock.advance(Duration.ofMillis(1));
    dispatcher.outdate(1);

    dispatcher.offer(deliveries(1, 1), active(1), before);
    assertThat(running).isEmpty();
    dispatcher.configure(List.of(configuration(1, WebhookStatus.ACTIVE, 2)), clock.read());

    assertThat(urls()).containsExactly("https://1.example/v2");
  }

  @Test
  void an_older_version_that_is_read_later_does_not_replace_a_newer_one() {
    dispatcher.offer(
        deliveries(1, 4), List.of(configuration(1, WebhookStatus.ACTIVE, 2)), clock.read());
    clock.advance(Duration.ofMillis(1));
    dispatcher.configure(active(1), clock.read());

    end(running.get(0));

    assertThat(urls()).hasSize(3).containsOnly("https://1.example/v2");
  }

  @Test
  void what_a_paused_or_vanished_webhook_holds_is_set_aside_once() {
    List<OwnedDelivery> paused = deliveries(1, 3);
    List<OwnedDelivery> vanished = deliveries(2, 2);
    dispatcher.offer(paused, List.of(configuration(1, WebhookStatus.PAUSED, 1)), clock.read());
    dispatcher.offer(vanished);
    dispatcher.missing(List.of(2L));

    assertThat(running).isEmpty();
    List<OwnedDelivery> all = new ArrayList<>(paused);
    all.addAll(vanished);
    assertThat(dispatcher.takeUnwanted()).containsExactlyElementsOf(all);
    assertThat(dispatcher.takeUnwanted()).isEmpty();
  }

  @Test
  void what_is_held_in_excess_is_set_aside_from_the_end_of_the_lane() {
    List<OwnedDelivery> held = deliveries(1, 10);
    dispatcher.offer(held, active(1), clock.read());

    dispatcher.setAsideLast(Map.of(1L, 5, 2L, 5));
    assertThat(dispatcher.takeUnwanted()).containsExactlyInAnyOrderElementsOf(held.subList(5, 10));
    dispatcher.setAsideLast(Map.of(1L, 100));
    assertThat(dispatcher.takeUnwanted())
        .as("not what is in attempt")
        .containsExactlyInAnyOrderElementsOf(held.subList(2, 5));

    List.copyOf(running).forEach(this::end);
    assertThat(running).hasSize(2);
  }

  @Test
  void nothing_starts_while_the_instance_may_be_thought_dead() {
    alive = false;
    dispatcher.offer(deliveries(1, 1), active(1), clock.read());
    assertThat(running).isEmpty();

    alive = true;
    dispatcher.pump();

    assertThat(running).hasSize(1);
  }

  @Test
  void closing_sets_aside_what_has_not_started_and_waits_for_the_rest() throws Exception {
    dispatcher.offer(deliveries(1, 5), active(1), clock.read());

    dispatcher.close();
    assertThat(dispatcher.takeUnwanted()).hasSize(3);
    assertThat(dispatcher.awaitQuiet(Duration.ZERO)).isFalse();
    List.copyOf(running).forEach(this::end);

    assertThat(dispatcher.awaitQuiet(Duration.ZERO)).isTrue();
    assertThat(running).hasSize(2);
    dispatcher.offer(deliveries(1, 1), active(1), clock.read());
    assertThat(dispatcher.takeUnwanted()).hasSize(1);
  }
}
