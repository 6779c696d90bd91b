package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.DeliveryLog;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The hot statements read the rows they need, and not those of the whole queue or owner. */
class JdbcMariaDbPlanTest {
  private static final int ROWS = 4_000;
  private static final int DEEP = 100_000;

  /** One delivery a second, with ids as the library makes them: the time first. */
  private static final String DELIVERIES = """
      select cast(? as int) as webhook, seq, cast(? as datetime(6)) + interval seq second as created,
        unhex(concat(lpad(hex(cast(? as int) + 1000 * seq), 12, '0'), '70008000',
          lpad(hex(seq), 12, '0'))) as id
      from seq_1_to_100000""";

  private static final String INSERT_FINISHED = """
      insert into {delivery} (webhook, id, event, created, ended, attempts, kind, type, status)
      select webhook, id, id, created, created, 1, 0, 'order.paid',
        if(seq % 3 = 0, 'failed', 'success')
      from (""" + DELIVERIES + ") n";

  private static final String INSERT_PENDING = """
      insert into {queue} (webhook, id, event, created, due, size, type)
      select webhook, id, id, created, '9999-01-01', 10, 'order.paid' from (""" + DELIVERIES + ") n";

  @AutoClose
  private static HikariDataSource pool;

  private static JdbcWebhookStore store;
  private static Database database;
  private static final List<Long> WEBHOOKS = new ArrayList<>();
  private static long me;

  @BeforeAll
  static void fillQueue() throws SQLException {
    pool = TestMariaDb.pool(TestMariaDb.database(), 2);
    store = JdbcWebhookStore.on(pool);
    store.open();
    database = new Database(
        new DataSourceConnections(pool, Duration.ofSeconds(30)),
        new MariaDbDialect(),
        "webhooks_",
        Duration.ofSeconds(30));
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
  }

  @Test
  void webhooks_with_work_are_found_by_one_look_each() {
    // The statistics are otherwise taken by the server itself, some seconds later.
    run(sql -> sql.list("analyze table {queue}", row -> true));

    assertThat(explain(MariaDbClaim.CLAIMABLE_WEBHOOKS, Samples.NOW))
        .anyMatch(step -> step.contains("Using index for group-by"));
    assertThat(rowsRead(MariaDbClaim.CLAIMABLE_WEBHOOKS, Samples.NOW)).isLessThan(200);
  }

  @Test
  void rows_of_a_webhook_are_picked_in_the_order_of_the_index() {
    Object[] parameters = {WEBHOOKS.get(3), Samples.NOW, 5};

    assertThat(explain(MariaDbClaim.PICK, parameters))
        .singleElement()
        .asString()
        .contains("webhooks_queue_claim")
        .doesNotContain("filesort");
    assertThat(rowsRead(MariaDbClaim.PICK, parameters)).isLessThan(12);
  }

  @Test
  void rows_are_locked_and_changed_by_their_keys() {
    Rows<ClaimRef> rows = JdbcDeliveryQueue.claims(owned());
    Rows<ClaimRef> refs = Rows.of(owned())
        .bigint(row -> row.ref().webhook())
        .uuid(row -> row.ref().id());

    assertByKey(MariaDbStatements.LOCK, rows, me);
    assertByKey(MariaDbStatements.RELEASE, rows, me);
    assertByKey(MariaDbStatements.DELETE, refs);
  }

  @Test
  void waiting_deliveries_are_found_in_the_order_of_the_index_and_made_due_by_key() {
    String waiting =
        WaitingDeliveries.WAITING.formatted(database.dialect.useIndex("{queue}_claim")) + 501;
    Object[] parameters = {WEBHOOKS.get(3), Samples.NOW, Samples.NOW, Samples.NOW};
    UUID row = owned().get(0).ref().id();

    assertThat(explain(waiting, parameters))
        .singleElement()
        .asString()
        .contains("webhooks_queue_claim")
        .doesNotContain("filesort");
    assertThat(rowsRead(waiting, parameters)).isLessThan(12);
    assertThat(explain(WaitingDeliveries.MAKE_DUE, Samples.NOW, WEBHOOKS.get(3), row, Samples.NOW))
        .singleElement()
        .asString()
        .contains("|PRIMARY|");
  }

  private static void assertByKey(String statement, Object... parameters) {
    assertThat(explain(statement, parameters))
        .filteredOn(step -> step.contains("|q|"))
        .singleElement()
        .asString()
        .contains("|eq_ref|")
        .contains("|PRIMARY|");
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

  @Test
  void a_page_deep_in_a_hundred_thousand_deliveries_reads_no_more_than_its_rows() {
    long number = Samples.insertWebhook(store);
    WebhookConfiguration webhook = store.queue().configurations(List.of(number)).get(number);
    Instant start = Samples.NOW.minus(Duration.ofDays(10));
    run(sql -> sql.update(INSERT_FINISHED, number, start, start.toEpochMilli()));
    run(sql -> sql.update(INSERT_PENDING, number, start, start.toEpochMilli() + 500));
    UUID after = IdGenerator.lowerBound(start.plusSeconds(DEEP / 2));
    DeliveryQuery all = DeliveryQuery.latest();
    List<DeliveryQuery> queries = List.of(
        all,
        all.status(DeliveryStatus.PENDING),
        all.status(DeliveryStatus.FAILED),
        all.status(DeliveryStatus.SUCCESS).event("order.paid"),
        all.from(start.plusSeconds(10)).to(start.plusSeconds(DEEP)));

    for (DeliveryQuery query : queries) {
      DeliveryLog.Section deep = new DeliveryLog.Section(after, 0, 20);
      long read = database.run(Dialect.Purpose.LOG, sql -> {
        long before = reads(sql);
        assertThat(new LogQuery(webhook, query).list(sql, deep)).hasSize(20);
        return reads(sql) - before;
      });
      assertThat(read).as("%s", query).isLessThan(500);
    }
  }

  private static List<ClaimRef> owned() {
    return run(sql -> sql.list(
        "select webhook, id, claim from {queue} where owner = ? order by id limit 50",
        JdbcDeliveryQueue::claim,
        me));
  }

  /** The steps of a plan: table, kind of access, key and remarks. */
  private static List<String> explain(String statement, Object... parameters) {
    return run(sql -> sql.list(
        "explain " + statement,
        row -> "|" + row.textOrNull("table") + "|" + row.textOrNull("type") + "|"
            + row.textOrNull("key") + "|" + row.textOrNull("Extra"),
        parameters));
  }

  /** Returns the number of rows of tables and indexes that a query has read. */
  private static long rowsRead(String query, Object... parameters) {
    return run(sql -> {
      long before = reads(sql);
      sql.list(query, row -> true, parameters);
      return reads(sql) - before;
    });
  }

  private static long reads(Sql sql) throws SQLException {
    String reads = """
        select cast(sum(variable_value) as int) as n from information_schema.session_status
        where variable_name in ('handler_read_first', 'handler_read_last', 'handler_read_key',
          'handler_read_next', 'handler_read_prev')""";
    return sql.list(reads, row -> row.bigint("n")).get(0);
  }

  private static <T> T run(Dialect.Work<T> work) {
    return database.run(Dialect.Purpose.QUEUE, work);
  }
}
