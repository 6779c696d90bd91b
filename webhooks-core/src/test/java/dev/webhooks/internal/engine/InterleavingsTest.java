package dev.webhooks.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.CreatedWebhook;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.EngineTrouble;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryTransaction;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Two instances on one store, each with a clock of its own, walked through what rarely happens.
 * {@link EngineFaultsTest} has what concerns one instance, the contract of stores what concerns
 * single statements.
 */
class InterleavingsTest {
  private static final String URL = "https://hooks.acme.example/in";
  private static final Event PAID = Event.of("order.paid", Map.of("orderId", 17));
  private static final Duration STEP = Duration.ofSeconds(2);
  /** The number of attempts of a new webhook that begin at once. */
  private static final int BEGUN = 2;

  private static final List<String> EVERYTHING = List.of(
      "transact",
      "beat",
      "declareDead",
      "claim",
      "claimById",
      "owned",
      "finish",
      "release",
      "releaseForgotten",
      "endUnsendable",
      "configurations",
      "foldStatistics",
      "change",
      "probe",
      "fail");

  private final StoreUnavailableException away = new StoreUnavailableException("away", false, null);
  private final StoreUnavailableException unknown =
      new StoreUnavailableException("cut", true, null);

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();
  private final Faults faults = new Faults();
  private final TestWebhooks kit = TestWebhooks.on(faults.on(store), EventCatalog.acceptingAny());
  private final Faults othersFaults = new Faults();
  private final TestWebhooks other =
      TestWebhooks.on(othersFaults.on(store), EventCatalog.acceptingAny());
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

  private List<Delivery> log() {
    return acme.deliveries(webhook, DeliveryQuery.latest()).data();
  }

  private WebhookStatistics statistics() {
    return acme.get(webhook).webhook().statistics();
  }

  /**
   * Publishes ten events and runs. When something happens in between, some attempts have begun; the
   * other deliveries wait in memory for their turn.
   */
  private void sendTen(Runnable meanwhile) {
    for (int i = 0; i < 10; i++) {
      acme.publish(PAID.withId("event-" + i));
    }
    AtomicInteger begun = new AtomicInteger();
    receiver.whileAnswering(() -> {
      begun.set(kit.webhooks().health().inFlight());
      meanwhile.run();
    });
    kit.runUntilIdle();
    assertThat(begun).hasValue(BEGUN);
  }

  /** The other instance goes on for longer than it takes to find this one dead. */
  private void stopForLongerThanTheTakeover() {
    for (int seconds = 0; seconds < 20; seconds += 2) {
      other.advance(STEP);
    }
    kit.clock().advance(Duration.ofSeconds(20));
  }

  private void advanceBoth(int steps) {
    for (int i = 0; i < steps; i++) {
      kit.advance(STEP);
      other.advance(STEP);
    }
  }

  @Test
  void a_request_whose_instance_stopped_dead_is_repeated_and_its_own_result_ignored() {
    faults.before("finish", Integer.MAX_VALUE, away);
    acme.publish(PAID.withId("a"));
    kit.runUntilIdle();
    assertThat(receiver.requests()).hasSize(1);

    stopForLongerThanTheTakeover();
    assertThat(othersReceiver.requests()).extracting(ReceivedRequest::eventId).containsExactly("a");
    faults.end();
    advanceBoth(10);

    assertThat(receiver.requests()).as("nothing is sent once more").hasSize(1);
    assertThat(log()).singleElement().satisfies(delivery -> {
      assertThat(delivery.status()).isEqualTo(DeliveryStatus.SUCCESS);
      assertThat(delivery.attempts()).isEqualTo(1);
    });
    assertThat(statistics().succeeded()).isEqualTo(1);
    assertThat(kit.webhooks().health().owned()).isZero();
  }

  @Test
  void an_instance_that_goes_on_after_its_burial_only_ends_what_it_had_begun() {
    sendTen(this::stopForLongerThanTheTakeover);

    advanceBoth(10);

    assertThat(receiver.requests()).hasSize(BEGUN);
    assertThat(othersReceiver.requests()).hasSize(10);
    assertThat(statistics().succeeded()).isEqualTo(10);
    assertThat(kit.webhooks().health().owned()).isZero();
  }

