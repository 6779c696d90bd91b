package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.idempotency.IdempotencyKey;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.Retention;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The tables after a removal: nothing of the removed rows is left. */
class JdbcRetentionTest {
  private static final List<String> OF_WEBHOOKS = List.of(
      "webhook",
      "subscription",
      "endpoint_health",
      "queue",
      "delivery",
      "attempt",
      "stat",
      "stat_delta");

  private static final List<String> OF_ACCOUNTS =
      List.of("account_lock", "event", "idempotency", "erasure");

  private static final Instant DAY_LATER = Samples.NOW.plus(Retention.LATE_COMMITS);

  @AutoClose
  private HikariDataSource pool;

  private JdbcWebhookStore store;
  private long me;

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
    store = JdbcWebhookStore.on(pool);
    store.open();
    me = store.instances().register("test");
  }

  @ParameterizedTest
  @EnumSource
  void purged_webhook_leaves_no_row_behind(Product product) throws SQLException {
    open(product);
    long webhook = usedWebhook();
    Samples.write(store, session -> session.deleteWebhook(webhook, Samples.NOW));
    assertThat(count("webhook")).isEqualTo(1);
    assertThat(number("select count(*) from webhooks_webhook where name is not null"))
        .isZero();

    purge();

    for (String table : OF_WEBHOOKS) {
      assertThat(count(table)).as(table).isZero();
    }
    assertThat(count("event")).as("kept like any event").isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void erased_account_leaves_no_row_behind(Product product) throws SQLException {
    open(product);
    usedWebhook();
    Samples.write(store, session -> {
      session.lockAccount(Samples.ACME);
      session.idempotency().reserve(key(), Fingerprint.of("x").build(), Samples.id(), Samples.NOW);
    });
    Samples.write(store, session -> session.eraseAccount(Samples.ACME, Samples.NOW));
    assertThat(count("idempotency")).isZero();
    assertThat(count("account_lock")).isZero();

    purge();

    for (String table : OF_WEBHOOKS) {
      assertThat(count(table)).as(table).isZero();
    }
    for (String table : OF_ACCOUNTS) {
      assertThat(count(table)).as(table).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void old_delivery_takes_its_attempts_along(Product product) throws SQLException {
    open(product);
    usedWebhook();
    assertThat(count("attempt")).isEqualTo(1);

    assertThat(store.retention().removeDeliveries(DAY_LATER, Retention.FIRST_DELIVERY))
        .isEmpty();

    assertThat(count("attempt")).isZero();
    assertThat(count("delivery")).isZero();
    assertThat(count("event")).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void many_erasures_are_purged_by_the_same_looks(Product product) throws SQLException {
    open(product);
    Samples.publish(store, Samples.event(Samples.insertWebhook(store)));
    for (int number = 0; number < 50; number++) {
      String account = "account-" + number;
      Samples.write(store, session -> session.eraseAccount(account, Samples.NOW));
    }

    assertThat(store.retention().purgeErased(Samples.NOW)).isTrue();
    assertThat(store.retention().purgeErased(Samples.NOW)).isFalse();
    assertThat(count("erasure")).isEqualTo(50);
    assertThat(store.retention().purgeErased(DAY_LATER)).isTrue();

    assertThat(count("erasure")).isZero();
    assertThat(count("event")).isEqualTo(1);
  }

  /** A webhook with a row in every table: a delivery that failed once and then arrived. */
  private long usedWebhook() throws SQLException {
    long webhook = Samples.insertWebhook(store);
    Samples.publish(store, Samples.event(webhook));
    finish(claim(), 1, DeliveryError.TIMEOUT);
    finish(claim(), 2, null);
    store.queue().foldStatistics();
    change(
        "insert into webhooks_endpoint_health (webhook, failures, failing_since, last_failure, step, warned)"
            + " values (" + webhook
            + ", 1, '2026-11-23 10:00:00+00', '2026-11-23 10:00:00+00', 0, false)");
    return webhook;
  }

  private ClaimRef claim() {
    ClaimRequest request = new ClaimRequest(me, Samples.NOW, 0, 10, 10, 1 << 20, Map.of());
    return store.queue().claim(request).get(0).claim();
  }

  private void finish(ClaimRef owned, int number, DeliveryError error) {
    AttemptOutcome outcome = new AttemptOutcome(
        owned,
        number,
        Samples.NOW,
        5,
        error == null ? 200 : null,
        error,
        Samples.bytes("answer"),
        error == null ? DeliveryStatus.SUCCESS : DeliveryStatus.PENDING,
        error == null ? null : Samples.NOW);
    assertThat(store.queue().finish(me, List.of(outcome), Samples.NOW)).hasSize(1);
  }

  private void purge() {
    for (Instant now : List.of(Samples.NOW, DAY_LATER, DAY_LATER.plus(Duration.ofHours(1)))) {
      while (store.retention().purgeDeleted(now)) {}
      while (store.retention().purgeErased(now)) {}
    }
  }

  private static IdempotencyKey key() {
    return new IdempotencyKey(Samples.ACME, "k");
  }

  private long count(String table) throws SQLException {
    return number("select count(*) from webhooks_" + table);
  }

  private void change(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long number(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    }
  }
}
