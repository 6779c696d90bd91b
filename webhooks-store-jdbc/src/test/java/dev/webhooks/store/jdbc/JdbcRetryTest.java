package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.StoreSession.NewRetry;
import dev.webhooks.spi.store.StoreSession.RecoverRequest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Retries against what only the tables show: tests, events that are gone, and how long they stay.
 */
class JdbcRetryTest {
  private static final Instant KEEP = Samples.NOW.plus(Duration.ofDays(35));

  @AutoClose
  private HikariDataSource pool;

  private JdbcWebhookStore store;
  private long me;
  private long webhook;

  enum Product {
    H2,
    POSTGRESQL,
    MARIADB
  }

  private void open(Product product) {
    if (product == Product.POSTGRESQL) {
      pool = TestPostgres.pool(TestPostgres.schema(), 2);
    } else if (product == Product.MARIADB) {
      pool = TestMariaDb.pool(TestMariaDb.database(), 2);
    } else {
      pool = new HikariDataSource();
      pool.setJdbcUrl("jdbc:h2:mem:" + UUID.randomUUID());
      pool.setMaximumPoolSize(2);
    }
    store = JdbcWebhookStore.on(pool);
    store.open();
    me = store.instances().register("test");
    webhook = Samples.insertWebhook(store);
  }

  @ParameterizedTest
  @EnumSource
  void retried_event_is_kept_longer_and_never_shorter(Product product) throws SQLException {
    open(product);
    DeliveryRef failed = failedOne();
    assertThat(retry(failed, KEEP)).hasSize(1);
    assertThat(keepUntil(product)).isEqualTo(KEEP);

    DeliveryRef again = failedOne();
    String zone = product == Product.MARIADB ? "" : "+00";
    change("update webhooks_event set keep_until = '2027-06-01 00:00:00" + zone + "'");
    assertThat(retry(again, KEEP)).hasSize(1);

    assertThat(keepUntil(product)).isEqualTo(Instant.parse("2027-06-01T00:00:00Z"));
  }

  @ParameterizedTest
  @EnumSource
  void delivery_whose_event_is_gone_is_left_as_it_was(Product product) throws SQLException {
    open(product);
    DeliveryRef failed = failedOne();
    change("delete from webhooks_event");
    DeliveryRef another = failedOne();

    assertThat(retryable()).containsExactly(another.id());
    assertThat(retry(failed, KEEP)).isEmpty();

    assertThat(number("select count(*) from webhooks_delivery where retried_by is not null"))
        .isZero();
    assertThat(number("select count(*) from webhooks_queue")).isZero();
    assertThat(retry(another, KEEP)).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void test_is_not_retried(Product product) throws SQLException {
    open(product);
    DeliveryRef test = failedOne();
    change("update webhooks_delivery set kind = 1");

    assertThat(retryable()).isEmpty();
    assertThat(retry(test, KEEP)).isEmpty();
  }

  private DeliveryRef failedOne() {
    NewEvent event = Samples.event(webhook);
    Samples.publish(store, event);
    DeliveryRef ref = event.deliveries().get(0).ref();
    ClaimRef owned = store.queue().claimById(me, List.of(ref)).get(0);
    AttemptOutcome outcome = new AttemptOutcome(
        owned,
        1,
        Samples.NOW,
        5,
        500,
        DeliveryError.HTTP_STATUS,
        Samples.bytes("oops"),
        DeliveryStatus.FAILED,
        null);
    assertThat(store.queue().finish(me, List.of(outcome), Samples.NOW)).hasSize(1);
    return ref;
  }

  private Set<UUID> retry(DeliveryRef failed, Instant keepUntil) {
    List<NewRetry> retries = List.of(new NewRetry(failed.id(), Samples.id()));
    return store.transact(session -> session.retry(webhook, retries, Samples.NOW, keepUntil));
  }

  private List<UUID> retryable() {
    RecoverRequest request =
        new RecoverRequest(webhook, Samples.NOW, Samples.NOW.plusSeconds(1), new UUID(0, 0), 10);
    return store.transact(session -> session.findRetryable(request));
  }

  private Instant keepUntil(Product product) throws SQLException {
    String sql = "select max(keep_until) as keep_until from webhooks_event";
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return product == Product.MARIADB
          ? result.getObject(1, LocalDateTime.class).toInstant(ZoneOffset.UTC)
          : result.getObject(1, OffsetDateTime.class).toInstant();
    }
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