  @Test
  void what_a_stopped_instance_claims_after_its_burial_is_found_and_sent_by_others() {
    try (InMemoryTransaction host = store.begin()) {
      acme.in(host).publish(PAID.withId("a"));
      host.commit();
    }
    faults.doBefore("claim", () -> {
      store.instances().declareDead(1, store.instances().beat(1).beats().get(1L));
      kit.clock().advance(Duration.ofSeconds(20));
    });

    kit.runUntilIdle();
    assertThat(receiver.requests()).as("its last beat is too old").isEmpty();
    advanceBoth(10);

    assertThat(receiver.requests().size() + othersReceiver.requests().size()).isEqualTo(1);
    assertThat(log()).extracting(Delivery::status).containsExactly(DeliveryStatus.SUCCESS);
  }

  @Test
  void what_a_stopped_instance_publishes_after_its_burial_is_found_and_sent_by_others() {
    faults.doBefore("transact", () -> {
      store.instances().declareDead(1, store.instances().beat(1).beats().get(1L));
      kit.clock().advance(Duration.ofSeconds(20));
    });

    acme.publish(PAID.withId("a"));
    kit.runUntilIdle();
    advanceBoth(10);

    assertThat(receiver.requests().size() + othersReceiver.requests().size()).isEqualTo(1);
    assertThat(log()).extracting(Delivery::status).containsExactly(DeliveryStatus.SUCCESS);
  }

  @Test
  void an_outage_of_a_minute_buries_nobody_and_loses_and_repeats_nothing() {
    sendTen(() -> {
      for (String method : EVERYTHING) {
        faults.before(method, Integer.MAX_VALUE, away);
        othersFaults.before(method, Integer.MAX_VALUE, away);
      }
      kit.clock().advance(Duration.ofSeconds(8));
    });

    advanceBoth(30);
    assertThat(receiver.requests()).as("nothing new starts").hasSize(BEGUN);
    assertThat(kit.webhooks().health().unwritten()).isEqualTo(BEGUN);
    assertThat(kit.webhooks().health().owned()).isEqualTo(10);
    faults.end();
    othersFaults.end();
    advanceBoth(10);

    assertThat(store.instances().beat(1).alive()).isTrue();
    assertThat(store.instances().beat(2).alive()).isTrue();
    assertThat(receiver.requests())
        .hasSize(10)
        .extracting(ReceivedRequest::eventId)
        .doesNotHaveDuplicates();
    assertThat(othersReceiver.requests()).isEmpty();
    assertThat(log()).hasSize(10).allMatch(d -> d.status() == DeliveryStatus.SUCCESS);
  }

  @Test
  void a_bug_between_commit_and_hand_over_delays_the_delivery_and_no_more() {
    faults.after("transact", 1, new IllegalStateException("a bug"));
    assertThatThrownBy(() -> acme.publish(PAID.withId("a"))).hasMessage("a bug");
    kit.runUntilIdle();
    assertThat(receiver.requests()).isEmpty();

    for (int i = 0; i < 6; i++) {
      kit.advance(STEP);
    }

    assertThat(receiver.requests()).extracting(ReceivedRequest::eventId).containsExactly("a");
  }

  @Test
  void outcomes_survive_an_error_that_nobody_foresaw() {
    faults.doBefore("finish", () -> {
      throw new StackOverflowError("on purpose");
    });
    acme.publish(PAID.withId("a"));

    kit.runUntilIdle();
    assertThat(kit.webhooks().health().troubles())
        .containsExactly(new EngineTrouble(
            "writing outcomes",
            Duration.ZERO,
            "failed with StackOverflowError; the log has its words"));
    for (int i = 0; i < 8; i++) {
      kit.advance(STEP);
    }

    assertThat(receiver.requests()).hasSize(1);
    assertThat(log()).extracting(Delivery::status).containsExactly(DeliveryStatus.SUCCESS);
    assertThat(kit.webhooks().health().owned()).isZero();
  }

  @Test
  void a_probe_whose_commit_lost_its_answer_is_made_once_its_time_is_over() {
    receiver.fails(DeliveryError.CONNECT);
    for (int i = 0; i < 5; i++) {
      acme.publish(PAID);
    }
    kit.runUntilIdle();
    assertThat(receiver.requests()).hasSize(5);
    faults.after("probe", 1, unknown);

    pass(Duration.ofSeconds(10));
    for (int i = 0; i < 19; i++) {
      kit.advance(STEP);
    }
    assertThat(receiver.requests()).as("others stay away for 40 s").hasSize(5);
    kit.advance(STEP);

    assertThat(receiver.requests()).hasSize(6);
    assertThat(kit.webhooks().health().owned()).isZero();
  }

