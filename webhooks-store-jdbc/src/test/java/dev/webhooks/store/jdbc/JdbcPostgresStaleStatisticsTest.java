package dev.webhooks.store.jdbc;

import static dev.webhooks.store.jdbc.JdbcPostgresPlanTest.explain;
import static dev.webhooks.store.jdbc.JdbcPostgresPlanTest.rowsRead;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.DeliveryQueue;
import dev.webhooks.spi.store.DeliveryRef;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A long queue of which the statistics say that it is empty, as they do when it was analysed just
 * before it filled: a planner that believes them reads all of it for a handful of rows.
 */
class JdbcPostgresStaleStatisticsTest {
  private static final int WEBHOOKS = 30;
  private static final int ROWS_OF_EACH = 2_000;
  private static final int BATCH = 200;

  private static final String FILL = """
      insert into {queue} (webhook, id, owner, event, created, due, size, type)
      select ?, gen_random_uuid(), case when i <= 10 then ? else 0 end, gen_random_uuid(), ?, ?, 10,
        'order.paid'
      from generate_series(1, ?) as i""";

  @AutoClose
  private static HikariDataSource pool;

  private static Database database;
  private static long me;

  @BeforeAll
  static void fillAfterAnalysis() throws SQLException {
    pool = TestPostgres.pool(TestPostgres.schema(), 2);
    JdbcWebhookStore store = JdbcWebhookStore.on(pool);
    store.open();
    Duration timeout = Duration.ofSeconds(30);
    database = new Database(
        new DataSourceConnections(pool, timeout), new PostgresDialect(), "webhooks_", timeout);
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

  @Test
  void claim_reads_what_it_claims() {
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

  @Test
  void claiming_by_id_reads_what_it_claims() {
    List<DeliveryRef> free = rows(0).stream().map(ClaimRef::ref).toList();

    assertReadsLittle(PostgresStatements.CLAIM_BY_ID, JdbcDeliveryQueue.refs(free), me);
  }

  @Test
  void finish_reads_what_it_ends_or_puts_off() {
    List<AttemptOutcome> outcomes = new ArrayList<>();
    for (ClaimRef claim : rows(me)) {
      outcomes.add(outcomes.size() % 2 == 0 ? Samples.delivered(claim) : Samples.putOff(claim));
    }

    String plan = assertReadsLittle(
        PostgresStatements.FINISH, JdbcDeliveryLog.outcomeRows(outcomes), me, me, Samples.NOW);

    assertThat(plan).as("both ways ran").doesNotContain("never executed");
  }

  @Test
  void release_reads_what_it_releases() {
    assertReadsLittle(PostgresStatements.RELEASE, JdbcDeliveryQueue.claims(rows(me)), me);
  }

  @Test
  void removal_reads_what_it_removes() {
    assertReadsLittle(PostgresStatements.REMOVE, JdbcDeliveryQueue.claims(rows(me)), me);
  }

  @Test
  void rescue_reads_what_it_rescues() {
    assertReadsLittle(
        PostgresStatements.RESCUE, me, BATCH, DeliveryQueue.MAX_RESCUES, QueueStatements.POISONED);
  }

  @Test
  void finding_owned_rows_by_id_reads_what_it_asks_for() {
    List<DeliveryRef> owned = rows(me).stream().map(ClaimRef::ref).toList();

    assertReadsLittle(JdbcDeliveryQueue.OWNED_BY_ID, me, JdbcDeliveryQueue.refs(owned));
  }

  private static String assertReadsLittle(String statement, Object... parameters) {
    String plan = explain(database, Dialect.Purpose.QUEUE, statement, parameters);
    assertThat(rowsRead(plan)).as(plan).isBetween(BATCH / 2, 10_000);
    return plan;
  }

  /** The rows of an owner, over all webhooks. */
  private static List<ClaimRef> rows(long owner) {
    return database.run(
        Dialect.Purpose.QUEUE,
        sql -> sql.list(
            "select webhook, id, claim from {queue} where owner = ? order by id limit ?",
            JdbcDeliveryQueue::claim,
            owner,
            BATCH));
  }
}
