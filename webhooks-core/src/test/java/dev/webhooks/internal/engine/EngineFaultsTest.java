package dev.webhooks.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.spi.DeliveryListener;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.InstanceRegister;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryTransaction;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests the engine while the store fails, step by step. */
class EngineFaultsTest {
  private static final String URL = "https://hooks.acme.example/in";
  private static final Event PAID = Event.of("order.paid", Map.of("orderId", 17));
  private final StoreUnavailableException away = new StoreUnavailableException("away", false, null);
  private final StoreUnavailableException unknown =
      new StoreUnavailableException("cut", true, null);

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();
  private final Faults faults = new Faults();
  private final List<String> calls = new ArrayList<>();
  private final TestWebhooks kit = TestWebhooks.on(
      faults.on(store),
      EventCatalog.acceptingAny(),
      builder -> builder.listener(new DeliveryListener() {
        @Override
        public void deliverySucceeded(Finished delivery) {
          calls.add("succeeded " + delivery.eventId());
        }

        @Override
        public void storeTrouble(Throwable fault, Duration since) {
          calls.add("trouble");
        }
      }));
  private final AccountWebhooks acme = kit.account("acme");
  private final TestReceiver receiver = kit.receiver(URL);
  private final String webhook =
      acme.create(WebhookDraft.to(URL).events("*")).webhook().id();

  @AfterEach
  void close() {
    kit.close();
  }

  private List<Delivery> log() {
    return acme.deliveries(webhook, DeliveryQuery.latest()).data();
  }

  @Test
  void a_publish_whose_commit_lost_its_answer_is_reported_as_unknown_and_arrives_once() {
    faults.after("transact", unknown);

    assertThatThrownBy(() -> acme.publish(PAID.withId("a")))
        .isInstanceOfSatisfying(
            StoreUnavailableException.class, e -> assertThat(e.outcomeUnknown()).isTrue());
    kit.runUntilIdle();

    assertThat(receiver.requests()).extracting(ReceivedRequest::eventId).containsExactly("a");
    assertThat(log()).extracting(Delivery::status).containsExactly(DeliveryStatus.SUCCESS);
  }

  @Test
  void a_publish_of_unknown_outcome_that_was_not_stored_leaves_nothing_behind() {
    faults.before("transact", 1, unknown);

    assertThatThrownBy(() -> acme.publish(PAID)).isInstanceOf(StoreUnavailableException.class);
    kit.runUntilIdle();

    assertThat(receiver.requests()).isEmpty();
    assertThat(kit.webhooks().health().owned()).isZero();
  }

  @Test
  void a_publish_that_failed_for_certain_leaves_nothing_behind() {
    faults.before("transact", 1, away);

    assertThatThrownBy(() -> acme.publish(PAID)).isInstanceOf(StoreUnavailableException.class);

    assertThat(kit.webhooks().health().owned()).isZero();
  }

  @Test
  void a_doubt_is_kept_until_the_database_answers() {
    faults.after("transact", unknown);
    assertThatThrownBy(() -> acme.publish(PAID.withId("a")))
        .isInstanceOf(StoreUnavailableException.class);
    faults.before("owned", 2, away);
    kit.runUntilIdle();
    assertThat(receiver.requests()).isEmpty();

    kit.advance(Duration.ofSeconds(1));
    kit.advance(Duration.ofSeconds(1));

    assertThat(receiver.requests()).extracting(ReceivedRequest::eventId).containsExactly("a");
  }

  @Test
  void an_outcome_waits_while_the_database_is_away_and_the_request_is_not_repeated() {
    faults.before("finish", 3, away);
    acme.publish(PAID.withId("a"));
    kit.runUntilIdle();
    assertThat(log()).extracting(Delivery::status).containsExactly(DeliveryStatus.PENDING);

    for (int second = 0; second < 3; second++) {
      kit.advance(Duration.ofSeconds(1));
    }

    assertThat(log()).extracting(Delivery::status).containsExactly(DeliveryStatus.SUCCESS);
    assertThat(receiver.requests()).hasSize(1);
    assertThat(calls).containsExactly("trouble", "succeeded a");
  }

  @Test
  void an_outcome_whose_commit_lost_its_answer_is_not_written_twice() {
    faults.after("finish", unknown);
    acme.publish(PAID.withId("a"));
    kit.runUntilIdle();
    kit.advance(Duration.ofSeconds(1));

    assertThat(log()).hasSize(1);
    assertThat(acme.get(webhook).webhook().statistics().succeeded()).isEqualTo(1);
    assertThat(kit.webhooks().health().owned()).isZero();
    assertThat(receiver.requests()).hasSize(1);
  }

  @Test
  void an_outcome_that_the_database_refuses_does_not_hold_back_the_others() {
    faults.when(
        "finish",
        EngineFaultsTest::holdsThirdAttemptOfMany,
        new IllegalArgumentException("bad data"));
    receiver.answers(500, 200);
    for (int number = 0; number < 10; number++) {
      acme.publish(PAID.withId("event-" + number));
    }
    kit.runUntilIdle();

    assertThat(log())
        .extracting(Delivery::status)
        .filteredOn(DeliveryStatus.SUCCESS::equals)
        .hasSize(9);
    assertThat(kit.webhooks().health().unwritten()).isEqualTo(1);
  }

  /** The one outcome that failed is the one with bad data. */
  private static boolean holdsThirdAttemptOfMany(Object[] arguments) {
    return ((List<?>) arguments[1])
        .stream().map(AttemptOutcome.class::cast).anyMatch(outcome -> outcome.error() != null);
  }

