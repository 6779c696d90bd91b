package dev.webhooks.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.spi.transport.TransportResult;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryTransaction;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A delivery that is to be sent now is looked for at once, not only by the next poll. */
class SendNowWakesTest {
  private static final String URL = "https://hooks.acme.example/in";
  private static final String POLLER = "webhooks-poller";

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();
  private final SteppedRunner runner = new SteppedRunner();
  private final TestWebhooks kit = TestWebhooks.on(store, EventCatalog.acceptingAny());
  private final Webhooks asked = Webhooks.builder()
      .events(EventCatalog.acceptingAny())
      .secretCipher(SecretCipher.none())
      .store(store)
      .transport((request, timeout) -> TransportResult.answered(200, new byte[0], null))
      .closeGrace(Duration.ZERO)
      .clock(kit.clock())
      .ticker(kit.clock())
      .taskRunner(runner)
      .build();
  private final AccountWebhooks acme = asked.account("acme");
  private String webhook = "";
  private String delivery = "";

  @BeforeEach
  void fail() {
    kit.receiver(URL).answers(500);
    webhook =
        kit.account("acme").create(WebhookDraft.to(URL).events("*")).webhook().id();
    kit.account("acme").publish(Event.of("order.paid", Map.of("orderId", 17)));
    kit.runUntilIdle();
    delivery = kit.deliveries("acme").get(0).id();
    asked.start();
  }

  @AfterEach
  void close() {
    asked.close();
    kit.close();
  }

  @Test
  void by_retrying_a_delivery_that_waits() {
    int before = runner.wakes(POLLER);

    acme.retry(webhook, delivery);

    assertThat(runner.wakes(POLLER)).isEqualTo(before + 1);
  }

  @Test
  void by_recovering() {
    int before = runner.wakes(POLLER);

    acme.recover(webhook, kit.clock().instant().minusSeconds(60));

    assertThat(runner.wakes(POLLER)).isEqualTo(before + 1);
  }

  @Test
  void by_the_commit_of_a_hosts_transaction() {
    int before = runner.wakes(POLLER);
    try (InMemoryTransaction host = store.begin()) {
      acme.in(host).retry(webhook, delivery);
      assertThat(runner.wakes(POLLER)).isEqualTo(before);
      host.commit();
      host.committed();
    }

    assertThat(runner.wakes(POLLER)).isEqualTo(before + 1);
  }
}
