package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.testing.Closing;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables are created once, checked, and shared by instances of different versions. */
class JdbcMigrationTest {
  private final List<AutoCloseable> pools = new ArrayList<>();

  @AfterEach
  void closePools() throws Exception {
    Closing.all(pools.toArray(AutoCloseable[]::new));
  }

  private DataSource empty(String product) {
    if (product.equals("h2")) {
      JdbcConnectionPool pool = JdbcConnectionPool.create(
          "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
      pools.add(pool::dispose);
      return pool;
    }
    HikariDataSource pool = product.equals("mariadb")
        ? TestMariaDb.pool(TestMariaDb.database(), 10)
        : TestPostgres.pool(TestPostgres.schema(), 10);
    pools.add(pool);
    return pool;
  }

  /** In Turkish the small letter of I is not i, and H2's lower() follows the JVM's locale. */
  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void tables_are_found_again_in_every_locale(String product) {
    Locale usual = Locale.getDefault();
    Locale.setDefault(new Locale.Builder().setLanguage("tr").setRegion("TR").build());
    try {
      DataSource database = empty(product);
      JdbcWebhookStore.on(database).open();

      assertThatCode(() -> JdbcWebhookStore.on(database).open()).doesNotThrowAnyException();
    } finally {
      Locale.setDefault(usual);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void eight_instances_that_start_at_once_create_one_schema(String product) throws Exception {
    DataSource database = empty(product);
    CountDownLatch start = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Future<Long>> instances = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      instances.add(threads.submit(() -> {
        JdbcWebhookStore store = JdbcWebhookStore.on(database);
        start.await();
        store.open();
        return store.instances().register("test");
      }));
    }
    start.countDown();
    List<Long> numbers = new ArrayList<>();
    for (Future<Long> instance : instances) {
      numbers.add(instance.get());
    }
    threads.shutdown();

    assertThat(numbers).doesNotHaveDuplicates();
    assertThat(count(database, "select count(*) from webhooks_schema")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void tables_are_not_created_against_the_hosts_will(String product) {
    DataSource database = empty(product);
    JdbcWebhookStore store =
        JdbcWebhookStore.builder(database).migrateOnOpen(false).build();

    assertThatThrownBy(store::open)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("tables of webhooks are missing");

    store.migrate();
    assertThatCode(store::open).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void printed_statements_make_a_schema_that_fits(String product) throws SQLException {
    DataSource database = empty(product);
    String ddl = JdbcWebhookStore.ddl(product, "my_").replaceAll("(?m)^--.*$", "");
    for (String statement : ddl.strip().split(";")) {
      execute(database, statement);
    }

    JdbcWebhookStore store = JdbcWebhookStore.builder(database)
        .tablePrefix("my_")
        .migrateOnOpen(false)
        .build();
    store.open();

    long webhook = Samples.insertWebhook(store);
    Samples.publish(store, Samples.event(webhook));
    assertThat(count(database, "select count(*) from my_queue")).isEqualTo(1);
    assertThatCode(store::migrate).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void missing_table_is_named(String product) throws SQLException {
    DataSource database = empty(product);
    JdbcWebhookStore.on(database).migrate();
    execute(database, "drop table webhooks_attempt");

    assertThatThrownBy(() -> JdbcWebhookStore.on(database).validate())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("webhooks_attempt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void older_instance_works_beside_a_newer_schema_that_says_so(String product) throws SQLException {
    DataSource database = empty(product);
    JdbcWebhookStore.on(database).migrate();
    execute(database, "insert into webhooks_schema (version, min_compatible) values (7, 1)");

    assertThatCode(() -> JdbcWebhookStore.on(database).open()).doesNotThrowAnyException();

    execute(database, "insert into webhooks_schema (version, min_compatible) values (8, 2)");
    assertThatThrownBy(() -> JdbcWebhookStore.on(database).open())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("version 8")
        .hasMessageContaining("too old");
  }

  /** As after a process died while it created them: MariaDB and H2 keep what was done. */
  @ParameterizedTest
  @ValueSource(strings = {"h2", "mariadb"})
  void half_done_schema_is_completed(String product) throws SQLException {
    DataSource database = empty(product);
    JdbcWebhookStore.on(database).migrate();
    for (String table : List.of("idempotency", "stat_delta", "stat", "attempt", "delivery")) {
      execute(database, "drop table webhooks_" + table);
    }
    execute(database, "delete from webhooks_schema");

    JdbcWebhookStore store = JdbcWebhookStore.on(database);
    store.open();

    Samples.publish(store, Samples.event(Samples.insertWebhook(store)));
    assertThat(count(database, "select count(*) from webhooks_schema")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void two_prefixes_share_a_database_without_touching(String product) throws SQLException {
    DataSource database = empty(product);
    JdbcWebhookStore one = JdbcWebhookStore.builder(database).tablePrefix("a_").build();
    JdbcWebhookStore two = JdbcWebhookStore.builder(database).tablePrefix("b_").build();
    one.open();
    two.open();

    Samples.insertWebhook(one);

    assertThat(two.<Integer>transact(session -> session.countWebhooks(Samples.ACME)))
        .isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1a", "a-b", "a;drop", "x234567890123456789012", "a.b_", "_a"})
  void prefix_that_is_no_name_is_refused(String prefix) {
    DataSource database = empty("h2");

    assertThatThrownBy(() -> JdbcWebhookStore.builder(database).tablePrefix(prefix))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> JdbcWebhookStore.ddl("h2", prefix))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "Oracle, 23, 4",
    "MySQL, 8, 4",
    "MySQL, 10, 6",
    "MariaDB, 10, 5",
    "MariaDB, 5, 5",
    "PostgreSQL, 11, 22",
    "H2, 1, 4"
  })
  void other_databases_are_refused_by_name(String product, int major, int minor) {
    DataSource database = empty("h2");
    DataSource other = Wrapped.dataSource(
        database::getConnection, connection -> posingAs(product, major, minor, connection));

    assertThatThrownBy(() -> JdbcWebhookStore.on(other).open())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(product + " " + major + "." + minor)
        .hasMessageContaining("PostgreSQL 12 and later, MariaDB 10.6 and later, and H2 2.x");
  }

  @Test
  void schema_of_another_database_is_refused_by_name() {
    assertThatThrownBy(() -> JdbcWebhookStore.ddl("oracle", "webhooks_"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("oracle");
  }

  private static Connection posingAs(String product, int major, int minor, Connection connection) {
    DatabaseMetaData metaData =
        Wrapped.proxy(DatabaseMetaData.class, (method, arguments) -> switch (method.getName()) {
          case "getDatabaseProductName" -> product;
          case "getDatabaseProductVersion" -> major + "." + minor;
          case "getDatabaseMajorVersion" -> major;
          case "getDatabaseMinorVersion" -> minor;
          default -> throw new UnsupportedOperationException(method.getName());
        });
    return Wrapped.proxy(
        Connection.class,
        (method, arguments) -> method.getName().equals("getMetaData")
            ? metaData
            : Wrapped.call(connection, method, arguments));
  }

  @Test
  void store_that_is_not_open_says_so() {
    JdbcWebhookStore store = JdbcWebhookStore.on(empty("h2"));

    assertThat(store.describe()).isNotBlank();
    assertThatThrownBy(store::queue)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("open()");
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void store_describes_itself_by_product_and_version(String product) {
    JdbcWebhookStore store = JdbcWebhookStore.on(empty(product));
    store.open();

    assertThat(store.describe()).matches("(H2 2|PostgreSQL \\d|MariaDB 1\\d).*");
  }

  @Test
  void keys_differ_by_case_whatever_the_database_says() throws SQLException {
    DataSource database = JdbcConnectionPool.create(
        "jdbc:h2:mem:" + UUID.randomUUID() + ";IGNORECASE=TRUE;DB_CLOSE_DELAY=-1", "sa", "");
    execute(database, "set collation english strength primary");
    JdbcWebhookStore store = JdbcWebhookStore.on(database);
    store.open();

    Samples.insertWebhook(store);

    assertThat(store.<Integer>transact(session -> session.countWebhooks("ACME")))
        .isZero();
    Samples.publish(store, Samples.event(1, 0, "e-1"), Samples.event(1, 0, "E-1"));
    assertThat(store.queue().depth().pending()).isEqualTo(2);
  }

  private static int count(DataSource database, String query) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        var result = statement.executeQuery(query)) {
      result.next();
      return result.getInt(1);
    }
  }

  private static void execute(DataSource database, String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
