package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.DeliveryListener;
import dev.webhooks.testing.Closing;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole story of webhooks that fail and endpoints that go away, with real tables. */
class JdbcFailedWebhookTest {
  private static final String URL = "https://hooks.acme.example/in";
  private static final Event PAID = Event.of("order.paid", Map.of("orderId", 17));

  private final List<String> calls = new ArrayList<>();
  private HikariDataSource pool;
  private TestWebhooks kit;
  private AccountWebhooks acme;
  private TestReceiver receiver;
  private String webhook;
  private Instant start;

  enum Product {
    H2,
    POSTGRESQL
  }

  private void open(Product product) {
    if (product == Product.POSTGRESQL) {
      pool = TestPostgres.pool(TestPostgres.schema(), 2);
    } else {
      pool = new HikariDataSource();
      pool.setJdbcUrl("jdbc:h2:mem:" + UUID.randomUUID());
      pool.setMaximumPoolSize(2);
    }
    kit = TestWebhooks.on(
        JdbcWebhookStore.on(pool),
        EventCatalog.acceptingAny(),
        builder -> builder.listener(listener()));
    acme = kit.account("acme");
    receiver = kit.receiver(URL);
    webhook = acme.create(WebhookDraft.to(URL).events("*")).webhook().id();
    start = kit.clock().instant();
  }

  private DeliveryListener listener() {
    return new DeliveryListener() {
      @Override
      public void deliveryFailed(Finished delivery, DeliveryError error) {
        calls.add("failed " + delivery.eventId() + " " + error.code());
      }

      @Override
      public void webhookWarned(Trouble trouble) {
        calls.add("warned " + trouble.account() + " " + trouble.reason());
      }

      @Override
      public void webhookFailed(Trouble trouble) {
        calls.add("webhook failed " + trouble.account() + " " + trouble.reason());
      }
    };
  }

  @AfterEach
  void close() throws Exception {
    Closing.all(kit, pool);
  }

  private List<Delivery> log() {
    return acme.deliveries(webhook, DeliveryQuery.latest()).data();
  }

  private List<String> ofWebhooks() {
    return calls.stream().filter(call -> !call.startsWith("failed")).toList();
  }

  private WebhookStatus status() {
    return acme.get(webhook).webhook().status();
  }

  @ParameterizedTest
  @EnumSource
  void a_webhook_that_is_gone_fails_and_is_recovered(Product product) {
    open(product);
    receiver.answers(410);
    acme.publish(PAID.withId("gone"));
    kit.runUntilIdle();
    acme.publish(PAID.withId("later"));
    kit.runUntilIdle();
    kit.advance(Duration.ofSeconds(2));

    assertThat(status()).isEqualTo(WebhookStatus.FAILED);
    assertThat(receiver.requests()).hasSize(1);
    assertThat(calls)
        .containsExactly(
            "failed gone http_status", "webhook failed acme GONE", "failed later webhook_failed");
    receiver.answers(200);
    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.ACTIVE));
    assertThat(acme.recover(webhook, start)).isEqualTo(2);
    kit.runUntilIdle();

    assertThat(receiver.requests())
        .extracting(ReceivedRequest::eventId)
        .containsExactlyInAnyOrder("gone", "gone", "later");
    assertThat(acme.get(webhook).webhook().statistics().succeeded()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void a_webhook_that_only_fails_is_warned_of_and_fails(Product product) {
    open(product);
    receiver.answers(500);
    for (int hours = 0; hours < 114; hours += 6) {
      acme.publish(PAID);
      kit.runUntilIdle();
      kit.advance(Duration.ofHours(6));
    }
    assertThat(status()).isEqualTo(WebhookStatus.ACTIVE);
    assertThat(ofWebhooks()).containsExactly("warned acme FAILING");

    kit.advance(Duration.ofHours(6));
    acme.publish(PAID);
    kit.runUntilIdle();

    assertThat(status()).isEqualTo(WebhookStatus.FAILED);
    assertThat(ofWebhooks()).containsExactly("warned acme FAILING", "webhook failed acme FAILING");
  }

  @ParameterizedTest
  @EnumSource
  void an_unreachable_endpoint_is_suspended_and_probed(Product product) {
    open(product);
    receiver.fails(DeliveryError.CONNECT);
    for (int i = 0; i < 5; i++) {
      acme.publish(PAID);
    }
    kit.runUntilIdle();
    acme.publish(PAID.withId("fresh"));
    kit.advance(Duration.ofSeconds(5));
    assertThat(receiver.requests()).hasSize(5);

    kit.advance(Duration.ofSeconds(5));
    assertThat(receiver.requests()).as("one probe").hasSize(6);
    assertThat(log()).extracting(Delivery::attempts).containsOnly(0, 1);
    receiver.answers(200);
    kit.advance(Duration.ofSeconds(20));
    kit.advance(Duration.ofSeconds(1));

    assertThat(log()).hasSize(6).allMatch(d -> d.status() == DeliveryStatus.SUCCESS);
  }

  @ParameterizedTest
  @EnumSource
  void a_delivery_that_expires_while_its_webhook_is_paused_is_reported(Product product) {
    open(product);
    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.PAUSED));
    acme.publish(PAID.withId("old"));

    kit.advance(Duration.ofDays(5).plusSeconds(1));

    assertThat(calls).containsExactly("failed old expired");
    assertThat(log()).extracting(Delivery::error).containsExactly(DeliveryError.EXPIRED);
  }
}
