package dev.webhooks.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.spi.transport.TransportResult;
import dev.webhooks.testing.Patience;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With real threads: endpoints that hang delay nobody else. */
@Timeout(Patience.OF_A_TEST)
class IsolationTest {
  private static final int HANGING = 40;
  private static final int HEALTHY = 100;
  private static final int EVENTS = 20;

  private final CountDownLatch hanging = new CountDownLatch(HANGING);
  private final CountDownLatch served = new CountDownLatch(HEALTHY * EVENTS);
  private final CountDownLatch end = new CountDownLatch(1);
  private final Webhooks webhooks = Webhooks.builder()
      .store(new InMemoryWebhookStore())
      .events(EventCatalog.acceptingAny())
      .maxWebhooksPerAccount(1_000)
      .resolver(host -> List.of(InetAddress.getByAddress(host, new byte[] {93, 1, 2, 3})))
      .closeGrace(Duration.ofSeconds(5))
      .transport((request, timeout) -> send(request.url()))
      .build();

  private TransportResult send(String url) {
    if (url.contains("hanging")) {
      hanging.countDown();
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return TransportResult.failed(DeliveryError.TIMEOUT);
    }
    served.countDown();
    return TransportResult.answered(200, new byte[0], null);
  }

  @AfterEach
  void close() {
    end.countDown();
    webhooks.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {EVENTS, 600})
  void a_hundred_webhooks_are_served_while_forty_with_a_queue_hang(int queued) throws Exception {
    webhooks.start();
    AccountWebhooks acme = webhooks.account("acme");
    for (int i = 0; i < HANGING; i++) {
      acme.create(WebhookDraft.to("https://hanging-" + i + ".example/").events("order.hanging"));
    }
    for (int i = 0; i < HEALTHY; i++) {
      acme.create(WebhookDraft.to("https://healthy-" + i + ".example/").events("order.healthy"));
    }
    acme.publish(events("order.hanging", queued));
    assertThat(hanging.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();

    acme.publish(events("order.healthy", EVENTS));

    assertThat(served.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(webhooks.health().inFlight()).isGreaterThanOrEqualTo(HANGING);
  }

  private static List<Event> events(String type, int count) {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(Event.of(type, Map.of("orderId", i)));
    }
    return events;
  }
}
