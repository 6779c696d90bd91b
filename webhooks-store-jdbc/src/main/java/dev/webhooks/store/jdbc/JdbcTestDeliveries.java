package dev.webhooks.store.jdbc;

import dev.webhooks.model.EventCatalog;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.StoreSession.NewTest;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Test deliveries: rows of the queue under an owner that is no instance. Each is due when it counts
 * as interrupted.
 */
final class JdbcTestDeliveries {
  static final long TESTING = -2;

  /** The {@code kind} of a test, which the statistics leave out. */
  static final int KIND = 1;

  private static final String INSERT = """
      insert into {queue} (webhook, id, owner, event, created, due, size, kind, type)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?)""";

  private static final String INTERRUPTED = """
      select webhook, id, claim from {queue}
      where owner = ? and due <= ? order by owner, webhook, due limit ?""";

  private final Sql sql;
  private final JdbcEvents events;

  JdbcTestDeliveries(Sql sql, JdbcEvents events) {
    this.sql = sql;
    this.events = events;
  }

  void insert(NewTest test) throws SQLException {
    NewEvent event = new NewEvent(
        test.event(),
        test.account(),
        null,
        null,
        EventCatalog.TEST_EVENT,
        test.body(),
        test.createdAt(),
        test.keepUntil(),
        null,
        List.of());
    events.insert(List.of(event), new ArrayList<>());
    sql.update(
        INSERT,
        test.ref().webhook(),
        test.ref().id(),
        TESTING,
        test.event(),
        test.createdAt(),
        test.until(),
        test.body().length,
        KIND,
        new Key(EventCatalog.TEST_EVENT));
  }

  boolean finish(AttemptOutcome outcome, Instant now) throws SQLException {
    List<RemovedRow> removed =
        sql.dialect.queueStatements().remove(sql, TESTING, List.of(outcome.claim()));
    JdbcDeliveryLog.insertFinished(
        sql,
        removed.stream()
            .map(row -> JdbcDeliveryLog.Finished.of(row, outcome, now))
            .toList());
    return !removed.isEmpty();
  }

  static List<QueueStatements.Unsendable> interrupted(Sql sql, Instant now, int limit)
      throws SQLException {
    return sql.list(
        INTERRUPTED,
        row -> new QueueStatements.Unsendable(
            JdbcDeliveryQueue.claim(row), QueueStatements.UnsendableReason.INTERRUPTED),
        TESTING,
        now,
        limit);
  }
}
