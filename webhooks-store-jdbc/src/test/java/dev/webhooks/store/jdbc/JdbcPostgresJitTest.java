package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.EndpointHealth;
import dev.webhooks.spi.store.Retention;
import dev.webhooks.spi.store.StoreSession.WebhookFilter;
import dev.webhooks.spi.store.WebhookRow;
import dev.webhooks.testing.Closing;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The planner settings of the store's transactions add ten thousand millions to what a plan costs,
 * for which PostgreSQL would compile the cheapest statement to machine code.
 */
class JdbcPostgresJitTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private HikariDataSource pool;

  @BeforeEach
  void openPool() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(TestPostgres.url(TestPostgres.port(), TestPostgres.schema()));
    config.setConnectionInitSql("set jit = on");
    config.setMaximumPoolSize(1);
    pool = new HikariDataSource(config);
  }

  @AfterEach
  void closePool() throws Exception {
    Closing.all(pool);
  }

  @ParameterizedTest
  @EnumSource(Dialect.Purpose.class)
  void a_transaction_of_the_store_runs_without_jit_and_leaves_the_session_as_it_was(
      Dialect.Purpose purpose) throws SQLException {
    Database database = new Database(
        new DataSourceConnections(pool, TIMEOUT), new PostgresDialect(), "webhooks_", TIMEOUT);
    Map<String, String> before = settings();

    String jit = database.run(purpose, sql -> jit(sql.connection));

    assertThat(jit).isEqualTo("off");
    assertThat(before).containsEntry("jit", "on");
    assertThat(settings()).isEqualTo(before);
  }

  @Test
  void no_statement_of_the_store_runs_with_jit() {
    ConcurrentLinkedQueue<String> withJit = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<String> statements = new ConcurrentLinkedQueue<>();
    JdbcWebhookStore store = JdbcWebhookStore.on(Wrapped.dataSource(
        pool::getConnection, connection -> noting(connection, statements, withJit)));

    store.open();
    store.validate();
    useEverything(store);
    store.close();

    assertThat(statements).hasSizeGreaterThan(60);
    assertThat(withJit).isEmpty();
  }

  /** Notes each statement that is prepared, and those that JIT may compile once more. */
  private static Connection noting(
      Connection connection,
      ConcurrentLinkedQueue<String> statements,
      ConcurrentLinkedQueue<String> withJit) {
    return Wrapped.proxy(Connection.class, (method, arguments) -> {
      if (method.getName().equals("prepareStatement") && !isBeginning((String) arguments[0])) {
        statements.add((String) arguments[0]);
        if (!jit(connection).equals("off")) {
          withJit.add((String) arguments[0]);
        }
      }
      return Wrapped.call(connection, method, arguments);
    });
  }

  /** The statement with the settings itself. */
  private static boolean isBeginning(String sql) {
    return sql.startsWith("select current_setting('transaction_isolation')");
  }

  private static void useEverything(JdbcWebhookStore store) {
    WebhookRow row = Samples.webhook("sample");
    long webhook = store.transact(session -> session.insertWebhook(row));
    Samples.publish(store, Samples.event(webhook), Samples.event(webhook, 0, "given"));
    store.transact(
        session -> session.findWebhook(Samples.ACME, row.configuration().id()));
    store.transact(
        session -> session.listWebhooks(Samples.ACME, new WebhookFilter(null, null, null, 0, 10)));
    store.transact(session -> session.statistics(List.of(webhook)));
    work(store, webhook);
    readLog(store, row);
    clean(store);
  }

  private static void work(JdbcWebhookStore store, long webhook) {
    long me = store.instances().register("test");
    store.instances().beat(me);
    store.currentTime();
    List<ClaimRef> owned =
        store
            .queue()
            .claim(new ClaimRequest(me, Samples.NOW, 0, 10, 10, 1 << 20, Map.of()))
            .stream()
            .map(claimed -> claimed.claim())
            .toList();
    assertThat(owned).hasSize(2);
    store.queue().finish(me, List.of(Samples.delivered(owned.get(0))), Samples.NOW);
    store.queue().release(me, owned.subList(1, 2));
    store.queue().releaseForgotten(me, id -> true);
    store.queue().endUnsendable(Samples.NOW, Samples.NOW, 10);
    store.queue().configurations(List.of(webhook));
    store.queue().foldStatistics();
    store.queue().depth();
    EndpointHealth health =
        new EndpointHealth(5, Samples.NOW, Samples.NOW, Samples.NOW.plusSeconds(1), 5, false);
    store.health().change(List.of(webhook), (number, known) -> health);
    store.health().account(webhook);
    store.encrypted().any();
    store.instances().leave(me);
  }

  private static void readLog(JdbcWebhookStore store, WebhookRow row) {
    store.log().page(row.configuration(), DeliveryQuery.latest());
    store.log().count(row.configuration(), DeliveryQuery.latest());
    store.log().find(row.configuration(), Samples.id());
  }

  private static void clean(JdbcWebhookStore store) {
    store.retention().purgeDeleted(Samples.NOW);
    store.retention().purgeErased(Samples.NOW);
    store.retention().removeDeliveries(Samples.NOW, Retention.FIRST_DELIVERY);
    store.retention().anyPending(Samples.NOW);
    store.retention().removeEvents(Samples.NOW, Samples.NOW, Retention.FIRST_EVENT);
    store.retention().removeKeys(Samples.NOW);
  }

  @Test
  void publishing_in_a_hosts_transaction_changes_none_of_its_settings() throws SQLException {
    JdbcWebhookStore store = JdbcWebhookStore.on(pool);
    store.open();
    long webhook = Samples.insertWebhook(store);
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      Map<String, String> before = settings(connection);

      store.join(
          JdbcTransaction.on(connection),
          session -> session.insertEvents(
              List.of(Samples.event(webhook), Samples.event(webhook, 0, "given"))));

      assertThat(before).containsEntry("jit", "on");
      assertThat(settings(connection)).isEqualTo(before);
      connection.commit();
      assertThat(settings(connection)).isEqualTo(before);
      connection.rollback();
    }
  }

  private static String jit(Connection connection) throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement("select current_setting('jit')");
        ResultSet result = statement.executeQuery()) {
      result.next();
      return result.getString(1);
    }
  }

  private Map<String, String> settings() throws SQLException {
    try (Connection connection = pool.getConnection()) {
      return settings(connection);
    }
  }

  private static Map<String, String> settings(Connection connection) throws SQLException {
    Map<String, String> settings = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select name, setting from pg_settings")) {
      while (rows.next()) {
        settings.put(rows.getString(1), rows.getString(2));
      }
    }
    return settings;
  }
}
