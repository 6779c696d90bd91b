package dev.webhooks.internal.engine.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.internal.engine.Faults;
import dev.webhooks.internal.engine.base.DeliverySettings;
import dev.webhooks.internal.engine.base.EngineLoop;
import dev.webhooks.internal.engine.base.Troubles;
import dev.webhooks.internal.engine.endpoint.ProbeClaimer;
import dev.webhooks.internal.engine.send.Dispatcher;
import dev.webhooks.internal.engine.send.ManualAttempts;
import dev.webhooks.internal.engine.send.OwnedDeliveries;
import dev.webhooks.internal.engine.send.OwnedDelivery;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.WebhookStore;
import dev.webhooks.spi.transport.TransportResult;
import dev.webhooks.testing.Patience;
import dev.webhooks.testing.TestClock;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryTransaction;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Claims of committed deliveries and polling at the same time: a round of one in the middle of a
 * statement of the other.
 */
class CommittedClaimerTest {
  private static final Event PAID = Event.of("order.paid", Map.of("orderId", 17));
  private static final String URL = "https://hooks.acme.example/in";

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();
  private final Faults faults = new Faults();
  private final WebhookStore faulty = faults.on(store);
  private final TestWebhooks publisher =
      TestWebhooks.on(store, EventCatalog.acceptingAny(), builder -> builder.sending(false));
  private final AccountWebhooks acme = publisher.account("acme");
  private final TestClock clock = publisher.clock();
  private final OwnedDeliveries owned = new OwnedDeliveries(DeliverySettings.DEFAULTS);
  private final ManualAttempts attempts = new ManualAttempts(owned, clock);
  private final Dispatcher dispatcher = attempts.dispatcher();
  private final Troubles troubles = new Troubles(clock, new Random(1), (fault, lasted) -> {});
  private final EngineLoop polling = new EngineLoop("polling");
  private final EngineLoop claiming = new EngineLoop("claiming");
  private final DeliveryIntake intake =
      new DeliveryIntake(faulty, owned, dispatcher, clock, polling);
  private final CommittedClaimer claimer =
      new CommittedClaimer(faulty, owned, intake, troubles, claiming);

  @BeforeEach
  void subscribe() {
    acme.create(WebhookDraft.to(URL).events("order.*"));
    owned.startOver(store.instances().register("test"));
    Poller unused = new Poller(
        faulty,
        owned,
        dispatcher,
        intake,
        clock,
        clock,
        new ProbeClaimer(store, clock, clock, Duration.ofSeconds(40)),
        troubles,
        polling,
        new EngineLoop("housekeeping"));
  }

  @AfterEach
  void close() {
    publisher.close();
  }

  /** Stores a delivery that nobody owns, as a host's transaction does, and returns it. */
  private OwnedDelivery commit() {
    acme.publish(PAID);
    long other = store.instances().register("other");
    ClaimRequest all = new ClaimRequest(other, clock.instant(), 0, 1, 1, 1_000, Map.of());
    ClaimedDelivery delivery = store.queue().claim(all).get(0);
    store.queue().release(other, List.of(delivery.claim()));
    return new OwnedDelivery(owned.owner(), delivery);
  }

  private List<DeliveryRef> rowsOwned(OwnedDelivery delivery) {
    return store.queue().owned(owned.owner(), List.of(delivery.ref())).stream()
        .map(row -> row.ref())
        .toList();
  }

  @Test
  void what_is_committed_during_a_claim_begins_before_the_claim_ends() {
    AtomicInteger duringTheClaim = new AtomicInteger();
    faults.doAfter("claim", () -> {
      claimer.claim(List.of(commit()));
      claiming.round();
      duringTheClaim.set(attempts.running());
    });

    polling.round();

    assertThat(duringTheClaim).hasValue(1);
  }

  @Test
  void a_delivery_that_the_poller_claims_meanwhile_begins_once() {
    OwnedDelivery delivery = commit();
    faults.doBefore("claimById", polling::round);

    claimer.claim(List.of(delivery));
    claiming.round();
    polling.round();

    assertThat(attempts.running()).isEqualTo(1);
    assertThat(owned.count()).isEqualTo(1);
    assertThat(rowsOwned(delivery)).containsExactly(delivery.ref());
  }

  @Test
  void a_delivery_that_the_poller_claims_while_the_claim_fails_begins_once() {
    OwnedDelivery delivery = commit();
    StoreUnavailableException cut = new StoreUnavailableException("cut", true, null);
    faults.when(
        "claimById",
        arguments -> {
          polling.round();
          return true;
        },
        cut);

    claimer.claim(List.of(delivery));
    claiming.round();
    polling.round();
    polling.round();

    assertThat(attempts.running()).isEqualTo(1);
    assertThat(owned.count()).isEqualTo(1);
  }

  @Test
  void a_claim_whose_answer_is_lost_is_looked_up() {
    OwnedDelivery delivery = commit();
    faults.after("claimById", new StoreUnavailableException("cut", true, null));

    claimer.claim(List.of(delivery));
    claiming.round();
    polling.round();

    assertThat(attempts.running()).isEqualTo(1);
    assertThat(rowsOwned(delivery)).containsExactly(delivery.ref());
  }

  @Test
  void a_sweep_before_the_answer_leaves_what_is_being_claimed() {
    OwnedDelivery delivery = commit();
    clock.advance(Duration.ofSeconds(10));
    faults.doAfter("claimById", polling::round);

    claimer.claim(List.of(delivery));
    claiming.round();

    assertThat(faults.calls("releaseForgotten")).isEqualTo(1);
    assertThat(rowsOwned(delivery)).containsExactly(delivery.ref());
    assertThat(attempts.running()).isEqualTo(1);
  }

  @Test
  void a_running_instance_sends_what_its_host_commits_while_a_claim_hangs() throws Exception {
    CountDownLatch claiming = new CountDownLatch(1);
    CountDownLatch sent = new CountDownLatch(1);
    faults.when(
        "claim",
        arguments -> {
          claiming.countDown();
          await(sent);
          return false;
        },
        new IllegalStateException("never thrown"));
    CompletableFuture<String> request = new CompletableFuture<>();
    Webhooks webhooks = Webhooks.builder()
        .events(EventCatalog.acceptingAny())
        .secretCipher(SecretCipher.none())
        .store(faulty)
        .transport((sending, timeout) -> {
          request.complete(sending.url());
          return TransportResult.answered(200, new byte[0], null);
        })
        .build();
    try {
      webhooks.start();
      await(claiming);
      InMemoryTransaction transaction = store.begin();
      webhooks.account("acme").in(transaction).publish(PAID);
      transaction.commit();
      transaction.committed();

      assertThat(request).succeedsWithin(Patience.LONG).isEqualTo(URL);
    } finally {
      sent.countDown();
      webhooks.close();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
