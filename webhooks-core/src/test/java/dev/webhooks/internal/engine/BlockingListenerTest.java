package dev.webhooks.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.spi.DeliveryListener;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.spi.transport.TransportResult;
import dev.webhooks.testing.Patience;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A listener that really blocks, on the engine's real threads. */
class BlockingListenerTest {
  private final Faults store = new Faults();
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private volatile Runnable reaction = this::blockWhateverComes;
  private final Webhooks webhooks = Webhooks.builder()
      .store(store.on(new InMemoryWebhookStore()))
      .transport((request, timeout) -> TransportResult.answered(200, new byte[0], null))
      .events(EventCatalog.acceptingAny())
      .secretCipher(SecretCipher.none())
      .resolver(host ->
          List.of(InetAddress.getByAddress(host, new byte[] {93, (byte) 184, (byte) 215, 14})))
      .listener(new DeliveryListener() {
        @Override
        public void deliverySucceeded(Finished delivery) {
          told.add(delivery.eventId());
          reaction.run();
        }
      })
      .closeGrace(Duration.ofMillis(50))
      .build();
  private final AccountWebhooks acme = webhooks.account("acme");
  private String webhook;

  @BeforeEach
  void start() {
    webhooks.start();
    webhook = acme.create(WebhookDraft.to("https://hooks.example/").events("*"))
        .webhook()
        .id();
  }

  @AfterEach
  void close() {
    release.countDown();
    webhooks.close();
  }

  @Test
  void deliveries_go_on_and_are_written_while_the_listener_blocks() throws Exception {
    deliver("first");
    assertThat(nextTold()).isEqualTo("first");

    for (int i = 0; i < 20; i++) {
      deliver("later-" + i);
    }

    assertThat(told).as("it is still in its first call").isEmpty();
    assertThat(acme.deliveries(webhook, DeliveryQuery.latest().limit(100)).data())
        .hasSize(21)
        .extracting(Delivery::status)
        .containsOnly(DeliveryStatus.SUCCESS);
    release.countDown();
    for (int i = 0; i < 20; i++) {
      assertThat(nextTold()).isEqualTo("later-" + i);
    }
  }

  @Test
  void closing_gives_a_listener_up_that_ignores_even_interrupts() throws Exception {
    deliver("first");
    assertThat(nextTold()).isEqualTo("first");
    deliver("second");

    CompletableFuture<Void> closing = CompletableFuture.runAsync(webhooks::close);

    assertThat(closing).succeedsWithin(Patience.LONG);
    assertThat(released.getCount()).as("it still blocks").isEqualTo(1);
    release.countDown();
    assertThat(released.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void closing_interrupts_a_listener_when_its_time_is_over() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    reaction = () -> {
      try {
        release.await();
      } catch (InterruptedException e) {
        interrupted.countDown();
        Thread.currentThread().interrupt();
      }
    };
    deliver("first");
    assertThat(nextTold()).isEqualTo("first");

    CompletableFuture<Void> closing = CompletableFuture.runAsync(webhooks::close);

    assertThat(closing).succeedsWithin(Patience.LONG);
    assertThat(interrupted.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void listener_may_close_the_instance_that_calls_it() throws Exception {
    reaction = () -> {
      webhooks.close();
      released.countDown();
    };
    deliver("first");

    assertThat(released.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  /** Publishes an event and waits until the outcome of its delivery has been written. */
  private void deliver(String eventId) throws InterruptedException {
    CountDownLatch written = new CountDownLatch(1);
    store.doAfter("finish", written::countDown);
    acme.publish(Event.of("order.paid", Map.of()).withId(eventId));
    assertThat(written.await(Patience.SECONDS, TimeUnit.SECONDS)).as(eventId).isTrue();
  }

  private String nextTold() throws InterruptedException {
    return told.poll(Patience.SECONDS, TimeUnit.SECONDS);
  }

  private void blockWhateverComes() {
    while (release.getCount() > 0) {
      try {
        release.await();
      } catch (InterruptedException e) {
        // It goes on blocking, as code does that knows no better.
      }
    }
    released.countDown();
  }
}
