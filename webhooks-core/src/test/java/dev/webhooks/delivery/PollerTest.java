package dev.webhooks.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
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
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is brought into memory while endpoints hang, with attempts that the test ends. */
class PollerTest {
  private static final int HANGING = 30;
  private static final int ROUNDS = 200;

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();
  private final Faults faults = new Faults();
  private final TestWebhooks publisher = TestWebhooks.on(
      store,
      EventCatalog.acceptingAny(),
      builder -> builder.sending(false).maxWebhooksPerAccount(HANGING + 1));
  private final AccountWebhooks acme = publisher.account("acme");
  private final TestClock clock = publisher.clock();
  private final List<Flight> running = new ArrayList<>();
  private final Ledger ledger = new Ledger(DeliverySettings.DEFAULTS);
  private final Dispatcher dispatcher =
      new Dispatcher(DeliverySettings.DEFAULTS, clock, ledger, () -> true, running::add);
  private final Prober prober = new Prober(store, clock, clock, Duration.ofSeconds(40));
  private final Troubles troubles = new Troubles(clock, new Random(1), (fault, lasted) -> {});
  private int handBacks;
  private final WebhookStore faulty = faults.on(store);
  private final Poller poller = new Poller(
      faulty,
      ledger,
      dispatcher,
      new Arrivals(faulty, ledger, dispatcher, clock),
      clock,
      clock,
      prober,
      () -> handBacks++,
      troubles);

  @BeforeEach
  void subscribe() {
    ledger.startOver(store.instances().register("test"));
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
      poller.round();
    }
  }

  private static boolean isHealthy(Flight flight) {
    return flight.configuration.url().contains("healthy");
  }

  /** Lets attempts under way, and those that follow, be answered; returns how many. */
  private int answer(Predicate<Flight> which, int most) {
    int answered = 0;
    for (int i = 0; i < running.size() && answered < most; ) {
      if (which.test(running.get(i))) {
        Flight flight = running.remove(i);
        ledger.release(flight.held);
        dispatcher.ended(flight, HealthRulesTest.outcome(null, 200));
        answered++;
      } else {
        i++;
      }
    }
    return answered;
  }

  @Test
  void thirty_hanging_webhooks_with_long_queues_leave_room_for_a_healthy_one() {
    publish("order.hanging", 600);
    poll();

    publish("order.healthy", 100);
    poll();

    assertThat(answer(PollerTest::isHealthy, 100)).as("while nothing is known").isPositive();
    clock.advance(Slots.SLOW);
    poll();
    assertThat(ledger.count()).isLessThan(1_000);
  }

  @Test
  void what_thirty_hold_when_they_begin_to_hang_is_handed_back_and_not_claimed_again() {
    publish("order.healthy", 1);
    publish("order.hanging", 1_200);
    poll();
    answer(flight -> true, HANGING * 16);
    poll();
    assertThat(ledger.count()).as("fast ones may hold much").isGreaterThan(4_096);

    clock.advance(Slots.SLOW);
    poll();

    assertThat(ledger.count()).isLessThan(2_048);
    assertThat(handBacks).isEqualTo(1);
    publish("order.healthy", 100);
    poll();
    assertThat(answer(PollerTest::isHealthy, 100)).isEqualTo(100);
  }

  @Test
  void after_a_claim_that_brought_nothing_the_next_waits_ten_times_as_long_whoever_wakes_it() {
    claimsTake(Duration.ofMillis(20));

    poller.round();

    assertThat(poller.round()).as("until its rest is over").isEqualTo(Duration.ofMillis(200));
    clock.advance(Duration.ofMillis(199));
    assertThat(poller.round()).isEqualTo(Duration.ofMillis(1));
    assertThat(faults.calls("claim")).isEqualTo(1);
    clock.advance(Duration.ofMillis(1));
    poller.round();
    assertThat(faults.calls("claim")).isEqualTo(2);
  }

  @Test
  void the_rest_after_a_claim_that_brought_nothing_is_a_second_at_most() {
    claimsTake(Duration.ofSeconds(9));

    poller.round();
    clock.advance(Duration.ofMillis(999));
    poller.round();
    assertThat(faults.calls("claim")).isEqualTo(1);
    clock.advance(Duration.ofMillis(1));
    poller.round();

    assertThat(faults.calls("claim")).isEqualTo(2);
  }

  @Test
  void a_claim_that_brought_something_is_followed_at_once_however_long_it_took() {
    claimsTake(Duration.ofMillis(20));
    publish("order.healthy", 3);

    poller.round();
    poller.round();

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
