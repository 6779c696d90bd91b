package dev.webhooks.store.jdbc;

import static dev.webhooks.store.jdbc.JdbcPostgresPlanTest.rowsRead;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.idempotency.IdempotencyKey;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.Retention;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The removal of old rows reads a range of an index, although the planner knows nothing. */
class JdbcPostgresRetentionPlanTest {
  private static final int PARTS = 24;
  private static final int ROWS = PARTS * 500;
  private static final UUID LAST = new UUID(-1, -1);
  private static final Instant LATER = Samples.NOW.plus(Duration.ofDays(40));

  private static final List<Long> WEBHOOKS = new ArrayList<>();
  private static final List<UUID> EVENTS = new ArrayList<>();
  private static final List<DeliveryRef> DELIVERIES = new ArrayList<>();

  @AutoClose
  private static HikariDataSource pool;

  private static Database database;

  @BeforeAll
  static void fillTablesWithoutStatistics() throws SQLException {
    pool = TestPostgres.pool(TestPostgres.schema(), 2);
    JdbcWebhookStore store = JdbcWebhookStore.on(pool);
    store.open();
    database = new Database(
        new DataSourceConnections(pool, Duration.ofSeconds(30)),
        new PostgresDialect(),
        "webhooks_",
        Duration.ofSeconds(30));
    long me = store.instances().register("test");
    for (int i = 0; i < 20; i++) {
      WEBHOOKS.add(Samples.insertWebhook(store));
    }
    for (int part = 0; part < PARTS; part++) {
      NewEvent[] events = IntStream.range(0, 500)
          .mapToObj(i -> Samples.event(WEBHOOKS.get(i % 20), me, null))
          .toArray(NewEvent[]::new);
      Samples.publish(store, events);
      List<ClaimRef> owned = new ArrayList<>();
      for (NewEvent event : events) {
        EVENTS.add(event.id());
        DELIVERIES.add(event.deliveries().get(0).ref());
        owned.add(new ClaimRef(event.deliveries().get(0).ref(), 0));
      }
      if (part % 2 == 0) {
        store.queue().finish(me, owned.stream().map(Samples::delivered).toList(), Samples.NOW);
      }
    }
    Samples.write(store, session -> {
      for (int number = 0; number < 3_000; number++) {
        session
            .idempotency()
            .reserve(
                new IdempotencyKey(Samples.ACME, "key-" + number),
                Fingerprint.of("x").build(),
                Samples.id(),
                Samples.NOW);
      }
    });
    for (int number = 0; number < 300; number++) {
      long deleted = Samples.insertWebhook(store);
      String account = "account-" + number;
      Samples.write(store, session -> {
        session.deleteWebhook(deleted, Samples.NOW);
        session.eraseAccount(account, Samples.NOW);
      });
    }
  }

  @Test
  void tombstones_are_found_by_when_they_are_due() {
    assertReads(10, "webhooks_webhook_purge", locked(JdbcWebhookPurge.DUE, "w"), LATER);
    assertReads(
        1,
        "webhooks_webhook_purge",
        locked(JdbcWebhookPurge.DUE, "w"),
        Samples.NOW.minusSeconds(1));
  }

  @Test
  void log_of_a_deleted_webhook_is_read_by_its_key() {
    assertReads(
        1_000, "webhooks_delivery_pkey", locked(JdbcWebhookPurge.DELIVERIES, "d"), WEBHOOKS.get(3));
    assertReads(
        1, "webhooks_attempt_pkey", locked(JdbcWebhookPurge.ATTEMPTS, "a"), WEBHOOKS.get(3));
  }

  @Test
  void finished_deliveries_are_looked_at_webhook_by_webhook_the_oldest_first() {
    assertReads(1, "webhooks_delivery_", JdbcRetention.NEXT_FINISHED, WEBHOOKS.get(3));
    assertReads(
        1_000,
        "webhooks_delivery_pkey",
        JdbcRetention.FINISHED,
        WEBHOOKS.get(3),
        Retention.FIRST_EVENT,
        LAST);
    assertReads(
        50,
        "webhooks_delivery_pkey",
        locked(JdbcRetention.LOCK_FINISHED, "d"),
        JdbcDeliveryQueue.refs(DELIVERIES.subList(0, 50)));
  }

  @Test
  void pending_deliveries_are_looked_for_webhook_by_webhook() {
    assertReads(1, "webhooks_queue_pkey", JdbcRetention.NEXT_PENDING, WEBHOOKS.get(3));
  }

  @Test
  void events_are_read_in_the_order_of_their_ids() {
    UUID half = EVENTS.get(ROWS / 2);
    assertReads(1_000, "webhooks_event_pkey", JdbcRetention.EVENTS, half, LAST);
    assertReads(5_000, "webhooks_event_pkey", JdbcErasure.EVENTS, half, LAST);
    Rows<UUID> some = Rows.of(EVENTS.subList(0, 50)).uuid(id -> id);
    assertReads(50, "webhooks_event_pkey", locked(JdbcRetention.LOCK_EVENTS, "e"), some, LATER);
    assertReads(50, "webhooks_event_pkey", locked(JdbcErasure.LOCK_EVENTS, "e"), some);
  }

  @Test
  void erasures_are_found_by_when_they_are_due() {
    assertReads(1, "webhooks_erasure_due", JdbcErasure.NEXT, Samples.NOW.minusSeconds(1));
    assertReads(
        300,
        "webhooks_erasure_due",
        locked(JdbcErasure.DUE, "e"),
        Samples.NOW,
        Retention.FIRST_EVENT);
  }

  @Test
  void events_that_an_account_received_are_read_between_two_ids() {
    UUID from = DELIVERIES.get(100).id();
    UUID to = DELIVERIES.get(140).id();
    Key acme = new Key(Samples.ACME);

    String plan = explain(JdbcErasure.RECEIVED, from, to, acme, from, to, acme);

    assertThat(plan)
        .contains("webhooks_queue_pkey", "webhooks_delivery_pkey")
        .doesNotContain("Seq Scan on webhooks_");
    assertThat(rowsRead(plan)).isLessThanOrEqualTo(320);
  }

  @Test
  void keys_are_found_by_when_they_were_taken() {
    assertReads(1_000, "webhooks_idempotency_created", locked(JdbcRetention.KEYS, "i"), LATER);
    assertReads(
        1,
        "webhooks_idempotency_created",
        locked(JdbcRetention.KEYS, "i"),
        Samples.NOW.minusSeconds(1));
  }

  private static String locked(String statement, String alias) {
    return statement + database.dialect.skipLocked(alias);
  }

  private static void assertReads(int rows, String index, String statement, Object... parameters) {
    String plan = explain(statement, parameters);
    assertThat(plan).contains(index).doesNotContain("Seq Scan on webhooks_");
    assertThat(plan).as("read in order").doesNotContain("Sort Key");
    assertThat(rowsRead(plan)).as(plan).isLessThanOrEqualTo(rows);
  }

  private static String explain(String statement, Object... parameters) {
    return JdbcPostgresPlanTest.explain(database, Dialect.Purpose.RETENTION, statement, parameters);
  }
}
