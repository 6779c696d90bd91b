package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.testing.Closing;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes of the host are told apart from faults that are worth another try. */
class JdbcHostMistakesTest {
  private static final Map<String, String> NAMES =
      Map.of("h2", "H2", "postgresql", "PostgreSQL", "mariadb", "MariaDB");

  private String url;
  private PlainPool pool;
  private JdbcWebhookStore store;
  private long webhook;

  private void open(String product) {
    open(
        switch (product) {
          case "h2" -> "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;USER=sa";
          case "mariadb" -> TestMariaDb.url();
          default -> TestPostgres.url(TestPostgres.port(), TestPostgres.schema());
        },
        "");
    webhook = Samples.insertWebhook(store);
  }

  private void open(String database, String suffix) {
    url = database + suffix;
    pool = new PlainPool(url);
    store = JdbcWebhookStore.on(pool.dataSource());
    store.open();
  }

  @AfterEach
  void closePool() throws Exception {
    Closing.all(pool);
  }

  /** Only the first of these is known to the driver. */
  @ParameterizedTest
  @CsvSource({
    "postgresql, read-only by the driver",
    "postgresql, set transaction read only",
    "postgresql, set session characteristics as transaction read only",
    "mariadb, read-only by the driver",
    "mariadb, set session transaction read only",
    "mariadb, start transaction read only"
  })
  void read_only_transaction(String product, String begin) throws SQLException {
    open(product);
    try (Connection host = DriverManager.getConnection(url)) {
      host.setReadOnly(begin.endsWith("by the driver"));
      host.setAutoCommit(false);
      if (begin.contains("transaction")) {
        execute(host, begin);
      }
      if (begin.contains("session")) {
        host.commit();
      }

      assertThatThrownBy(() -> publish(host))
          .isInstanceOf(IllegalStateException.class)
          .isNotInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("the host's transaction is read-only")
          .hasCauseInstanceOf(SQLException.class);
      assertThat(store.<Integer>join(
              JdbcTransaction.on(rolledBack(host)), session -> session.countWebhooks(Samples.ACME)))
          .as("reading works")
          .isEqualTo(1);
    }
  }

  private static Connection rolledBack(Connection connection) throws SQLException {
    connection.rollback();
    return connection;
  }

  /** Nobody may write, be it by the server's default or the user's. */
  @ParameterizedTest
  @CsvSource({
    "postgresql, &options=-c%20default_transaction_read_only=on",
    "mariadb, &sessionVariables=tx_read_only=1"
  })
  void server_that_takes_no_writes_is_no_mistake(String product, String readOnly)
      throws SQLException {
    open(product);
    pool.close();
    open(url, readOnly);

    try (Connection host = DriverManager.getConnection(url)) {
      host.setAutoCommit(false);
      assertThatThrownBy(() -> publish(host))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("takes no writes now");
    }
    assertThatThrownBy(() -> Samples.publish(store, Samples.event(webhook)))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("takes no writes now");
  }

  /** The codes of a server with {@code --read-only}, which the user of these tests may pass by. */
  @ParameterizedTest
  @CsvSource({"1290", "1836", "1874"})
  void maria_db_that_is_read_only_is_no_mistake(int code) throws SQLException {
    open("mariadb");
    try (Connection host = DriverManager.getConnection(url)) {
      execute(
          host,
          "create trigger read_only before insert on webhooks_event for each row"
              + " signal sqlstate 'HY000' set mysql_errno = " + code);
      host.setAutoCommit(false);

      assertThatThrownBy(() -> publish(host)).isInstanceOf(StoreUnavailableException.class);
      host.rollback();
    }
  }

  @Test
  void hot_standby_is_no_mistake(@TempDir Path data) throws Exception {
    try (EmbeddedPostgres primary = server(data)) {
      open(primary.getJdbcUrl("postgres", "postgres"), "");
      webhook = Samples.insertWebhook(store);
      pool.close();
    }
    Files.createFile(data.resolve("standby.signal"));
    try (EmbeddedPostgres standby = server(data)) {
      open(standby.getJdbcUrl("postgres", "postgres"), "");
      try (Connection host = DriverManager.getConnection(url)) {
        host.setAutoCommit(false);

        assertThatThrownBy(() -> publish(host))
            .isInstanceOf(StoreUnavailableException.class)
            .hasMessageContaining("takes no writes now");
      }
      pool.close();
    }
  }

