package dev.webhooks.store.jdbc;

import static dev.webhooks.store.jdbc.JdbcPostgresPlanTest.explain;
import static dev.webhooks.store.jdbc.JdbcPostgresPlanTest.rowsRead;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A long queue of which the statistics say that it is empty, as they do when it was analysed just
 * before it filled: a planner that believes them reads all of it for a handful of rows.
 */
class JdbcPostgresStaleStatisticsTest {
  private static final int WEBHOOKS = 30;
  private static final int ROWS_OF_EACH = 2_000;

  private static final String FILL = """
      insert into {queue} (webhook, id, owner, event, created, due, size, type)
      select ?, gen_random_uuid(), case when i <= 10 then ? else 0 end, gen_random_uuid(), ?, ?, 10,
        'order.paid'
      from generate_series(1, ?) as i""";

  private static HikariDataSource pool;
  private static Database database;
  private static long me;

  @BeforeAll
  static void fillAfterAnalysis() throws SQLException {
    pool = TestPostgres.pool(TestPostgres.schema(), 2);
    JdbcWebhookStore store = JdbcWebhookStore.on(pool);
    store.open();
    Duration patience = Duration.ofSeconds(30);
    database =
        new Database(new Borrower(pool, patience), new PostgresDialect(), "webhooks_", patience);
    me = store.instances().register("test");
    database.run(
        Dialect.Purpose.SESSION,
        sql -> sql.update("alter table {queue} set (autovacuum_enabled = false)"));
    long[] webhooks = new long[WEBHOOKS];
    for (int i = 0; i < WEBHOOKS; i++) {
      webhooks[i] = Samples.insertWebhook(store);
    }
    fill(webhooks);
    database.run(Dialect.Purpose.SESSION, sql -> {
      sql.update("delete from {queue}");
      return sql.update("analyze {queue}");
    });
    fill(webhooks);
  }

  private static void fill(long... webhooks) {
    database.run(Dialect.Purpose.SESSION, sql -> {
      int filled = 0;
      for (long webhook : webhooks) {
        filled += sql.update(FILL, webhook, me, Samples.NOW, Samples.NOW, ROWS_OF_EACH);
      }
      return filled;
    });
  }

  @AfterAll
  static void closePool() {
    pool.close();
  }

  @Test
  void claim_reads_what_it_takes() {
    String plan = explain(
        database,
        Dialect.Purpose.QUEUE,
        PostgresStatements.CLAIM,
        new Long[0],
        new Integer[0],
        16,
        0,
        0,
        0,
        Samples.NOW,
        500,
        me,
        1_000_000);

    assertThat(rowsRead(plan)).as(plan).isLessThan(10_000);
  }
}
