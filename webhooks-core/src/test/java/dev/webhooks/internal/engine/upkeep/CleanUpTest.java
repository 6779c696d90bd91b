package dev.webhooks.internal.engine.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.internal.engine.Faults;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.DeliveryListener;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests what the engine removes, and when. */
class CleanUpTest {
  private static final String URL = "https://hooks.acme.example/in";

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();
  private final Faults faults = new Faults();
  private final List<Throwable> troubles = new ArrayList<>();
  private TestWebhooks kit = open(Duration.ofDays(30));
  private AccountWebhooks acme = kit.account("acme");
  private final TestReceiver receiver = kit.receiver(URL);
  private final String webhook =
      acme.create(WebhookDraft.to(URL).events("*")).webhook().id();

  private TestWebhooks open(Duration retention) {
    return TestWebhooks.on(
        faults.on(store),
        EventCatalog.acceptingAny(),
        builder -> builder.retention(retention).listener(new DeliveryListener() {
          @Override
          public void storeTrouble(Throwable fault, Duration since) {
            troubles.add(fault);
          }
        }));
  }

  @AfterEach
  void close() {
    kit.close();
  }

  @Test
  void after_thirty_days_the_log_is_empty_and_the_statistics_are_as_they_were() {
    receiver.answers(500, 200);
    acme.publish(order("a", 1));
    kit.runUntilIdle();
    kit.advance(Duration.ofSeconds(5));
    WebhookStatistics statistics = statistics();
    kit.advance(Duration.ofDays(29));
    assertThat(log()).hasSize(1);

    kit.advance(Duration.ofDays(2));

    assertThat(log()).isEmpty();
    assertThat(statistics.succeeded()).isEqualTo(1);
    assertThat(statistics()).isEqualTo(statistics);
  }

  @Test
  void payloads_outlive_the_log_by_the_expiry_and_their_ids_are_free_then() {
    acme.publish(order("a", 1));
    kit.runUntilIdle();

    kit.advance(Duration.ofDays(34));
    assertThat(acme.publish(order("a", 1)).deliveries()).isEqualTo(1);
    assertThat(receiver.requests()).as("the id is remembered").hasSize(1);

    kit.advance(Duration.ofDays(2));
    acme.publish(order("a", 2));
    kit.runUntilIdle();
    assertThat(receiver.requests()).as("with another content").hasSize(2);
  }

  @Test
  void a_shorter_retention_can_be_set() {
    kit.close();
    kit = open(Duration.ofHours(2));
    acme = kit.account("acme");
    kit.receiver(URL).answers(200);
    acme.publish(order("a", 1));
    kit.runUntilIdle();

    kit.advance(Duration.ofHours(1));
    assertThat(log()).hasSize(1);
    kit.advance(Duration.ofMinutes(70));
    assertThat(log()).isEmpty();
  }

  @Test
  void payloads_stay_until_what_waited_through_a_long_standstill_has_expired() {
    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.PAUSED));
    List<Event> events = new ArrayList<>();
    for (int number = 0; number < 1_200; number++) {
      events.add(order("event-" + number, number));
    }
    acme.publish(events);

    standStill(Duration.ofDays(40));

    assertThat(log()).hasSize(500).allMatch(delivery -> delivery.error() == DeliveryError.EXPIRED);
    for (Delivery delivery : log()) {
      assertThat(acme.delivery(webhook, delivery.id()).payload()).isNotNull();
    }
    for (int i = 0; i < 3; i++) {
      kit.advance(Duration.ofHours(2));
    }
    Delivery last = log().get(0);
    assertThat(last.status()).isEqualTo(DeliveryStatus.FAILED);
    assertThat(acme.delivery(webhook, last.id()).payload()).isNull();
  }

  @Test
  void a_deleted_webhook_leaves_nothing_behind() {
    acme.publish(order("a", 1));
    kit.runUntilIdle();
    assertThat(store.queue().configurations(List.of(1L))).hasSize(1);
    acme.delete(webhook);

    kit.advance(Duration.ofHours(1));
    assertThat(store.queue().configurations(List.of(1L))).as("the tombstone").hasSize(1);
    kit.advance(Duration.ofHours(23));
    assertThat(store.queue().configurations(List.of(1L))).isEmpty();
  }

  @Test
  void a_step_that_the_database_does_not_answer_is_repeated_and_holds_nothing_else_back() {
    StoreUnavailableException away = new StoreUnavailableException("away", false, null);
    acme.publish(order("a", 1));
    kit.runUntilIdle();
    faults.before("purgeErased", 3, away);

    standStill(Duration.ofDays(31));
    kit.advance(Duration.ofSeconds(4));
    assertThat(log()).isEmpty();
    assertThat(troubles).containsExactly(away);

    kit.advance(Duration.ofDays(5));
    assertThat(acme.publish(order("a", 2)).deliveries()).isEqualTo(1);
  }

  /** Lets time pass in which nothing runs. */
  private void standStill(Duration duration) {
    kit.clock().advance(duration);
    kit.runUntilIdle();
  }

  private static Event order(String id, int number) {
    return Event.of("order.paid", Map.of("orderId", number)).withId(id);
  }

  private List<Delivery> log() {
    return acme.deliveries(webhook, DeliveryQuery.latest().limit(500)).data();
  }

  private WebhookStatistics statistics() {
    return acme.get(webhook).webhook().statistics();
  }
}
