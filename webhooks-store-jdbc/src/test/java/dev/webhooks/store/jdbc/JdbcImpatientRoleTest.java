package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.webhooks.testing.Closing;
import dev.webhooks.testing.Patience;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Roles whose statements, waits and transactions may take no longer than suits the host's requests:
 * what the library does by itself may take longer.
 */
@Timeout(Patience.OF_A_TEST)
class JdbcImpatientRoleTest {
  /** The common pool may have one thread, which the first task blocks. */
  private static final Executor OWN_THREAD = task -> new Thread(task).start();

  /** In the database's own words: has anybody waited for a named lock for longer than that? */
  private static final Map<String, String> WAITING_FOR_UPGRADE = Map.of(
      "postgresql", """
          select count(*) from pg_stat_activity
          where usename like 'impatient%' and wait_event = 'advisory'
            and clock_timestamp() - query_start > interval '1 second'""",
      "mariadb", """
          select count(*) from information_schema.processlist
          where state = 'User lock' and time_ms > 1000 and user like 'impatient%'""");

  private static final Map<String, String> PAUSING = Map.of(
      "postgresql", """
          select count(*) from pg_stat_activity
          where usename like 'impatient%' and state = 'idle in transaction'
            and clock_timestamp() - state_change > interval '400 milliseconds'""",
      "mariadb", """
          select count(*) from information_schema.processlist
          where command = 'Sleep' and time_ms > 400 and user like 'impatient%'""");

  private static int roles;

  private String url;
  private PlainPool pool;
  private Connection admin;

  /** Opens an empty schema or database for a role of that one's own, with its limits. */
  private JdbcWebhookStore open(String product, String... limits) throws SQLException {
    String role = "impatient_" + ++roles;
    if (product.equals("mariadb")) {
      String database = TestMariaDb.database();
      admin = DriverManager.getConnection(TestMariaDb.url(TestMariaDb.port(), database));
      // A test server has no users of its own; such a limit of theirs is that of their sessions.
      url = "jdbc:mariadb://localhost:" + TestMariaDb.port() + "/" + database + "?user=" + role
          + "&sessionVariables=max_statement_time=" + limits[0];
    } else {
      String schema = TestPostgres.schema();
      admin = DriverManager.getConnection(TestPostgres.url(TestPostgres.port(), schema));
      execute(admin, "create role " + role + " login");
      execute(admin, "grant all on schema " + schema + " to " + role);
      for (String limit : limits) {
        execute(admin, "alter role " + role + " set " + limit);
      }
      url = TestPostgres.url(TestPostgres.port(), schema).replace("user=postgres", "user=" + role);
    }
    pool = new PlainPool(url);
    return JdbcWebhookStore.on(pool.dataSource());
  }

  @AfterEach
  void closePool() throws Exception {
    Closing.all(pool, admin);
  }

  @ParameterizedTest
  @CsvSource({
    "postgresql, statement_timeout = '500ms'",
    "postgresql, lock_timeout = '500ms'",
    "postgresql, transaction_timeout = '500ms'",
    "postgresql, idle_in_transaction_session_timeout = '500ms'",
    "mariadb, 0.5"
  })
  void another_instance_that_upgrades_is_waited_for(String product, String limit) throws Exception {
    TestPostgres.assumeKnows(limit);
    JdbcWebhookStore store = open(product, limit);
    CountDownLatch locked = new CountDownLatch(1);
    CountDownLatch enough = new CountDownLatch(1);
    CompletableFuture<Void> upgrading =
        CompletableFuture.runAsync(() -> upgrade(product, locked, enough), OWN_THREAD);
    locked.await();

    CompletableFuture<Void> opening = CompletableFuture.runAsync(store::open, OWN_THREAD);
    untilSeen(WAITING_FOR_UPGRADE.get(product), opening);
    enough.countDown();

    assertThat(opening).succeedsWithin(60, TimeUnit.SECONDS);
    assertThat(upgrading).succeedsWithin(60, TimeUnit.SECONDS);
  }

