package dev.webhooks.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A host's own unit tests: its transactions on H2, its service unchanged, and days that take no
 * time.
 */
class OrderServiceTest {
  private static final String URL = "https://hooks.acme.example/in";
  private static final String SECRET = "the secret that Acme chose";

  private final DataSource h2 = database();

  @AutoClose
  private final TestWebhooks kit = TestWebhooks.on(JdbcWebhookStore.on(h2), OrderEvents.CATALOG);

  private final OrderService orders = new OrderService(h2, kit.webhooks());
  private final AccountWebhooks acme = kit.account("acme");
  private final TestReceiver endpoint = kit.receiver(URL).knows(SECRET);
  private final String webhook = acme.create(
          WebhookDraft.to(URL).events("order.*").secret(SECRET))
      .webhook()
      .id();

  private static DataSource database() {
    JdbcDataSource h2 = new JdbcDataSource();
    h2.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    return h2;
  }

  @BeforeEach
  void tables() throws SQLException {
    try (Connection connection = h2.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table paid_order (id int primary key)");
    }
  }

  @Test
  void a_paid_order_arrives_signed() {
    orders.pay(17);

    kit.runUntilIdle();

    ReceivedRequest request = endpoint.onlyRequest();
    assertThat(request.event()).isEqualTo("order.paid");
    assertThat(request.data()).containsExactly(Map.entry("orderId", 17));
    assertThat(request.signatureIsValid()).isTrue();
  }

  @Test
  void a_paid_order_is_retried_after_five_minutes() {
    endpoint.answers(500, 500, 200);

    orders.pay(17);
    kit.runUntilIdle();
    kit.advance(Duration.ofSeconds(5));
    kit.advance(Duration.ofMinutes(5));

    assertThat(endpoint.requests()).hasSize(3).allMatch(ReceivedRequest::signatureIsValid);
    assertThat(kit.deliveries("acme"))
        .extracting(Delivery::status)
        .containsExactly(DeliveryStatus.SUCCESS);
  }

  @Test
  void an_order_that_is_rolled_back_sends_nothing() {
    orders.pay(17);
    assertThatThrownBy(() -> orders.pay(17)).hasMessageContaining("17");

    kit.advance(Duration.ofDays(1));

    assertThat(endpoint.requests()).hasSize(1);
    assertThat(kit.deliveries("acme")).hasSize(1);
  }

  @Test
  void what_a_broken_endpoint_did_not_take_is_recovered() {
    endpoint.answers(500);
    Instant outage = kit.clock().instant();
    orders.pay(17);
    orders.pay(18);
    kit.advance(Duration.ofDays(4));
    assertThat(kit.deliveries("acme"))
        .extracting(Delivery::status)
        .containsExactly(DeliveryStatus.FAILED, DeliveryStatus.FAILED);

    endpoint.answers(200).forget();
    acme.recover(webhook, outage);
    kit.runUntilIdle();

    assertThat(endpoint.requests())
        .extracting(request -> request.data().get("orderId"))
        .containsExactlyInAnyOrder(17, 18);
  }

  @Test
  void a_paused_webhook_keeps_its_deliveries_and_receives_them_later() {
    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.PAUSED));
    orders.pay(17);
    kit.advance(Duration.ofHours(8));
    assertThat(endpoint.requests()).isEmpty();

    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.ACTIVE));
    kit.runUntilIdle();

    assertThat(endpoint.onlyRequest().attempt()).isEqualTo(1);
  }
}
