package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.testing.Closing;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A statement that finds a row by its place and then waits for a transaction which moves the row:
 * if that is undone the row is still ours, and if not it is not.
 */
class JdbcPostgresFenceTest {
  private static final Map<String, Function<ClaimRef, Integer>> STEPS = Map.of(
      "an end",
      owned -> finish(Samples.delivered(owned)),
      "a delay",
      owned -> finish(Samples.putOff(owned)),
      "a hand-back",
      JdbcPostgresFenceTest::release,
      "a removal",
      JdbcPostgresFenceTest::remove);

  private static HikariDataSource pool;
  private static JdbcWebhookStore store;
  private static Database database;
  private static long webhook;
  private static long me;

  @BeforeAll
  static void open() {
    pool = TestPostgres.pool(TestPostgres.schema(), 3);
    store = JdbcWebhookStore.on(pool);
    store.open();
    Duration timeout = Duration.ofSeconds(30);
    database = new Database(
        new DataSourceConnections(pool, timeout), new PostgresDialect(), "webhooks_", timeout);
    webhook = Samples.insertWebhook(store);
    me = store.instances().register("test");
  }

  @AfterAll
  static void close() throws Exception {
    Closing.all(store, pool);
  }

  @Test
  void a_change_that_waited_for_a_rollback_takes_effect() throws SQLException {
    for (Map.Entry<String, Function<ClaimRef, Integer>> step : STEPS.entrySet()) {
      assertThat(during(Connection::rollback, step.getValue()))
          .as(step.getKey())
          .isEqualTo(1);
    }
  }

  @Test
  void a_change_that_waited_for_a_new_owner_has_no_effect() throws SQLException {
    for (Map.Entry<String, Function<ClaimRef, Integer>> step : STEPS.entrySet()) {
      assertThat(during(Connection::commit, step.getValue())).as(step.getKey()).isZero();
    }
  }

  /** Lets a step wait for a transaction that gives the row away, ends that, and returns its say. */
  private static int during(End end, Function<ClaimRef, Integer> step) throws SQLException {
    Samples.publish(store, Samples.event(webhook, me, null));
    ClaimRef owned = database.run(
        Dialect.Purpose.QUEUE,
        sql -> sql.list(
                "select webhook, id, claim from {queue} where owner = ?",
                JdbcDeliveryQueue::claim,
                me)
            .get(0));
    try (Connection other = pool.getConnection();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.executeUpdate("update webhooks_queue set owner = 0, claim = claim + 1 where id = '"
          + owned.ref().id() + "'");
      CompletableFuture<Integer> waiting = CompletableFuture.supplyAsync(() -> step.apply(owned));
      awaitWaiter(statement, waiting);
      end.of(other);
      int changed = waiting.join();
      statement.executeUpdate("delete from webhooks_queue");
      other.commit();
      return changed;
    }
  }

  private static void awaitWaiter(Statement statement, CompletableFuture<?> waiting)
      throws SQLException {
    boolean waits = false;
    while (!waits && !waiting.isDone()) {
      try (ResultSet locks = statement.executeQuery("""
          select 1 from pg_locks
          where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))""")) {
        waits = locks.next();
      }
    }
  }

  private static int finish(AttemptOutcome outcome) {
    return store.queue().finish(me, List.of(outcome), Samples.NOW).size();
  }

  private static int release(ClaimRef owned) {
    return store.queue().release(me, List.of(owned));
  }

  private static int remove(ClaimRef owned) {
    return database.run(
        Dialect.Purpose.QUEUE,
        sql -> sql.dialect.queueStatements().remove(sql, me, List.of(owned)).size());
  }

  @FunctionalInterface
  private interface End {
    void of(Connection connection) throws SQLException;
  }
}
