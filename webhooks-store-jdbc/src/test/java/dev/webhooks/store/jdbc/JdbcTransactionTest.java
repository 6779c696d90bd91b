package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.testing.Closing;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The host's transaction: what joining it requires and leaves unchanged. */
class JdbcTransactionTest {
  private final List<AutoCloseable> pools = new ArrayList<>();
  private JdbcWebhookStore store;
  private long webhook;

  @AfterEach
  void closePools() throws Exception {
    Closing.all(pools.toArray(AutoCloseable[]::new));
  }

  private DataSource open(String product) {
    DataSource database;
    if (product.equals("h2")) {
      JdbcConnectionPool pool = JdbcConnectionPool.create(
          "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
      pools.add(pool::dispose);
      database = pool;
    } else {
      HikariDataSource pool = product.equals("mariadb")
          ? TestMariaDb.pool(TestMariaDb.database(), 4)
          : TestPostgres.pool(TestPostgres.schema(), 4);
      pools.add(pool);
      database = pool;
    }
    store = JdbcWebhookStore.on(database);
    store.open();
    webhook = Samples.insertWebhook(store);
    return database;
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void connection_in_auto_commit_mode_is_refused(String product) throws SQLException {
    try (Connection connection = open(product).getConnection()) {
      assertThatThrownBy(() -> JdbcTransaction.on(connection))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("auto-commit");

      connection.setAutoCommit(false);
      JdbcTransaction transaction = JdbcTransaction.on(connection);
      connection.setAutoCommit(true);
      assertThatThrownBy(() -> publish(transaction, Samples.event(webhook)))
          .as("also when it was changed later")
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void closed_connection_is_refused(String product) throws SQLException {
    Connection connection = open(product).getConnection();
    connection.setAutoCommit(false);
    JdbcTransaction transaction = JdbcTransaction.on(connection);
    connection.rollback();
    connection.close();

    assertThatThrownBy(() -> publish(transaction, Samples.event(webhook)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> JdbcTransaction.on(connection))
        .isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void publishing_sets_no_savepoint_and_ends_nothing(String product) throws SQLException {
    List<String> calls = new ArrayList<>();
    try (Connection connection = open(product).getConnection()) {
      connection.setAutoCommit(false);
      JdbcTransaction transaction = JdbcTransaction.on(Wrapped.watched(connection, calls::add));

      for (int i = 0; i < 3; i++) {
        publish(transaction, Samples.event(webhook), Samples.event(webhook));
      }

      assertThat(calls)
          .doesNotContain("setSavepoint", "commit", "rollback", "close", "setAutoCommit")
          .doesNotContain("setTransactionIsolation", "setNetworkTimeout", "setReadOnly");
      connection.commit();
    }
    assertThat(store.queue().depth().pending()).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void refused_publish_takes_back_its_own_rows_alone(String product) throws SQLException {
    try (Connection connection = open(product).getConnection()) {
      connection.setAutoCommit(false);
      JdbcTransaction transaction = JdbcTransaction.on(connection);
      publish(transaction, Samples.event(webhook, 0, "mine"));
      NewEvent refused = Samples.event(webhook, 0, "refused");

      assertThatThrownBy(() -> store.join(transaction, session -> {
            session.insertEvents(List.of(refused, Samples.event(webhook)));
            throw new WebhookException(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY, "on purpose");
          }))
          .isInstanceOf(WebhookException.class)
          .hasNoSuppressedExceptions();
      connection.commit();
    }

    assertThat(store.queue().depth().pending()).isEqualTo(1);
    boolean stored = store.transact(session -> session
        .insertEvents(List.of(Samples.event(webhook, 0, "refused")))
        .get(0)
        .stored());
    assertThat(stored).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void hosts_isolation_is_its_own(String product) throws SQLException {
    try (Connection connection = open(product).getConnection()) {
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      JdbcTransaction transaction = JdbcTransaction.on(connection);
      publish(transaction, Samples.event(webhook));
      publish(transaction, Samples.event(webhook, 0, "given"));
      long counted = store.join(transaction, session -> {
        session.lockAccount(Samples.ACME);
        return session.insertWebhook(Samples.webhook("second"));
      });
      connection.commit();

      assertThat(counted).isPositive();
      assertThat(connection.getTransactionIsolation())
          .isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    }
    assertThat(store.queue().depth().pending()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void hosts_lock_timeout_is_its_own(String product) throws SQLException {
    String read = Map.of(
            "h2", "select lock_timeout()",
            "postgresql", "show lock_timeout",
            "mariadb", "select @@innodb_lock_wait_timeout")
        .get(product);
    String set = Map.of(
            "h2", "set lock_timeout 700",
            "postgresql", "set lock_timeout = 700",
            "mariadb", "set innodb_lock_wait_timeout = 700")
        .get(product);
    try (Connection connection = open(product).getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(set);
      JdbcTransaction transaction = JdbcTransaction.on(connection);
      store.join(transaction, session -> {
        session.lockAccount(Samples.ACME);
        return session.insertEvents(List.of(Samples.event(webhook, 0, "given")));
      });

      try (var result = statement.executeQuery(read)) {
        result.next();
        assertThat(result.getString(1)).startsWith("700");
      }
      connection.rollback();
    }
  }

  /** The database has room for some thousands of locks; all of these would not fit. */
  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void very_many_given_ids_fit_in_one_transaction_and_are_refused_to_others(String product)
      throws SQLException {
    DataSource database = open(product);
    try (Connection connection = database.getConnection();
        Connection other = database.getConnection()) {
      connection.setAutoCommit(false);
      other.setAutoCommit(false);
      JdbcTransaction transaction = JdbcTransaction.on(connection);
      for (int part = 0; part < 6; part++) {
        publish(transaction, given("many-" + part, 200));
      }
      publish(JdbcTransaction.on(other), Samples.event(webhook, 0, "others"));

      assertThatThrownBy(() -> publish(transaction, Samples.event(webhook, 0, "others")))
          .isInstanceOf(WebhookException.class)
          .extracting(e -> ((WebhookException) e).code())
          .isEqualTo(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY);
      connection.commit();
      other.commit();
    }
    assertThat(store.queue().depth().pending()).isEqualTo(1201);
  }

  private NewEvent[] given(String prefix, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Samples.event(webhook, 0, prefix + "-" + i))
        .toArray(NewEvent[]::new);
  }

  private void publish(JdbcTransaction transaction, NewEvent... events) {
    store.join(transaction, session -> session.insertEvents(List.of(events)));
  }
}
