package dev.webhooks.internal.engine.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.internal.engine.Faults;
import dev.webhooks.internal.engine.Logged;
import dev.webhooks.internal.engine.SteppedRunner;
import dev.webhooks.internal.engine.base.ThreadTaskRunner;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.spi.transport.TransportResult;
import dev.webhooks.testing.TestClock;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryTransaction;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A host that publishes while nobody sends is told so, once. */
class SilenceWarningTest {
  private static final String URL = "https://hooks.acme.example/in";
  private static final Event PAID = Event.of("order.paid", Map.of("orderId", 17));
  private static final byte[] PUBLIC_ADDRESS = {93, (byte) 184, (byte) 215, 14};
  private static final String LOOP = "webhooks-silence";

  private final TestClock clock = new TestClock(Instant.parse("2026-01-05T09:00:00Z"));
  private final InMemoryWebhookStore store = new InMemoryWebhookStore(clock);
  private final Faults faults = new Faults();
  private final SteppedRunner runner = new SteppedRunner();
  private final Webhooks webhooks = build(true);
  private final AccountWebhooks acme = webhooks.account("acme");
  private String webhook = "";

  @BeforeEach
  void register() {
    webhook = acme.create(WebhookDraft.to(URL).events("*")).webhook().id();
  }

  @AfterEach
  void close() {
    webhooks.close();
  }

  private Webhooks build(boolean sending) {
    return Webhooks.builder()
        .events(EventCatalog.acceptingAny())
        .secretCipher(SecretCipher.none())
        .store(faults.on(store))
        .transport((request, timeout) -> TransportResult.answered(200, new byte[0], null))
        .resolver(host -> List.of(InetAddress.getByAddress(host, PUBLIC_ADDRESS)))
        .sending(sending)
        .closeGrace(Duration.ZERO)
        .clock(clock)
        .ticker(clock)
        .taskRunner(runner)
        .build();
  }

  /** Lets time pass second by second, and returns what is logged meanwhile. */
  private String pass(int seconds) {
    return Logged.by(() -> {
      for (int second = 0; second < seconds; second++) {
        clock.advance(Duration.ofSeconds(1));
        runner.roundIfAny(LOOP);
      }
    });
  }

  @Test
  void publishing_before_a_start_that_never_comes_is_told_after_ten_seconds() {
    acme.publish(PAID);
    acme.publish(PAID);

    assertThat(pass(9)).isEmpty();
    assertThat(pass(1))
        .contains("WARN")
        .contains("nothing is sent")
        .contains("2 deliveries wait, the oldest since 2026-01-05T09:00:00Z")
        .contains("webhooks.start()")
        .contains("sending(false)");
  }

  @Test
  void it_is_told_once() {
    acme.publish(PAID);
    assertThat(pass(10)).isNotEmpty();

    acme.publish(PAID);
    assertThat(pass(120)).isEmpty();
  }

  @Test
  void publishing_in_a_hosts_transaction_is_told_once_that_has_committed() {
    try (InMemoryTransaction host = store.begin()) {
      acme.in(host).publish(PAID);
      assertThat(pass(20)).isEmpty();
      host.commit();
    }

    assertThat(pass(5)).contains("1 deliveries wait");
  }

  @Test
  void what_a_host_rolls_back_does_not_wait() {
    try (InMemoryTransaction host = store.begin()) {
      acme.in(host).publish(PAID);
    }
    assertThat(pass(120)).isEmpty();

    acme.publish(PAID);
    assertThat(pass(15)).as("the next one").isNotEmpty();
  }

  @Test
  void what_waits_already_is_seen_at_a_publish_that_stores_nothing() {
    acme.publish(PAID.withId("order-17-paid"));
    assertThat(pass(10)).isNotEmpty();
    Webhooks restarted = build(true);
    restarted.account("acme").publish(PAID.withId("order-17-paid"));

    assertThat(pass(10)).contains("1 deliveries wait");
    restarted.close();
  }

  @Test
  void a_retry_is_told_like_a_publish() {
    acme.publish(PAID);
    pass(10);
    try (TestWebhooks kit = TestWebhooks.on(store, EventCatalog.acceptingAny())) {
      kit.receiver(URL).answers(500);
      kit.runUntilIdle();
    }
    Webhooks restarted = build(true);
    restarted.account("acme").recover(webhook, clock.instant().minusSeconds(60));

    assertThat(pass(10)).contains("1 deliveries wait");
    restarted.close();
  }

  @Test
  void publishing_on_after_closing_is_told() {
    webhooks.start();
    acme.publish(PAID);
    webhooks.close();
    assertThat(pass(60)).as("nobody publishes").isEmpty();

    acme.publish(PAID);

    assertThat(pass(10)).contains("WARN").contains("closed").contains("2 deliveries wait");
  }

  @Test
  void a_start_in_time_ends_it() {
    acme.publish(PAID);
    pass(9);
    webhooks.start();

    assertThat(pass(60)).isEmpty();
    assertThat(runner.has(LOOP)).isFalse();
  }

  @Test
  void nothing_is_wrong_while_another_instance_sends() {
    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.PAUSED));
    try (TestWebhooks other = TestWebhooks.on(store, EventCatalog.acceptingAny())) {
      for (int publish = 0; publish < 5; publish++) {
        acme.publish(PAID);
        String log = Logged.by(() -> {
          for (int second = 0; second < 20; second++) {
            other.advance(Duration.ofSeconds(1));
            clock.advance(Duration.ofSeconds(1));
            runner.roundIfAny(LOOP);
          }
        });
        assertThat(log).isEmpty();
      }
    }
  }

  @Test
  void an_instance_that_only_publishes_is_not_warned() {
    Webhooks publishing = build(false);
    publishing.account("acme").publish(PAID);
    assertThat(runner.has(LOOP)).isFalse();
    publishing.start();
    publishing.account("acme").publish(PAID);
    publishing.close();
    publishing.account("acme").publish(PAID);

    assertThat(pass(60)).isEmpty();
    assertThat(runner.has(LOOP)).isFalse();
  }

  @Test
  void a_database_that_is_away_is_asked_again_later() {
    acme.publish(PAID);
    faults.before(
        "beats", Integer.MAX_VALUE, new StoreUnavailableException("no answer", false, null));
    assertThat(pass(60)).isEmpty();
    faults.end();

    assertThat(pass(10)).contains("1 deliveries wait");
  }

  @Test
  void thread_that_waits_keeps_no_process_alive() throws InterruptedException {
    // Instances of other tests may have such a thread, too.
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    ThreadTaskRunner threads = new ThreadTaskRunner(1);
    new SilenceWarning(store, threads, clock, clock).published();

    Thread thread = Thread.getAllStackTraces().keySet().stream()
        .filter(candidate -> candidate.getName().equals(LOOP) && !before.contains(candidate))
        .findFirst()
        .orElseThrow();
    assertThat(thread.isDaemon()).isTrue();
    threads.close();
    thread.join();
  }
}
