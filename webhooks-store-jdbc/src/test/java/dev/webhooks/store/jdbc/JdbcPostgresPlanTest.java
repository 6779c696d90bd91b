package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.EndpointHealth;
import dev.webhooks.spi.store.NewEvent;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The plans of the hot statements are the intended ones, although the planner knows nothing. */
class JdbcPostgresPlanTest {
  private static final int ROWS = 4_000;
  private static final int BACKLOG = 100_000;

  /** Ids as the library makes them: the time first. */
  private static final String INSERT_BACKLOG = """
      insert into {queue} (webhook, id, owner, event, created, due, size, type)
      select ?, (lpad(to_hex((extract(epoch from ?) * 1000)::bigint), 12, '0') || '7'
          || substr(md5(i::text), 1, 3) || '8' || substr(md5(i::text), 4, 15))::uuid,
        0, md5(i::text)::uuid, ?, ?, 10, 'order.paid'
      from generate_series(1, ?) as i""";

  @AutoClose
  private static HikariDataSource pool;

  private static JdbcWebhookStore store;
  private static Database database;
  private static final List<Long> WEBHOOKS = new ArrayList<>();
  private static long me;
  private static long paused;

  @BeforeAll
  static void fillQueueWithoutStatistics() throws SQLException {
    pool = TestPostgres.pool(TestPostgres.schema(), 2);
    store = JdbcWebhookStore.on(pool);
    store.open();
    Duration timeout = Duration.ofSeconds(30);
    database = new Database(
        new DataSourceConnections(pool, timeout), new PostgresDialect(), "webhooks_", timeout);
    me = store.instances().register("test");
    for (int i = 0; i < 20; i++) {
      WEBHOOKS.add(Samples.insertWebhook(store));
    }
    for (int part = 0; part < ROWS / 200; part++) {
      long owner = part % 2 == 0 ? 0 : me;
      NewEvent[] events = IntStream.range(0, 200)
          .mapToObj(i -> Samples.event(WEBHOOKS.get(i % 20), owner, null))
          .toArray(NewEvent[]::new);
      Samples.publish(store, events);
    }
    fillBacklogs();
  }

  /** Three webhooks without claimable rows: not due yet, paused, and suspended. */
  private static void fillBacklogs() {
    long early = Samples.insertWebhook(store);
    paused = Samples.insertWebhook(store);
    long suspended = Samples.insertWebhook(store);
    Instant now = Samples.NOW;
    database.run(Dialect.Purpose.SESSION, sql -> {
      sql.update(INSERT_BACKLOG, early, now, now, now.plusSeconds(3_600), BACKLOG);
      sql.update(INSERT_BACKLOG, paused, now, now, now, BACKLOG);
      sql.update(INSERT_BACKLOG, suspended, now, now, now, BACKLOG);
      return sql.update("update {webhook} set status = 'paused' where number = ?", paused);
    });
    EndpointHealth health = new EndpointHealth(5, now, now, now.minusSeconds(1), 5, false);
    store.health().change(List.of(suspended), (webhook, known) -> health);
  }

  @Test
  void claim_looks_webhooks_up_in_its_index() {
    String plan = explain(
        PostgresStatements.CLAIM,
        new Long[] {WEBHOOKS.get(3)},
        new Integer[] {2},
        5,
        0,
        0,
        0,
        Samples.NOW,
        20,
        me,
        1_000_000);

    assertThat(plan).contains("webhooks_queue_claim").doesNotContain("Seq Scan on webhooks_");
    assertThat(rowsRead(plan)).isLessThan(1_000);
  }

  @Test
  void probes_are_found_by_one_look_per_endpoint() {
    String plan = explain(JdbcHealthRegister.OVERDUE, Samples.NOW, Samples.NOW, 32);

    assertThat(plan).contains("webhooks_queue_claim").doesNotContain("Seq Scan on webhooks_queue");
    assertThat(rowsRead(plan)).isLessThan(1_000);
  }

