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
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.testing.Closing;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A publication for all tables, as Debezium and upgrades by logical replication make it: PostgreSQL
 * then refuses to change or remove rows that it cannot name.
 */
class JdbcPostgresPublicationTest {
  private static final String URL = "https://hooks.acme.example/in";

  private HikariDataSource pool;
  private TestWebhooks kit;
  private AccountWebhooks acme;
  private TestReceiver receiver;
  private String webhook;

  @BeforeEach
  void publishAllTables() throws SQLException {
    pool = TestPostgres.databasePool(3);
    kit = TestWebhooks.on(JdbcWebhookStore.on(pool), EventCatalog.acceptingAny());
    execute("create publication everything for all tables");
    acme = kit.account("acme");
    receiver = kit.receiver(URL);
    webhook = acme.create(WebhookDraft.to(URL).events("*")).webhook().id();
  }

  @AfterEach
  void close() throws Exception {
    Closing.all(kit, pool);
  }

  @Test
  void counters_are_folded() throws SQLException {
    publish(3);
    kit.advance(Duration.ofSeconds(2));

    assertThat(rows("webhooks_stat_delta")).isZero();
    assertThat(acme.get(webhook).webhook().statistics().succeeded()).isEqualTo(3);
    assertNoTrouble();
  }

  @Test
  void deliveries_of_a_webhook_that_is_gone_end() {
    receiver.answers(410);
    publish(52);
    kit.advance(Duration.ofSeconds(4));

    assertThat(acme.get(webhook).webhook().status()).isEqualTo(WebhookStatus.FAILED);
    assertThat(log()).hasSize(52).allMatch(delivery -> delivery.status() == DeliveryStatus.FAILED);
    assertNoTrouble();
  }

  @Test
  void paused_deliveries_expire() {
    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.PAUSED));
    publish(1);
    kit.advance(Duration.ofDays(5).plusSeconds(2));

    assertThat(log()).extracting(Delivery::error).containsExactly(DeliveryError.EXPIRED);
    assertNoTrouble();
  }

  @Test
  void endpoints_that_are_not_reached_are_probed_and_recover() {
    receiver.fails(DeliveryError.CONNECT);
    publish(6);
    kit.advance(Duration.ofMinutes(1));
    receiver.answers(200);
    kit.advance(Duration.ofHours(1));

    assertThat(log()).hasSize(6).allMatch(delivery -> delivery.status() == DeliveryStatus.SUCCESS);
    assertNoTrouble();
  }

  @Test
  void retention_removes_deliveries_events_and_keys() throws SQLException {
    receiver.answers(500, 200);
    acme.withIdempotencyKey("key").rotateSecret(webhook, SecretRotation.generated());
    publish(2);
    kit.advance(Duration.ofDays(36));

    for (String table : List.of("delivery", "attempt", "event", "idempotency", "queue")) {
      assertThat(rows("webhooks_" + table)).as(table).isZero();
    }
    assertNoTrouble();
  }

  @Test
  void nothing_of_an_erased_account_is_left() throws SQLException {
    receiver.answers(500, 500, 200);
    publish(3);
    kit.advance(Duration.ofMinutes(10));
    acme.erase();
    kit.advance(Duration.ofDays(2));

    for (String table : List.of(
        "webhook",
        "subscription",
        "endpoint_health",
        "event",
        "delivery",
        "attempt",
        "stat",
        "stat_delta",
        "erasure",
        "queue",
        "account_lock")) {
      assertThat(rows("webhooks_" + table)).as(table).isZero();
    }
    assertNoTrouble();
  }

  private void publish(int count) {
    acme.publish(IntStream.range(0, count)
        .mapToObj(number -> Event.of("order.paid", Map.of("orderId", number)))
        .toList());
    kit.runUntilIdle();
  }

  private List<Delivery> log() {
    return acme.deliveries(webhook, DeliveryQuery.latest().limit(100)).data();
  }

  private void assertNoTrouble() {
    assertThat(kit.webhooks().health().troubles()).isEmpty();
  }

  private long rows(String table) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("select count(*) from " + table)) {
      result.next();
      return result.getLong(1);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
