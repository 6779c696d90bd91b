package dev.webhooks.internal.engine.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.internal.engine.Faults;
import dev.webhooks.internal.engine.SteppedRunner;
import dev.webhooks.internal.engine.base.DeliverySettings;
import dev.webhooks.internal.engine.base.EngineLoop;
import dev.webhooks.internal.engine.base.Troubles;
import dev.webhooks.internal.engine.endpoint.ProbeClaimer;
import dev.webhooks.internal.engine.send.Dispatcher;
import dev.webhooks.internal.engine.send.ManualAttempts;
import dev.webhooks.internal.engine.send.OwnedDeliveries;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.spi.store.WebhookStore;
import dev.webhooks.testing.TestClock;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests what is claimed while endpoints hang, with attempts that the test ends. */
class PollerTest {
  private static final int HANGING = 30;
  private static final int ROUNDS = 200;
  /** The time after which an attempt counts as slow. */
  private static final Duration SLOW = Duration.ofSeconds(2);

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();
  private final Faults faults = new Faults();
  private final TestWebhooks publisher = TestWebhooks.on(
      store,
      EventCatalog.acceptingAny(),
      builder -> builder.sending(false).maxWebhooksPerAccount(HANGING + 1));
  private final AccountWebhooks acme = publisher.account("acme");
  private final TestClock clock = publisher.clock();
  private final OwnedDeliveries owned = new OwnedDeliveries(DeliverySettings.DEFAULTS);
  private final ManualAttempts attempts = new ManualAttempts(owned, clock);
  private final Dispatcher dispatcher = attempts.dispatcher();
  private final ProbeClaimer probes = new ProbeClaimer(store, clock, clock, Duration.ofSeconds(40));
  private final Troubles troubles = new Troubles(clock, new Random(1), (fault, lasted) -> {});
  private final WebhookStore faulty = faults.on(store);
  private final SteppedRunner runner = new SteppedRunner();
  private final EngineLoop housekeeping = new EngineLoop("housekeeping");
  private final EngineLoop polling = new EngineLoop("polling");

  @BeforeEach
  void subscribe() {
    owned.startOver(store.instances().register("test"));
    housekeeping.start(runner);
    Poller unused = new Poller(
        faulty,
        owned,
        dispatcher,
        new DeliveryIntake(faulty, owned, dispatcher, clock, polling),
        clock,
        clock,
        probes,
        troubles,
        polling,
        housekeeping);
    for (int i = 0; i < HANGING; i++) {
      acme.create(WebhookDraft.to("https://hanging-" + i + ".example/").events("order.hanging"));
    }
    acme.create(WebhookDraft.to("https://healthy.example/").events("order.healthy"));
  }

  @AfterEach
  void close() {
    publisher.close();
  }

  private void publish(String type, int count) {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(Event.of(type, Map.of("orderId", i)));
    }
    acme.publish(events);
  }

  private void poll() {
    for (int i = 0; i < ROUNDS; i++) {
      polling.round();
    }
  }

  private int answerHealthy() {
    return attempts.answer(url -> url.contains("healthy"), 100);
  }

  @Test
  void thirty_hanging_webhooks_with_long_queues_leave_room_for_a_healthy_one() {
    publish("order.hanging", 600);
    poll();

    publish("order.healthy", 100);
    poll();

    assertThat(answerHealthy()).as("while nothing is known").isPositive();
    clock.advance(SLOW);
    poll();
    assertThat(owned.count()).isLessThan(1_000);
  }

  @Test
  void deliveries_of_thirty_that_begin_to_hang_are_released_and_not_claimed_again() {
    publish("order.healthy", 1);
    publish("order.hanging", 1_200);
    poll();
    attempts.answer(url -> true, HANGING * 16);
    poll();
    assertThat(owned.count()).as("fast ones may own many").isGreaterThan(4_096);

    clock.advance(SLOW);
    poll();

    assertThat(owned.count()).isLessThan(2_048);
    assertThat(runner.wakes("housekeeping")).isEqualTo(1);
    publish("order.healthy", 100);
    poll();
    assertThat(answerHealthy()).isEqualTo(100);
  }

  @Test
  void after_a_claim_that_brought_nothing_the_next_waits_ten_times_as_long_whoever_wakes_it() {
    claimsTake(Duration.ofMillis(20));

    polling.round();

    assertThat(polling.round()).as("until its rest is over").isEqualTo(Duration.ofMillis(200));
    clock.advance(Duration.ofMillis(199));
    assertThat(polling.round()).isEqualTo(Duration.ofMillis(1));
    assertThat(faults.calls("claim")).isEqualTo(1);
    clock.advance(Duration.ofMillis(1));
    polling.round();
    assertThat(faults.calls("claim")).isEqualTo(2);
  }

  @Test
  void the_rest_after_a_claim_that_brought_nothing_is_a_second_at_most() {
    claimsTake(Duration.ofSeconds(9));

    polling.round();
    clock.advance(Duration.ofMillis(999));
    polling.round();
    assertThat(faults.calls("claim")).isEqualTo(1);
    clock.advance(Duration.ofMillis(1));
    polling.round();

    assertThat(faults.calls("claim")).isEqualTo(2);
  }

  @Test
  void a_claim_that_brought_something_is_followed_at_once_however_long_it_took() {
    claimsTake(Duration.ofMillis(20));
    publish("order.healthy", 3);

    polling.round();
    polling.round();

    assertThat(faults.calls("claim")).isEqualTo(2);
  }

  private void claimsTake(Duration duration) {
    faults.when(
        "claim",
        arguments -> {
          clock.advance(duration);
          return false;
        },
        new IllegalStateException("never thrown"));
  }
}