  @Test
  void finish_takes_each_row_by_its_key_and_not_all_of_the_owner() {
    List<ClaimRef> owned = owned();
    String plan = explain(
        PostgresStatements.FINISH,
        JdbcDeliveryLog.outcomeRows(owned.stream().map(Samples::delivered).toList()),
        me,
        me,
        Samples.NOW);

    assertThat(plan)
        .contains("webhooks_queue_pkey")
        .doesNotContain("webhooks_queue_claim")
        .doesNotContain("Seq Scan on webhooks_");
    assertThat(rowsRead(plan)).isLessThan(1_000);
  }

  @Test
  void release_and_removal_take_each_row_by_its_key() {
    for (String statement : List.of(PostgresStatements.RELEASE, PostgresStatements.REMOVE)) {
      String plan = explain(statement, JdbcDeliveryQueue.claims(owned()), me);

      assertThat(plan)
          .contains("webhooks_queue_pkey")
          .doesNotContain("webhooks_queue_claim")
          .doesNotContain("Seq Scan on webhooks_");
    }
  }

  @Test
  void waiting_deliveries_are_found_without_reading_due_ones() {
    String query = WaitingDeliveries.WAITING.formatted("") + 501;
    String plan = explain(
        database, Dialect.Purpose.SESSION, query, paused, Samples.NOW, Samples.NOW, Samples.NOW);

    assertThat(plan).contains("webhooks_queue_claim").doesNotContain("Seq Scan on webhooks_");
    assertThat(rowsRead(plan)).isLessThan(1_000);
  }

  @Test
  void waiting_deliveries_are_made_due_by_key() {
    UUID row = owned().get(0).ref().id();
    String plan = explain(
        database,
        Dialect.Purpose.SESSION,
        WaitingDeliveries.MAKE_DUE,
        Samples.NOW,
        paused,
        row,
        Samples.NOW);

    assertThat(plan)
        .contains("webhooks_queue_pkey")
        .doesNotContain("webhooks_queue_claim")
        .doesNotContain("Seq Scan on webhooks_");
  }

  @Test
  void nothing_to_end_is_found_out_by_one_look_per_webhook() {
    String plan = explain(
        PostgresStatements.FIND_UNSENDABLE,
        Samples.NOW.minusSeconds(60),
        JdbcDeliveryQueue.upperBound(Samples.NOW.minusSeconds(60)),
        100,
        100);

    assertThat(plan).doesNotContain("Seq Scan on webhooks_");
    assertThat(rowsRead(plan)).isLessThan(1_000);
  }

  @Test
  void claim_takes_from_all_that_is_there() {
    ClaimRequest request =
        new ClaimRequest(me, Samples.NOW, WEBHOOKS.get(10), 2, 1_000, 1 << 20, Map.of());

    List<ClaimRef> claimed =
        store.queue().claim(request).stream().map(c -> c.claim()).toList();

    assertThat(claimed).hasSize(40);
    assertThat(store.queue().release(me, claimed)).isEqualTo(40);
  }

  private static List<ClaimRef> owned() {
    return database.run(
        Dialect.Purpose.QUEUE,
        sql -> sql.list(
            "select webhook, id, claim from {queue} where owner = ? order by id limit 50",
            JdbcDeliveryQueue::claim,
            me));
  }

  private static String explain(String statement, Object... parameters) {
    return explain(database, Dialect.Purpose.QUEUE, statement, parameters);
  }

  /** Runs a statement, undoes it and returns what the database did. */
  static String explain(
      Database database, Dialect.Purpose purpose, String statement, Object... parameters) {
    String explain = "explain (analyze, costs off, timing off) " + statement;
    return database.run(purpose, sql -> {
      Object[] bound = parameters.clone();
      for (int i = 0; i < bound.length; i++) {
        if (bound[i] instanceof Long[] array) {
          bound[i] = sql.connection.createArrayOf("bigint", array);
        }
      }
      List<String> lines = sql.list(explain, row -> row.text("QUERY PLAN"), bound);
      sql.connection.rollback();
      return String.join("\n", lines);
    });
  }

  /** The largest number of rows that any step has returned or thrown away. */
  static int rowsRead(String plan) {
    return Pattern.compile("(?:rows=|Removed by (?:Join )?Filter: )(\\d+)")
        .matcher(plan)
        .results()
        .mapToInt(match -> Integer.parseInt(match.group(1)))
        .max()
        .orElseThrow();
  }
}
