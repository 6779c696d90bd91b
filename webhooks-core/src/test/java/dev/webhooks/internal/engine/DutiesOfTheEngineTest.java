package dev.webhooks.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.AccountWebhooks;
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
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryTransaction;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One operation of the store keeps failing, because it is refused or because it gets no answer, and
 * everything that does not need it goes on.
 */
class DutiesOfTheEngineTest {
  private static final Event PAID = Event.of("order.paid", Map.of("orderId", 17));

  /** Operations that loops ask of the store again and again, whatever happens. */
  private static final List<String> PERIODIC = List.of(
      "beat",
      "claim",
      "probe",
      "releaseForgotten",
      "foldStatistics",
      "endUnsendable",
      "purgeDeleted",
      "purgeErased",
      "removeDeliveries",
      "removeEvents",
      "removeKeys");

  /** Operations that loops ask of the store when there is something to do. */
  private static final List<String> OCCASIONAL = List.of(
      "configurations",
      "finish",
      "release",
      "claimById",
      "owned",
      "change",
      "fail",
      "account",
      "declareDead");

  /** Operations that an attempt needs, from a delivery in memory to a row in the log. */
  private static final Set<String> ATTEMPT = Set.of("beat", "configurations", "finish");

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();
  private final Faults faults = new Faults();
  private final TestWebhooks kit = TestWebhooks.on(faults.on(store), EventCatalog.acceptingAny());
  private final AccountWebhooks acme = kit.account("acme");
  private final TestReceiver gone = kit.receiver("https://gone.example/in");
  private final TestReceiver away = kit.receiver("https://away.example/in");

  /** It accepts everything. */
  @BeforeEach
  void receive() {
    kit.receiver("https://a.example/in");
  }

  @AfterEach
  void close() {
    kit.close();
  }

  static Stream<Arguments> operations() {
    return Stream.concat(PERIODIC.stream(), OCCASIONAL.stream())
        .flatMap(DutiesOfTheEngineTest::faults);
  }

  static Stream<Arguments> periodicOperations() {
    return PERIODIC.stream().flatMap(DutiesOfTheEngineTest::faults);
  }

  private static Stream<Arguments> faults(String operation) {
    return Stream.of(
        Arguments.of(operation, new StoreUnavailableException("no answer in time", false, null)),
        Arguments.of(operation, new IllegalStateException("refused: SQL state 55000")));
  }

  @ParameterizedTest
  @MethodSource("periodicOperations")
  void every_other_operation_is_asked_for_as_ever(String failing, RuntimeException fault) {
    faults.before(failing, Integer.MAX_VALUE, fault);
    minutes(1);
    Map<String, Integer> before = calls();

    minutes(125);

    Map<String, Integer> after = calls();
    assertThat(PERIODIC).allSatisfy(operation -> {
      int calls = after.get(operation) - before.get(operation);
      assertThat(calls).as(operation).isGreaterThanOrEqualTo(2);
    });
  }

  @ParameterizedTest
  @MethodSource("periodicOperations")
  void its_trouble_is_in_the_engines_health_until_it_succeeds(
      String failing, RuntimeException fault) {
    assertThat(kit.webhooks().health().troubles()).isEmpty();
    faults.before(failing, Integer.MAX_VALUE, fault);
    minutes(65);

    List<EngineTrouble> troubles = kit.webhooks().health().troubles();
    faults.end();
    minutes(65);

    assertThat(troubles).extracting(EngineTrouble::message).containsExactly(message(fault));
    assertThat(troubles).allMatch(trouble -> !trouble.lasting().isNegative());
    assertThat(kit.webhooks().health().troubles()).isEmpty();
  }

  private static String message(RuntimeException fault) {
    return fault instanceof StoreUnavailableException
        ? "the database does not answer"
        : "failed with IllegalStateException; the log has its words";
  }

  @Test
  void a_message_that_may_quote_data_is_not_shown() {
    faults.before("claim", Integer.MAX_VALUE, new IllegalArgumentException("card 4711"));
    kit.runUntilIdle();

    assertThat(kit.webhooks().health().troubles())
        .containsExactly(new EngineTrouble(
            "claiming deliveries",
            Duration.ZERO,
            "failed with IllegalArgumentException; the log has its words"));
  }

  private void minutes(int minutes) {
    for (int second = 0; second < 60 * minutes; second += 10) {
      kit.advance(Duration.ofSeconds(10));
    }
  }