  @Test
  void a_claim_whose_commit_lost_its_answer_is_found_by_the_sweep() {
    faults.after("claim", unknown);
    try (InMemoryTransaction transaction = store.begin()) {
      acme.in(transaction).publish(PAID.withId("a"));
      transaction.commit();
    }
    kit.runUntilIdle();
    assertThat(receiver.requests()).isEmpty();

    kit.advance(Duration.ofSeconds(10));
    kit.runUntilIdle();

    assertThat(receiver.requests()).extracting(ReceivedRequest::eventId).containsExactly("a");
  }

  @Test
  void an_instance_that_was_declared_dead_forgets_what_it_held_and_registers_anew() {
    acme.publish(PAID.withId("a"));
    long before = kit.webhooks().health().owned();
    InstanceRegister.Beat heard = store.instances().beat(1);
    heard.beats().forEach(store.instances()::declareDead);

    kit.runUntilIdle();
    kit.runUntilIdle();

    assertThat(before).isEqualTo(1);
    assertThat(receiver.requests()).extracting(ReceivedRequest::eventId).containsOnly("a");
    assertThat(log()).extracting(Delivery::status).containsExactly(DeliveryStatus.SUCCESS);
    assertThat(kit.webhooks().health().owned()).isZero();
  }

  @Test
  void nothing_starts_when_the_last_beat_is_eight_seconds_old() {
    faults.before("beat", Integer.MAX_VALUE, away);
    kit.advance(Duration.ofSeconds(8));

    acme.publish(PAID.withId("a"));
    kit.runUntilIdle();
    assertThat(receiver.requests()).isEmpty();
    faults.before("beat", 0, away);
    kit.advance(Duration.ofSeconds(1));

    assertThat(receiver.requests()).extracting(ReceivedRequest::eventId).containsExactly("a");
  }

  @Test
  void the_work_of_an_instance_that_stopped_beating_is_taken_over_within_twenty_seconds() {
    TestWebhooks dead = TestWebhooks.on(store, EventCatalog.acceptingAny());
    dead.account("acme").publish(PAID.withId("left-behind"));

    for (int second = 0; second < 20; second += 2) {
      kit.advance(Duration.ofSeconds(2));
    }

    assertThat(receiver.requests())
        .extracting(ReceivedRequest::eventId)
        .containsExactly("left-behind");
    dead.runUntilIdle();
    assertThat(dead.receiver(URL).requests()).as("the zombie has forgotten it").isEmpty();
  }

  @Test
  void closing_hands_back_what_was_not_sent_and_leaves() {
    TestWebhooks closing = TestWebhooks.on(store, EventCatalog.acceptingAny());
    for (int number = 0; number < 20; number++) {
      closing.account("acme").publish(PAID.withId("event-" + number));
    }
    closing.close();

    kit.advance(Duration.ofSeconds(10));
    kit.runUntilIdle();

    assertThat(receiver.requests()).hasSize(20);
    assertThat(store.instances().beat(1).beats()).hasSize(1);
  }

  @Test
  void an_instance_that_does_not_send_publishes_for_the_others() {
    TestWebhooks publisher =
        TestWebhooks.on(store, EventCatalog.acceptingAny(), builder -> builder.sending(false));
    publisher.account("acme").publish(PAID.withId("a"));
    publisher.runUntilIdle();
    assertThat(publisher.receiver(URL).requests()).isEmpty();

    kit.runUntilIdle();

    assertThat(receiver.requests()).extracting(ReceivedRequest::eventId).containsExactly("a");
  }

  @Test
  void an_instance_that_does_not_send_keeps_nothing_of_what_its_host_commits() {
    TestWebhooks publisher =
        TestWebhooks.on(store, EventCatalog.acceptingAny(), builder -> builder.sending(false));
    InMemoryTransaction transaction = store.begin();
    publisher.account("acme").in(transaction).publish(PAID);
    transaction.commit();

    transaction.committed();

    assertThat(publisher.webhooks().health().owned()).isZero();
  }

  @Test
  void what_a_host_commits_is_held_at_once_only_as_far_as_there_is_room() {
    InMemoryTransaction transaction = store.begin();
    List<Event> events = new ArrayList<>();
    for (int number = 0; number < 2_000; number++) {
      events.add(PAID.withId("event-" + number));
    }
    acme.in(transaction).publish(events);
    transaction.commit();

    transaction.committed();
    int held = kit.webhooks().health().owned();
    kit.runUntilIdle();

    assertThat(held).isBetween(1, 1_000);
    assertThat(receiver.requests()).hasSize(2_000);
    assertThat(receiver.requests()).extracting(ReceivedRequest::eventId).doesNotHaveDuplicates();
  }

  @Test
  void a_delivery_that_is_claimed_while_its_host_says_it_has_committed_is_sent_once() {
    InMemoryTransaction transaction = store.begin();
    acme.in(transaction).publish(PAID.withId("a"));
    transaction.commit();
    faults.when(
        "claim",
        arguments -> {
          transaction.committed();
          return false;
        },
        away);

    kit.runUntilIdle();
    for (int second = 0; second < 30; second++) {
      kit.advance(Duration.ofSeconds(1));
    }

    assertThat(receiver.requests()).extracting(ReceivedRequest::eventId).containsExactly("a");
    assertThat(log()).extracting(Delivery::status).containsExactly(DeliveryStatus.SUCCESS);
    assertThat(kit.webhooks().health().owned()).isZero();
  }
}
