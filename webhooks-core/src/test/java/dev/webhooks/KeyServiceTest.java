package dev.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.Attempt;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.RetrySchedule;
import dev.webhooks.model.Secret;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.signing.Signer;
import dev.webhooks.spi.DeliveryListener;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.spi.transport.TransportRequest;
import dev.webhooks.spi.transport.TransportResult;
import dev.webhooks.spi.transport.WebhookTransport;
import dev.webhooks.testing.Patience;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Signs in a key service that is slow and fails, and decorates the transport. */
class KeyServiceTest {
  private final Queue<TransportRequest> sent = new ConcurrentLinkedQueue<>();
  private final BlockingQueue<Attempt> ended = new LinkedBlockingQueue<>();

  /** Answers when it is told, and fails at first. */
  private static final class KeyService implements Signer {
    private final CountDownLatch answering = new CountDownLatch(1);
    private final AtomicInteger failures;

    KeyService(int failures) {
      this.failures = new AtomicInteger(failures);
    }

    @Override
    public Set<String> headerNames() {
      return Set.of("X-Acme-Signature");
    }

    @Override
    public Map<String, String> sign(
        String eventId, Instant timestamp, byte[] body, List<Secret> secrets) {
      try {
        answering.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
      if (failures.getAndDecrement() > 0) {
        throw new IllegalStateException("the key service is away");
      }
      return Map.of("X-Acme-Signature", "key-7:" + eventId);
    }
  }

  private Webhooks sending(Signer signer) {
    WebhookTransport fake = (request, timeout) -> TransportResult.answered(200, new byte[0], null);
    Webhooks webhooks = Webhooks.builder()
        .store(new InMemoryWebhookStore())
        .transport((request, timeout) -> {
          sent.add(request);
          return fake.send(request, timeout);
        })
        .events(EventCatalog.acceptingAny())
        .secretCipher(SecretCipher.none())
        .allowTargets("127.0.0.1")
        .retrySchedule(RetrySchedule.after(Duration.ofMillis(1), Duration.ofMillis(1)))
        .closeGrace(Duration.ZERO)
        .signer(signer)
        .listener(new DeliveryListener() {
          @Override
          public void attemptFinished(Finished delivery, Attempt attempt) {
            ended.add(attempt);
          }
        })
        .build();
    webhooks.start();
    return webhooks;
  }

  private Attempt next() throws InterruptedException {
    Attempt attempt = ended.poll(Patience.SECONDS, TimeUnit.SECONDS);
    assertThat(attempt).isNotNull();
    return attempt;
  }

  @Test
  void what_a_key_service_signs_is_sent_and_its_failure_is_a_failed_attempt() throws Exception {
    KeyService keys = new KeyService(1);
    try (Webhooks webhooks = sending(keys)) {
      AccountWebhooks acme = webhooks.account("acme");
      String id = acme.create(WebhookDraft.to("https://127.0.0.1/in").events("order.paid"))
          .webhook()
          .id();
      String event = acme.publish(Event.of("order.paid", Map.of())).eventId();
      assertThat(acme.deliveries(id, DeliveryQuery.latest()).data())
          .singleElement()
          .matches(delivery -> delivery.status() == DeliveryStatus.PENDING);
      keys.answering.countDown();

      assertThat(next().error()).isEqualTo(DeliveryError.UNSENDABLE);
      assertThat(next().error()).isNull();
      assertThat(sent)
          .singleElement()
          .satisfies(request ->
              assertThat(request.headers()).containsEntry("X-Acme-Signature", "key-7:" + event));
      assertThat(acme.get(id).webhook().failingSince()).isNull();
    }
  }

  @Test
  void a_key_service_that_stays_away_ends_the_delivery_as_failed_and_it_can_be_retried()
      throws Exception {
    KeyService keys = new KeyService(3);
    keys.answering.countDown();
    try (Webhooks webhooks = sending(keys)) {
      AccountWebhooks acme = webhooks.account("acme");
      String id = acme.create(WebhookDraft.to("https://127.0.0.1/in").events("order.paid"))
          .webhook()
          .id();
      acme.publish(Event.of("order.paid", Map.of()));

      assertThat(List.of(next(), next(), next()))
          .allMatch(attempt -> attempt.error() == DeliveryError.UNSENDABLE);
      String failed = acme.deliveries(id, DeliveryQuery.latest()).data().get(0).id();

      assertThat(sent).isEmpty();
      acme.retry(id, failed);
      assertThat(next().error()).isNull();
      assertThat(sent).hasSize(1);
    }
  }
}
