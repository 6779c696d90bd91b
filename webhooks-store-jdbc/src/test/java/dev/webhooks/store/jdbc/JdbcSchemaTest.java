package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.testing.Closing;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables in a schema that the builder names, with connections that lead elsewhere. */
class JdbcSchemaTest {
  private static int made;

  private final String schema = "billing_" + ++made;
  private PlainPool elsewhere;

  private void open(String product) throws SQLException {
    elsewhere = new PlainPool(
        switch (product) {
          case "h2" -> "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;USER=sa";
          case "mariadb" -> TestMariaDb.url();
          default -> TestPostgres.url(TestPostgres.port(), TestPostgres.schema());
        });
  }

  @AfterEach
  void closePool() throws Exception {
    Closing.all(elsewhere);
  }

  private JdbcWebhookStore.Builder builder() {
    return JdbcWebhookStore.builder(elsewhere.dataSource()).schema(schema);
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void everything_works_from_elsewhere(String product) throws SQLException {
    open(product);
    execute("create schema " + schema);
    JdbcWebhookStore store = builder().build();
    store.open();
    try (Connection host = host(product)) {
      host.setAutoCommit(false);
      EveryOperation.of(store, work -> inTransaction(store, host, work));
    }
    EveryOperation.of(store);

    assertThatCode(store::validate).doesNotThrowAnyException();
    assertThat(schemasWithTables(product)).containsOnly(schema);
  }

  private static void inTransaction(
      JdbcWebhookStore store, Connection host, Consumer<StoreSession> work) {
    UncheckedSqlException.wrapping(() -> {
      store.join(JdbcTransaction.on(host), session -> {
        work.accept(session);
        return true;
      });
      host.commit();
      return true;
    });
  }

  private Connection host(String product) throws SQLException {
    Connection host = product.equals("mariadb")
        ? DriverManager.getConnection(TestMariaDb.url())
        : elsewhere.dataSource().getConnection();
    if (product.equals("h2")) {
      try (Statement statement = host.createStatement()) {
        statement.execute("create schema hosts; set schema hosts");
      }
    }
    return host;
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void printed_statements_name_the_schema(String product) throws SQLException {
    open(product);
    execute("create schema " + schema);
    String ddl = JdbcWebhookStore.ddl(product, schema, "my_").replaceAll("(?m)^--.*$", "");
    for (String statement : ddl.strip().split(";")) {
      execute(statement);
    }

    JdbcWebhookStore store = builder().tablePrefix("my_").migrateOnOpen(false).build();
    store.open();
    EveryOperation.of(store);

    assertThat(schemasWithTables(product)).containsOnly(schema);
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void schema_that_is_missing_is_named(String product) throws SQLException {
    open(product);

    for (boolean migrate : List.of(true, false)) {
      assertThatThrownBy(() -> builder().migrateOnOpen(migrate).build().open())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the schema " + schema + " is missing");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void case_of_the_name_counts_as_in_statements(String product) throws SQLException {
    open(product);
    String name = product.equals("mariadb") ? schema : schema.replace("billing", "Billing");
    execute("create schema " + name);
    JdbcWebhookStore.Builder builder =
        JdbcWebhookStore.builder(elsewhere.dataSource()).schema(name);
    builder.build().open();

    assertThatCode(() -> builder.build().open()).doesNotThrowAnyException();
    assertThatCode(() -> EveryOperation.of(opened(builder))).doesNotThrowAnyException();
  }

  private static JdbcWebhookStore opened(JdbcWebhookStore.Builder builder) {
    JdbcWebhookStore store = builder.build();
    store.open();
    return store;
  }

  /** Two stores with the same prefix in one database, apart by their schemas. */
  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void two_schemas_share_a_database_without_touching(String product) throws SQLException {
    open(product);
    execute("create schema " + schema);
    execute("create schema " + schema + "_too");
    JdbcWebhookStore one = opened(builder());
    JdbcWebhookStore two = opened(builder().schema(schema + "_too"));

    Samples.insertWebhook(one);

    assertThat(two.<Integer>transact(session -> session.countWebhooks(Samples.ACME)))
        .isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1a", "a-b", "a;drop", "a.b", "_a", "\"a\"", "a b"})
  void schema_that_is_no_name_is_refused(String name) throws SQLException {
    open("h2");

    assertThatThrownBy(() -> builder().schema(name)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> JdbcWebhookStore.ddl("h2", name, "webhooks_"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder().schema("a".repeat(64)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Returns where tables for events are, of those schemas that this test may have used. */
  private List<String> schemasWithTables(String product) throws SQLException {
    List<String> schemas = new ArrayList<>();
    String query = "select lower(table_schema) from information_schema.tables where"
        + " lower(table_name) in ('webhooks_event', 'my_event') and (table_schema = "
        + (product.equals("mariadb") ? "database()" : "current_schema")
        + " or lower(table_schema) in ('hosts', '" + schema + "'))";
    try (Connection connection = elsewhere.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      while (result.next()) {
        schemas.add(result.getString(1));
      }
    }
    return schemas;
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = elsewhere.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
