package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.testing.Closing;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A transaction of the host that stays open keeps the server from removing what has left the queue
 * since: what a claim reads then.
 */
class JdbcPostgresHorizonTest {
  private static final int DEAD = 20_000;
  private static final int WAITING = 50;

  private static final String FILL = """
      insert into {queue} (webhook, id, owner, event, created, due, size, type)
      select ?, gen_random_uuid(), ?, gen_random_uuid(), ?, ?, 10, 'order.paid'
      from generate_series(1, ?) as i""";

  private final HikariDataSource pool = TestPostgres.pool(TestPostgres.schema(), 3);
  private Database database;
  private long webhook;
  private long me;
  private Connection host;

  @BeforeEach
  void holdTheHorizon() throws SQLException {
    JdbcWebhookStore store = JdbcWebhookStore.on(pool);
    store.open();
    Duration timeout = Duration.ofSeconds(30);
    database = new Database(
        new DataSourceConnections(pool, timeout), new PostgresDialect(), "webhooks_", timeout);
    webhook = Samples.insertWebhook(store);
    me = store.instances().register("test");
    fill(0, WAITING);
    host = pool.getConnection();
    host.setAutoCommit(false);
    host.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    number(host, "select count(*) from webhooks_queue");
  }

  @AfterEach
  void close() throws Exception {
    Closing.all(host == null ? null : host::rollback, host, pool);
  }

  /**
   * Rows begin under the number of the instance that publishes them, apart from those it claims.
   */
  @Test
  void claim_does_not_meet_the_remains_of_what_was_sent_at_once() throws SQLException {
    fill(me, DEAD);
    update("delete from {queue} where owner = ?", me);
    vacuumInVain();

    assertThat(entriesReadByAClaim()).isBetween(16L, 10L * WAITING);
  }

  /** So the poller rests for longer after a claim that took long and brought nothing. */
  @Test
  void claim_meets_the_remains_of_what_was_claimed_a_few_times_at_most() throws SQLException {
    fill(0, DEAD);
    update("update {queue} set owner = ?, claim = claim + 1 where owner = 0", me);
    update("delete from {queue} where owner = ?", me);
    vacuumInVain();

    assertThat(entriesReadByAClaim()).isBetween((long) DEAD, 3L * DEAD);
  }

  private void fill(long owner, int rows) {
    update(FILL, webhook, owner, Samples.NOW, Samples.NOW, rows);
  }

  private void update(String statement, Object... parameters) {
    database.run(Dialect.Purpose.SESSION, sql -> sql.update(statement, parameters));
  }

  /** A vacuum that could remove the rows would also give their pages at the end back. */
  private void vacuumInVain() throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      String size = "select pg_relation_size('webhooks_queue')";
      long before = number(connection, size);
      statement.execute("vacuum webhooks_queue");
      assertThat(number(connection, size)).isEqualTo(before).isGreaterThan(DEAD * 50L);
    }
  }

  private static long number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getLong(1);
    }
  }

  /** Returns how many entries of its index a claim reads, the dead ones included, and undoes it. */
  private long entriesReadByAClaim() {
    return database.run(Dialect.Purpose.QUEUE, sql -> {
      long before = entriesRead(sql);
      sql.dialect
          .queueStatements()
          .claim(sql, new ClaimRequest(me, Samples.NOW, 0, 16, 500, 1 << 20, Map.of()));
      long after = entriesRead(sql);
      sql.connection.rollback();
      return after - before;
    });
  }

  /** The counts of this session, without the delay of the shared statistics. */
  private static long entriesRead(Sql sql) throws SQLException {
    return number(
        sql.connection,
        "select pg_stat_get_xact_tuples_returned('webhooks_queue_claim'::regclass)");
  }
}