  /** Holds the lock of those who upgrade on a connection of its own. */
  private void upgrade(String product, CountDownLatch locked, CountDownLatch enough) {
    Dialect dialect = Dialect.named(product);
    UncheckedSqlException.wrapping(() -> {
      try (Connection connection = admin) {
        connection.setAutoCommit(false);
        Sql sql = new Sql(
            connection, dialect, new SqlTemplates(TableNames.unqualified("webhooks_"), dialect));
        dialect.withUpgradeLock(sql, "webhooks_", work -> {
          locked.countDown();
          return await(enough);
        });
        connection.rollback();
      }
      return true;
    });
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(100, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The upgrade tries again and again until the transaction has ended, with pauses in between. */
  @ParameterizedTest
  @CsvSource({
    "postgresql, idle_in_transaction_session_timeout = '200ms'",
    "postgresql, transaction_timeout = '200ms'",
    "postgresql, statement_timeout = '200ms'",
    "mariadb, 0.2"
  })
  void open_transaction_is_waited_for(String product, String limit) throws Exception {
    TestPostgres.assumeKnows(limit);
    JdbcWebhookStore store = open(product, limit);
    store.migrate();
    execute(admin, "delete from webhooks_schema where version > 1");
    execute(admin, "alter table webhooks_event drop column trace_context");
    execute(admin, "alter table webhooks_webhook drop column given_id");
    try (Connection host = DriverManager.getConnection(adminUrl(product))) {
      host.setAutoCommit(false);
      execute(host, "update webhooks_event set deliveries = 0");

      CompletableFuture<Void> opening = CompletableFuture.runAsync(store::open, OWN_THREAD);
      untilSeen(PAUSING.get(product), opening);
      host.rollback();

      assertThat(opening).succeedsWithin(60, TimeUnit.SECONDS);
    }
  }

  private String adminUrl(String product) {
    return product.equals("mariadb")
        ? url.replaceAll("user=.*", "user=root")
        : url.replaceAll("user=[^&]*", "user=postgres");
  }

  /** Each insert into a table takes longer than the role may; so does each transaction. */
  @ParameterizedTest
  @CsvSource({
    "postgresql, statement_timeout = '200ms'",
    "postgresql, transaction_timeout = '200ms'",
    "mariadb, 0.2"
  })
  void statements_of_the_engine_may_take_longer(String product, String limit) throws SQLException {
    TestPostgres.assumeKnows(limit);
    JdbcWebhookStore store = open(product, limit);
    store.open();
    slowDown(product, "queue", "insert");
    slowDown(product, "queue", "delete");
    slowDown(product, "stat", "insert");
    slowDown(product, "event", "delete");

    assertThatCode(() -> EveryOperation.of(store)).doesNotThrowAnyException();
  }

  private void slowDown(String product, String table, String change) throws SQLException {
    String name = "slow_" + table + "_" + change;
    if (product.equals("mariadb")) {
      execute(
          admin,
          "create trigger " + name + " before " + change + " on webhooks_" + table
              + " for each row do sleep(0.3)");
      return;
    }
    execute(
        admin,
        "create function " + name + "() returns trigger language plpgsql as"
            + " $$ begin perform pg_sleep(0.3); return null; end $$");
    execute(
        admin,
        "create trigger " + name + " after " + change + " on webhooks_" + table
            + " for each statement execute function " + name + "()");
  }

  private void untilSeen(String query, CompletableFuture<?> unlessDone) throws SQLException {
    try (Connection watcher = DriverManager.getConnection(adminUrl(product()));
        Statement statement = watcher.createStatement()) {
      boolean seen = false;
      while (!seen && !unlessDone.isDone()) {
        LockSupport.parkNanos(5_000_000);
        try (ResultSet result = statement.executeQuery(query)) {
          result.next();
          seen = result.getLong(1) > 0;
        }
      }
    }
  }

  private String product() {
    return url.contains("mariadb") ? "mariadb" : "postgresql";
  }

  private static boolean execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.execute(sql);
    }
  }
}
