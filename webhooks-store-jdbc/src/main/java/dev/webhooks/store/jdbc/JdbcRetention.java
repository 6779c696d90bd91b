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
 * Removes old rows, each kind in the order of its key or of an index, so that no step reads more
 * than it may remove, however large the tables are.
 */
final class JdbcRetention implements Retention {
  /** The number of webhooks that a step looks at. */
  private static final int LANES = 100;

  private static final UUID BEFORE_ALL = new UUID(0, 0);

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

  /** Whoever retries the event has changed the row before, or finds it gone. */
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
    return run(sql -> new Tombstones(sql, now).purge());
  }

  @Override
  public boolean purgeErased(Instant now) {
    return run(sql -> new JdbcErasure(sql).purge(now));
  }

  // ---- finished deliveries

  @Override
  public Optional<DeliveryRef> removeDeliveries(Instant endedBefore, DeliveryRef after) {
    return run(sql -> {
      Look look = look(sql, endedBefore, after);
      remove(sql, look.ended);
      return look.next;
    });
  }

  /** Looks at the oldest deliveries of each webhook in turn, as many as a step may remove. */
  private static Look look(Sql sql, Instant endedBefore, DeliveryRef after) throws SQLException {
    UUID bound = JdbcDeliveryQueue.upperBound(endedBefore);
    List<DeliveryRef> ended = new ArrayList<>();
    int left = BATCH;
    DeliveryRef at = after;
    for (int lane = 0; lane < LANES; lane++) {
      List<Finished> rows = sql.list(FINISHED, Finished::of, at.webhook(), at.id(), bound);
      for (Finished row : rows) {
        left -= row.rows();
        if (row.ended.isBefore(endedBefore)) {
          ended.add(row.ref);
        }
        if (left <= 0) {
          return new Look(ended, Optional.of(row.ref));
        }
      }
      Optional<Long> next = sql.first(NEXT_FINISHED, row -> row.bigint("webhook"), at.webhook());
      if (next.isEmpty()) {
        return new Look(ended, Optional.empty());
      }
      at = new DeliveryRef(next.get(), BEFORE_ALL);
    }
    return new Look(ended, Optional.of(at));
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

  /** The result of looking: deliveries to remove, and where to go on. */
  private record Look(List<DeliveryRef> ended, Optional<DeliveryRef> next) {}

  private record Finished(DeliveryRef ref, int attempts, Instant ended) {
    static Finished of(Row row) throws SQLException {
      return new Finished(
          new DeliveryRef(row.bigint("webhook"), row.uuid("id")),
          row.integer("attempts"),
          row.time("ended"));
    }

    /** The last attempt has no row of its own. */
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

  /** Returns the next webhook with an old delivery, or the last of those that a step looks at. */
  private static Optional<Oldest> nextOld(Sql sql, long after, Instant bound) throws SQLException {
    Optional<Oldest> at = sql.first(NEXT_PENDING, Oldest::of, after);
    for (int lane = 1; lane < LANES; lane++) {
      if (at.isEmpty() || at.get().created.isBefore(bound)) {
        return at;
      }
      at = sql.first(NEXT_PENDING, Oldest::of, at.get().webhook);
    }
    return at;
  }

  /** A webhook and when the pending delivery with its smallest id was created. */
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
      List<Kept> looked = sql.list(EVENTS, Kept::of, after, bound);
      removeEvents(
          sql, looked.stream().filter(event -> event.until.isBefore(now)).toList(), now);
      return looked.size() < BATCH
          ? Optional.empty()
          : Optional.of(looked.get(looked.size() - 1).id);
    });
  }

  private static void removeEvents(Sql sql, List<Kept> events, Instant now) throws SQLException {
    if (!events.isEmpty()) {
      List<UUID> unlocked = sql.list(
          LOCK_EVENTS + sql.dialect.skipLocked("e"),
          row -> row.uuid("id"),
          Rows.of(events).uuid(Kept::id),
          now);
      RowRemoval.remove(sql, REMOVE_EVENT, unlocked, id -> new Object[] {id, now});
    }
  }

  private record Kept(UUID id, Instant until) {
    static Kept of(Row row) throws SQLException {
      return new Kept(row.uuid("id"), row.time("keep_until"));
    }
  }

  // ---- idempotency keys

  @Override
  public boolean removeKeys(Instant takenBefore) {
    return run(sql -> {
      List<UsedKey> keys = sql.list(KEYS + sql.dialect.skipLocked("i"), UsedKey::of, takenBefore);
      RowRemoval.remove(
          sql, REMOVE_KEY, keys, key -> new Object[] {key.account, key.key, takenBefore});
      return keys.size() == BATCH;
    });
  }

  private record UsedKey(Key account, Key key) {
    static UsedKey of(Row row) throws SQLException {
      return new UsedKey(new Key(row.key("account")), new Key(row.key("request_key")));
    }
  }

  private <T> T run(Dialect.Work<T> work) {
    return database.run(Dialect.Purpose.RETENTION, work);
  }
}