  @Test
  void a_create_whose_commit_lost_its_answer_is_repeated_by_its_key() {
    AccountWebhooks keyed = acme.withIdempotencyKey("create-1");
    WebhookDraft draft = WebhookDraft.to("https://second.example/").events("order.*");
    faults.after("transact", 2, unknown);
    assertThatThrownBy(() -> keyed.create(draft))
        .isInstanceOfSatisfying(
            StoreUnavailableException.class, e -> assertThat(e.outcomeUnknown()).isTrue());

    CreatedWebhook again = keyed.create(draft);

    assertThat(again.secret()).as("shown as by the first call").isPresent();
    assertThat(acme.list(WebhookQuery.all()).total()).isEqualTo(2);
  }

  @Test
  void a_retry_whose_commit_lost_its_answer_is_repeated_by_its_key() {
    receiver.answers(410, 200);
    acme.publish(PAID.withId("a"));
    kit.runUntilIdle();
    String failed = log().get(0).id();
    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.ACTIVE));
    AccountWebhooks keyed = acme.withIdempotencyKey("retry-1");
    faults.after("transact", 1, unknown);
    assertThatThrownBy(() -> keyed.retry(webhook, failed))
        .isInstanceOf(StoreUnavailableException.class);

    Delivery retry = keyed.retry(webhook, failed);
    kit.runUntilIdle();

    assertThat(retry.retryOf()).isEqualTo(failed);
    assertThat(log()).hasSize(2);
    assertThat(receiver.requests()).hasSize(2);
  }

  @Test
  void what_waits_in_memory_elsewhere_follows_a_change_of_the_url() {
    TestReceiver fresh = kit.receiver("https://new.example/in");

    sendTen(() -> {
      other.account("acme").update(webhook, WebhookPatch.empty().url("https://new.example/in"));
      kit.clock().advance(STEP);
    });

    assertThat(receiver.requests()).as("what had begun").hasSize(BEGUN);
    assertThat(fresh.requests()).hasSize(10 - BEGUN);
  }

  @Test
  void what_waits_in_memory_elsewhere_waits_on_while_its_webhook_is_paused() {
    sendTen(() -> {
      other.account("acme").update(webhook, WebhookPatch.empty().status(WebhookStatus.PAUSED));
      kit.clock().advance(STEP);
    });

    pass(STEP);
    assertThat(receiver.requests()).as("what had begun").hasSize(BEGUN);
    assertThat(kit.webhooks().health().owned()).as("released").isZero();
    other.account("acme").update(webhook, WebhookPatch.empty().status(WebhookStatus.ACTIVE));
    other.runUntilIdle();

    assertThat(othersReceiver.requests()).hasSize(10 - BEGUN);
  }

  /** Lets time pass at once: nothing runs before it has passed. */
  private void pass(Duration duration) {
    kit.clock().advance(duration);
    kit.runUntilIdle();
  }

  @Test
  void a_webhook_deleted_during_an_open_publish_receives_nothing() {
    InMemoryTransaction host = store.begin();
    acme.in(host).publish(PAID);
    acme.delete(webhook);
    host.commit();
    host.committed();

    advanceBoth(5);

    assertThat(receiver.requests()).isEmpty();
    assertThat(othersReceiver.requests()).isEmpty();
    assertThat(kit.webhooks().health().pending()).isZero();
    assertThat(kit.webhooks().health().owned()).isZero();
  }

  @Test
  void the_result_of_a_request_whose_webhook_was_deleted_meanwhile_harms_nothing() {
    String second = acme.create(WebhookDraft.to("https://second.example/").events("*"))
        .webhook()
        .id();
    TestReceiver seconds = kit.receiver("https://second.example/");
    faults.doBefore("finish", () -> acme.delete(webhook));
    acme.publish(PAID.withId("a"));

    kit.runUntilIdle();
    kit.advance(STEP);

    assertThat(receiver.requests()).hasSize(1);
    assertThat(seconds.requests()).hasSize(1);
    assertThat(acme.deliveries(second, DeliveryQuery.latest()).data())
        .extracting(Delivery::status)
        .containsExactly(DeliveryStatus.SUCCESS);
    assertThat(kit.webhooks().health().pending()).isZero();
    assertThat(kit.webhooks().health().owned()).isZero();
  }

  @Test
  void a_failed_result_of_a_request_whose_webhook_was_deleted_meanwhile_is_not_retried() {
    receiver.answers(500);
    faults.doBefore("finish", () -> acme.delete(webhook));
    acme.publish(PAID.withId("a"));

    kit.runUntilIdle();
    advanceBoth(10);

    assertThat(receiver.requests()).hasSize(1);
    assertThat(othersReceiver.requests()).isEmpty();
    assertThat(kit.webhooks().health().pending()).isZero();
  }
}
