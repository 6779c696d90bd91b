package dev.webhooks.store.jdbc;

import dev.webhooks.internal.time.Instants;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.Retention;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The removal of old rows. Each kind is read in the order of an index, so a step reads no more rows
 * than it may remove.
 */
final class JdbcRetention implements Retention {
  private static final int WEBHOOKS_PER_STEP = 100;

  static final String NEXT_FINISHED = """
      select webhook from {delivery} where webhook > ? order by webhook, id limit 1""";

  static final String FINISHED = """
      select webhook, id, attempts, ended from {delivery}
      where webhook = ? and id > ? and id < ? order by webhook, id limit 1000""";

  static final String LOCK_FINISHED = """
      select d.webhook, d.id
      from {x: webhook bigint, id uuid} join {delivery} d on d.webhook = x.webhook and d.id = x.id""";

  private static final String REMOVE_FINISHED =
      "delete from {delivery} where webhook = ? and id = ?";

  private static final String REMOVE_ATTEMPTS =
      "delete from {attempt} where webhook = ? and delivery = ?";

  static final String NEXT_PENDING = """
      select webhook, created from {queue} where webhook > ? order by webhook, id limit 1""";

  static final String EVENTS = """
      select id, keep_until from {event} where id > ? and id < ? order by id limit 1000""";

  /** Locks events that no retry has kept meanwhile. */
  static final String LOCK_EVENTS = """
      select e.id from {x: id uuid} join {event} e on e.id = x.id where e.keep_until < ?""";

  private static final String REMOVE_EVENT = "delete from {event} where id = ? and keep_until < ?";

  static final String KEYS = """
      select i.account, i.request_key from {idempotency} i
      where i.created < ? order by i.created limit 1000""";

  private static final String REMOVE_KEY = """
      delete from {idempotency} where account = ? and request_key = ? and created < ?""";

  private final Database database;

  JdbcRetention(Database database) {
    this.database = database;
  }

  @Override
  public boolean purgeDeleted(Instant now) {
    return run(sql -> new JdbcWebhookPurge(sql, now).purge());
  }

  @Override
  public boolean purgeErased(Instant now) {
    return run(sql -> new JdbcErasure(sql).purge(now));
  }

  // ---- finished deliveries

  @Override
  public Optional<DeliveryRef> removeDeliveries(Instant endedBefore, DeliveryRef after) {
    return run(sql -> {
      Scan scan = scan(sql, endedBefore, after);
      remove(sql, scan.ended);
      return scan.next;
    });
  }

  /** Scans the oldest deliveries of each webhook in turn, up to the limit of a step. */
  private static Scan scan(Sql sql, Instant endedBefore, DeliveryRef after) throws SQLException {
    UUID bound = JdbcDeliveryQueue.upperBound(endedBefore);
    List<DeliveryRef> ended = new ArrayList<>();
    int left = BATCH;
    DeliveryRef at = after;
    for (int webhook = 0; webhook < WEBHOOKS_PER_STEP; webhook++) {
      List<Finished> rows = sql.list(FINISHED, Finished::of, at.webhook(), at.id(), bound);
      for (Finished row : rows) {
        left -= row.rows();
        if (row.ended.isBefore(endedBefore)) {
          ended.add(row.ref);
        }
        if (left <= 0) {
          return new Scan(ended, Optional.of(row.ref));
        }
      }
      Optional<Long> next = sql.first(NEXT_FINISHED, row -> row.bigint("webhook"), at.webhook());
      if (next.isEmpty()) {
        return new Scan(ended, Optional.empty());
      }
      at = new DeliveryRef(next.get(), JdbcDeliveryQueue.FIRST_ID);
    }
    return new Scan(ended, Optional.of(at));
  }

  private static void remove(Sql sql, List<DeliveryRef> ended) throws SQLException {
    if (ended.isEmpty()) {
      return;
    }
    List<DeliveryRef> unlocked = sql.list(
        LOCK_FINISHED + sql.dialect.skipLocked("d"),
        row -> new DeliveryRef(row.bigint("webhook"), row.uuid("id")),
        JdbcDeliveryQueue.refs(ended));
    List<DeliveryRef> removed =
        RowRemoval.remove(sql, REMOVE_FINISHED, unlocked, JdbcRetention::key);
    sql.batch(REMOVE_ATTEMPTS, removed, JdbcRetention::key);
  }