  private Map<String, Integer> calls() {
    return PERIODIC.stream().collect(Collectors.toMap(name -> name, faults::calls));
  }

  @ParameterizedTest
  @MethodSource("operations")
  void everything_that_does_not_need_it_is_done(String failing, RuntimeException fault) {
    String paused = webhook("https://paused.example/in", "order.paused");
    acme.update(paused, WebhookPatch.empty().status(WebhookStatus.PAUSED));
    acme.publish(Event.of("order.paused", Map.of()));
    kit.advance(Duration.ofDays(5).minusMinutes(1));
    faults.before(failing, Integer.MAX_VALUE, fault);

    final String delivered = webhook("https://a.example/in", "order.paid");
    acme.publish(PAID);
    final String failed = webhook("https://gone.example/in", "order.gone");
    gone.answers(410);
    acme.publish(Event.of("order.gone", Map.of()));
    final String unreached = webhook("https://away.example/in", "order.away");
    away.fails(DeliveryError.CONNECT);
    for (int i = 0; i < 6; i++) {
      acme.publish(Event.of("order.away", Map.of()));
    }
    kit.advance(Duration.ofMinutes(1));
    publishWithHost(PAID);
    away.answers(200);
    kit.advance(Duration.ofMinutes(1));

    expect(
        failing, ATTEMPT, () -> assertThat(statuses(delivered)).contains(DeliveryStatus.SUCCESS));
    expect(
        failing,
        with("claim"),
        () -> assertThat(statuses(delivered)).hasSize(2).containsOnly(DeliveryStatus.SUCCESS));
    expect(
        failing,
        with("fail", "account"),
        () -> assertThat(acme.get(failed).webhook().status()).isEqualTo(WebhookStatus.FAILED));
    expect(
        failing,
        with("change", "probe", "release", "claim"),
        () -> assertThat(statuses(unreached)).hasSize(6).containsOnly(DeliveryStatus.SUCCESS));
    expect(
        failing,
        Set.of("endUnsendable"),
        () -> assertThat(log(paused))
            .extracting(Delivery::error)
            .containsExactly(DeliveryError.EXPIRED));
  }

  @ParameterizedTest
  @MethodSource("operations")
  void the_dead_are_buried_and_their_work_is_done(String failing, RuntimeException fault) {
    String webhook = webhook("https://a.example/in", "order.paid");
    TestWebhooks dead = TestWebhooks.on(store, EventCatalog.acceptingAny());
    dead.account("acme").publish(PAID);
    faults.before(failing, Integer.MAX_VALUE, fault);

    for (int second = 0; second < 60; second += 2) {
      kit.advance(Duration.ofSeconds(2));
    }

    expect(
        failing,
        with("declareDead", "claim"),
        () -> assertThat(statuses(webhook)).containsExactly(DeliveryStatus.SUCCESS));
  }

  @Test
  void a_commit_of_unknown_outcome_is_found_although_nothing_can_be_handed_back() {
    String webhook = webhook("https://a.example/in", "order.paid");
    faults.before("release", Integer.MAX_VALUE, new IllegalStateException("refused"));
    faults.after("transact", new StoreUnavailableException("cut", true, null));
    assertThatThrownBy(() -> acme.publish(PAID)).isInstanceOf(StoreUnavailableException.class);

    kit.advance(Duration.ofSeconds(10));

    assertThat(statuses(webhook)).containsExactly(DeliveryStatus.SUCCESS);
  }

  private static Set<String> with(String... operations) {
    return Stream.concat(ATTEMPT.stream(), Stream.of(operations))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static void expect(String failing, Set<String> needed, Runnable assertion) {
    if (!needed.contains(failing)) {
      assertion.run();
    }
  }

  /** Publishes in a host's transaction that does not tell when it has committed. */
  private void publishWithHost(Event event) {
    try (InMemoryTransaction transaction = store.begin()) {
      acme.in(transaction).publish(event);
      transaction.commit();
    }
  }

  private String webhook(String url, String event) {
    return acme.create(WebhookDraft.to(url).events(event)).webhook().id();
  }

  private List<Delivery> log(String webhook) {
    return acme.deliveries(webhook, DeliveryQuery.latest()).data();
  }

  private List<DeliveryStatus> statuses(String webhook) {
    return log(webhook).stream().map(Delivery::status).toList();
  }
}
