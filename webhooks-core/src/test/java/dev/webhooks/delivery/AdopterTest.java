package dev.webhooks.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Adopting and polling at the same time: a round of one in the middle of a statement of the other.
 */
class AdopterTest {
  private static final Event PAID = Event.of("order.paid", Map.of("orderId", 17));
  private static final String URL = "https://hooks.acme.example/in";

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();
  private final Faults faults = new Faults();
  private final WebhookStore faulty = faults.on(store);
  private final TestWebhooks publisher =
      TestWebhooks.on(store, EventCatalog.acceptingAny(), builder -> builder.sending(false));
  private final AccountWebhooks acme = publisher.account("acme");
  private final TestClock clock = publisher.clock();
  private final List<Flight> begun = new ArrayList<>();
  private final Ledger ledger = new Ledger(DeliverySettings.DEFAULTS);
  private final Dispatcher dispatcher =
      new Dispatcher(DeliverySettings.DEFAULTS, clock, ledger, () -> true, begun::add);
  private final Arrivals arrivals = new Arrivals(faulty, ledger, dispatcher, clock);
  private final Troubles troubles = new Troubles(clock, new Random(1), (fault, lasted) -> {});
  private final Poller poller = new Poller(
      faulty,
      ledger,
      dispatcher,
      arrivals,
      clock,
      clock,
      new Prober(store, clock, clock, Duration.ofSeconds(40)),
      () -> {},
      troubles);
  private final Adopter adopter = new Adopter(faulty, ledger, arrivals, poller, troubles);

  @BeforeEach
  void subscribe() {
    acme.create(WebhookDraft.to(URL).events("order.*"));
    ledger.startOver(store.instances().register("test"));
  }

  @AfterEach
  void close() {
    publisher.close();
  }

  /** Stores a delivery that nobody holds, as a host's transaction does, and returns it. */
  private Held commit() {
    acme.publish(PAID);
    long other = store.instances().register("other");
    ClaimRequest all = new ClaimRequest(other, clock.instant(), 0, 1, 1, 1_000, Map.of());
    ClaimedDelivery delivery = store.queue().claim(all).get(0);
    store.queue().release(other, List.of(delivery.claim()));
    return new Held(ledger.owner(), delivery);
  }

  private List<DeliveryRef> rowsHeld(Held held) {
    return store.queue().owned(ledger.owner(), List.of(held.ref())).stream()
        .map(row -> row.ref())
        .toList();
  }

  @Test
  void what_is_committed_during_a_claim_begins_before_the_claim_ends() {
    List<Flight> duringTheClaim = new ArrayList<>();
    faults.doAfter("claim", () -> {
      adopter.adopt(List.of(commit()));
      adopter.round();
      duringTheClaim.addAll(begun);
    });

    poller.round();

    assertThat(duringTheClaim).hasSize(1);
  }

  @Test
  void what_is_claimed_while_it_is_being_adopted_begins_once() {
    Held held = commit();
    faults.doBefore("claimById", poller::round);

    adopter.adopt(List.of(held));
    adopter.round();
    poller.round();

    assertThat(begun).hasSize(1);
    assertThat(ledger.count()).isEqualTo(1);
    assertThat(rowsHeld(held)).containsExactly(held.ref());
  }

  @Test
  void what_is_claimed_while_its_adoption_fails_begins_once() {
    Held held = commit();
    StoreUnavailableException cut = new StoreUnavailableException("cut", true, null);
    faults.when(
        "claimById",
        arguments -> {
          poller.round();
          return true;
        },
        cut);

    adopter.adopt(List.of(held));
    adopter.round();
    poller.round();
    poller.round();

    assertThat(begun).hasSize(1);
    assertThat(ledger.count()).isEqualTo(1);
  }

  @Test
  void an_adoption_whose_answer_is_lost_is_looked_up() {
    Held held = commit();
    faults.after("claimById", new StoreUnavailableException("cut", true, null));

    adopter.adopt(List.of(held));
    adopter.round();
    poller.round();

    assertThat(begun).hasSize(1);
    assertThat(rowsHeld(held)).containsExactly(held.ref());
  }

  @Test
  void a_sweep_before_the_answer_leaves_what_is_being_adopted() {
    Held held = commit();
    clock.advance(Duration.ofSeconds(10));
    faults.doAfter("claimById", poller::round);

    adopter.adopt(List.of(held));
    adopter.round();

    assertThat(faults.calls("releaseForgotten")).isEqualTo(1);
    assertThat(rowsHeld(held)).containsExactly(held.ref());
    assertThat(begun).hasSize(1);
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