  private static Object[] key(DeliveryRef ref) {
    return new Object[] {ref.webhook(), ref.id()};
  }

  /** The result of a scan: deliveries to remove, and the place to continue at. */
  private record Scan(List<DeliveryRef> ended, Optional<DeliveryRef> next) {}

  private record Finished(DeliveryRef ref, int attempts, Instant ended) {
    static Finished of(Row row) throws SQLException {
      return new Finished(
          new DeliveryRef(row.bigint("webhook"), row.uuid("id")),
          row.integer("attempts"),
          row.time("ended"));
    }

    /** Returns the number of rows; the last attempt has no row of its own. */
    int rows() {
      return Math.max(1, attempts);
    }
  }

  // ---- events

  @Override
  public boolean anyPending(Instant createdBefore) {
    Instant bound = Instants.plus(createdBefore, JdbcDeliveryQueue.ID_LEAD);
    Optional<Oldest> oldest = Optional.of(Oldest.NONE);
    while (oldest.isPresent() && !oldest.get().created.isBefore(bound)) {
      long after = oldest.get().webhook;
      oldest = run(sql -> nextOld(sql, after, bound));
    }
    return oldest.isPresent();
  }

  /** Returns the next webhook with an old delivery, or the last one that a step scans. */
  private static Optional<Oldest> nextOld(Sql sql, long after, Instant bound) throws SQLException {
    Optional<Oldest> at = sql.first(NEXT_PENDING, Oldest::of, after);
    for (int webhook = 1; webhook < WEBHOOKS_PER_STEP; webhook++) {
      if (at.isEmpty() || at.get().created.isBefore(bound)) {
        return at;
      }
      at = sql.first(NEXT_PENDING, Oldest::of, at.get().webhook);
    }
    return at;
  }

  /** A webhook and the creation time of its pending delivery with the smallest id. */
  private record Oldest(long webhook, Instant created) {
    static final Oldest NONE = new Oldest(0, Instant.MAX);

    static Oldest of(Row row) throws SQLException {
      return new Oldest(row.bigint("webhook"), row.time("created"));
    }
  }

  @Override
  public Optional<UUID> removeEvents(Instant now, Instant createdBefore, UUID after) {
    UUID bound = JdbcDeliveryQueue.upperBound(createdBefore);
    return run(sql -> {
      List<ExpiringEvent> scanned = sql.list(EVENTS, ExpiringEvent::of, after, bound);
      removeEvents(
          sql, scanned.stream().filter(event -> event.until.isBefore(now)).toList(), now);
      return scanned.size() < BATCH
          ? Optional.empty()
          : Optional.of(scanned.get(scanned.size() - 1).id);
    });
  }

  private static void removeEvents(Sql sql, List<ExpiringEvent> events, Instant now)
      throws SQLException {
    if (!events.isEmpty()) {
      List<UUID> unlocked = sql.list(
          LOCK_EVENTS + sql.dialect.skipLocked("e"),
          row -> row.uuid("id"),
          Rows.of(events).uuid(ExpiringEvent::id),
          now);
      RowRemoval.remove(sql, REMOVE_EVENT, unlocked, id -> new Object[] {id, now});
    }
  }

  private record ExpiringEvent(UUID id, Instant until) {
    static ExpiringEvent of(Row row) throws SQLException {
      return new ExpiringEvent(row.uuid("id"), row.time("keep_until"));
    }
  }

  // ---- idempotency keys

  @Override
  public boolean removeKeys(Instant takenBefore) {
    return run(sql -> {
      List<KeyRow> keys = sql.list(KEYS + sql.dialect.skipLocked("i"), KeyRow::of, takenBefore);
      RowRemoval.remove(
          sql, REMOVE_KEY, keys, key -> new Object[] {key.account, key.key, takenBefore});
      return keys.size() == BATCH;
    });
  }

  private record KeyRow(Key account, Key key) {
    static KeyRow of(Row row) throws SQLException {
      return new KeyRow(new Key(row.key("account")), new Key(row.key("request_key")));
    }
  }

  private <T> T run(Dialect.Work<T> work) {
    return database.run(Dialect.Purpose.RETENTION, work);
  }
}