  private static EmbeddedPostgres server(Path data) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .start();
  }

  @ParameterizedTest
  @CsvSource({"h2", "postgresql", "mariadb"})
  void connection_that_leads_elsewhere(String product) throws SQLException {
    open(product);
    String elsewhere = product.equals("mariadb") ? TestMariaDb.url() : url;
    try (Connection host = DriverManager.getConnection(elsewhere)) {
      switch (product) {
        case "h2" -> execute(host, "create schema other; set schema other");
        case "postgresql" -> execute(host, "set search_path = " + TestPostgres.schema());
        default -> {}
      }
      host.setAutoCommit(false);

      assertThatThrownBy(() -> publish(host))
          .isInstanceOf(IllegalStateException.class)
          .isNotInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("finds no tables of webhooks")
          .hasMessageContaining("schema(")
          .hasCauseInstanceOf(SQLException.class);
      host.rollback();
    }
  }

  /** The second of two data sources that a host has, joined by mistake. */
  @ParameterizedTest
  @CsvSource({
    "h2, postgresql", "h2, mariadb",
    "postgresql, h2", "postgresql, mariadb",
    "mariadb, h2", "mariadb, postgresql"
  })
  void connection_of_another_product(String product, String joined) throws SQLException {
    open(product);
    try (Connection host = DriverManager.getConnection(emptyDatabase(joined))) {
      host.setAutoCommit(false);
      execute(host, "create table orders (id int)");
      host.commit();
      Map<String, Consumer<StoreSession>> operations = Map.of(
          "publish", session -> session.insertEvents(List.of(Samples.event(webhook))),
          "read", session -> session.countWebhooks(Samples.ACME),
          "match", session -> session.subscribers(Samples.ACME, Set.of("order.paid")),
          "create", session -> session.lockAccount(Samples.ACME),
          "retry", session -> session.makeDue(webhook, List.of(Samples.id()), Samples.NOW));

      operations.forEach((name, operation) -> {
        assertThatThrownBy(() -> joining(host, operation))
            .as(name)
            .isInstanceOf(IllegalStateException.class)
            .isNotInstanceOf(StoreUnavailableException.class)
            .hasMessageContaining("the host's connection leads to " + NAMES.get(joined))
            .hasMessageContaining("the store's database is " + NAMES.get(product));
        staysUsable(host, joined);
      });
    }
  }

  /** PostgreSQL ends a transaction with the first statement that fails. */
  private static void staysUsable(Connection host, String product) {
    try {
      if (product.equals("postgresql")) {
        host.rollback();
      }
      execute(host, "insert into orders values (17)");
      host.commit();
    } catch (SQLException e) {
      throw new AssertionError("the host's transaction is not usable", e);
    }
  }

  @ParameterizedTest
  @CsvSource({"h2", "postgresql", "mariadb"})
  void connection_to_another_database_of_the_product(String product) throws SQLException {
    open(product);
    try (Connection host = DriverManager.getConnection(emptyDatabase(product))) {
      host.setAutoCommit(false);
      execute(host, "create table orders (id int)");
      host.commit();

      assertThatThrownBy(() -> publish(host))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("finds no tables of webhooks: is its database the store's?");
      staysUsable(host, product);
    }
  }

  private static String emptyDatabase(String product) {
    return switch (product) {
      case "h2" -> "jdbc:h2:mem:" + UUID.randomUUID() + ";USER=sa";
      case "mariadb" -> TestMariaDb.url();
      default -> TestPostgres.url(TestPostgres.port(), TestPostgres.schema());
    };
  }

  private void joining(Connection host, Consumer<StoreSession> work) {
    store.join(JdbcTransaction.on(host), session -> {
      work.accept(session);
      return true;
    });
  }

  @Test
  void connection_to_no_database_of_maria_db() throws SQLException {
    open("mariadb");
    try (Connection host = DriverManager.getConnection(TestMariaDb.url(TestMariaDb.port(), ""))) {
      host.setAutoCommit(false);

      assertThatThrownBy(() -> publish(host))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("finds no tables of webhooks");
      host.rollback();
    }
  }

  @Test
  void transaction_of_postgres_that_failed_before() throws SQLException {
    open("postgresql");
    try (Connection host = DriverManager.getConnection(url)) {
      host.setAutoCommit(false);
      assertThatThrownBy(() -> execute(host, "select 1 / 0")).isInstanceOf(SQLException.class);

      assertThatThrownBy(() -> publish(host))
          .isInstanceOf(IllegalStateException.class)
          .isNotInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("failed before: roll it back");
    }
  }

  /** An administrator has changed a type: the host's transaction is to be run again, and works. */
  @Test
  void statement_of_postgres_prepared_before_the_tables_changed() throws SQLException {
    open("postgresql");
    try (Connection host = DriverManager.getConnection(url + "&prepareThreshold=1");
        Connection administrator = DriverManager.getConnection(url)) {
      host.setAutoCommit(false);
      read(host);
      read(host);
      host.commit();
      execute(administrator, "alter table webhooks_webhook alter column url type varchar(5000)");

      assertThatThrownBy(() -> read(host))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("run the transaction again");
      host.rollback();

      read(host);
      host.rollback();
    }
  }

  private void read(Connection host) {
    store.join(
        JdbcTransaction.on(host), session -> session.findWebhook(Samples.ACME, Samples.id()));
  }

  private void publish(Connection host) {
    store.join(
        JdbcTransaction.on(host), session -> session.insertEvents(List.of(Samples.event(webhook))));
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
