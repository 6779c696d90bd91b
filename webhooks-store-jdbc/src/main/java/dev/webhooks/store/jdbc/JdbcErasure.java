package dev.webhooks.store.jdbc;

import dev.webhooks.idempotency.IdempotencyCache;
import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.internal.time.Instants;
import dev.webhooks.spi.store.Retention;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Erasure of accounts. An erasure deletes the webhooks and stores that the account's events are to
 * be removed.
 *
 * <p>No index leads from an account to its events. So a purge scans all events in the order of
 * their ids, for many erased accounts together.
 */
final class JdbcErasure {
  private static final int SCAN_ROWS = 5_000;

  /** The maximum difference between the clocks of two instances. */
  private static final Duration CLOCK_LEAD = Duration.ofSeconds(10);

  private static final String WEBHOOKS = """
      select number from {webhook} where account = ? and deleted is null order by number for update""";

  /** Reads committed rows and waits for no lock. */
  private static final String KEYS = """
      select request_key from {idempotency}
      where account = ? and created >= ? order by request_key limit 1000""";

  private static final String REMOVE_KEY =
      "delete from {idempotency} where account = ? and request_key = ?";

  private static final String REMOVE_LOCK = "delete from {account_lock} where account = ?";

  private static final String INSERT = """
      insert into {erasure} (account, erased, due, last_event) values (?, ?, ?, ?)""";

  static final String NEXT = """
      select due, last_event from {erasure} where due <= ? order by due limit 1""";

  static final String DUE = """
      select e.number, e.account, e.erased, e.due from {erasure} e
      where e.due <= ? and e.last_event = ? order by e.due limit 1000""";

  static final String EVENTS = """
      select id, account, created from {event}
      where id > ? and id < ? order by id limit\s""" + SCAN_ROWS;

  static final String LOCK_EVENTS = "select e.id from {x: id uuid} join {event} e on e.id = x.id";

  private static final String REMOVE_EVENT = "delete from {event} where id = ?";

  /** Finds events of deliveries around an instant, to webhooks that the account has now. */
  static final String RECEIVED = """
      select q.event from {webhook} w
        join {queue} q on q.webhook = w.number and q.id >= ? and q.id < ?
      where w.account = ? and w.deleted is null
      union all
      select d.event from {webhook} w
        join {delivery} d on d.webhook = w.number and d.id >= ? and d.id < ?
      where w.account = ? and w.deleted is null""";

  private static final String CONTINUE = "update {erasure} set last_event = ? where number = ?";
  private static final String POSTPONE =
      "update {erasure} set last_event = ?, due = ? where number = ?";
  private static final String REMOVE = "delete from {erasure} where number = ?";

  private final Sql sql;

  JdbcErasure(Sql sql) {
    this.sql = sql;
  }

  // ---- erasing

  /** Marks everything of an account for removal; returns the numbers of its webhooks. */
  List<Long> erase(String account, Instant now) throws SQLException {
    return sql.locking("a row of the account", s -> mark(account, now));
  }

  /**
   * Locks rows in the order of all transactions: keys, account, webhooks. A second pass removes the
   * keys that were committed after the first. It skips old keys, which another transaction may be
   * replacing.
   */
  private List<Long> mark(String account, Instant now) throws SQLException {
    JdbcRegistry registry = new JdbcRegistry(sql);
    removeKeys(account, Instant.MIN);
    registry.lockAccount(account);
    List<Long> webhooks = sql.list(WEBHOOKS, row -> row.bigint("number"), new Key(account));
    for (Long webhook : webhooks) {
      registry.delete(webhook, now);
    }
    removeKeys(account, Instants.minus(now, IdempotencyCache.LIFETIME));
    sql.update(REMOVE_LOCK, new Key(account));
    sql.update(INSERT, new Key(account), now, now, Retention.FIRST_EVENT);
    return webhooks;
  }

  private void removeKeys(String account, Instant takenAfter) throws SQLException {
    List<String> keys;
    do {
      keys = sql.list(KEYS, row -> row.key("request_key"), new Key(account), takenAfter);
      sql.batch(REMOVE_KEY, keys, key -> new Object[] {new Key(account), new Key(key)});
    } while (keys.size() == Retention.BATCH);
  }

  // ---- purging

  /** Scans some events and removes those of erased accounts. */
  boolean purge(Instant now) throws SQLException {
    UUID lastEvent = sql.first(NEXT, row -> row.uuid("last_event"), now).orElse(null);
    if (lastEvent == null) {
      return false;
    }
    List<Erasure> erasures =
        sql.list(DUE + sql.dialect.skipLocked("e"), Erasure::of, now, lastEvent);
    if (erasures.isEmpty()) {
      return false;
    }
    Instant last =
        erasures.stream().map(Erasure::erased).max(Comparator.naturalOrder()).orElseThrow();
    List<StoredEvent> events =
        sql.list(EVENTS, StoredEvent::of, lastEvent, JdbcDeliveryQueue.upperBound(last));
    List<StoredEvent> erased = erased(events, erasures);
    remove(erased);
    if (erased.size() == Retention.BATCH) {
      advance(erasures, erased.get(erased.size() - 1).id);
    } else if (events.size() == SCAN_ROWS) {
      advance(erasures, events.get(SCAN_ROWS - 1).id);
    } else {
      finish(erasures);
    }
    return true;
  }

  /** Returns the first events that belong to an erasure, up to the limit of a step. */
  private List<StoredEvent> erased(List<StoredEvent> events, List<Erasure> erasures)
      throws SQLException {
    Map<String, Instant> erasedAt = new HashMap<>();
    erasures.forEach(e -> erasedAt.merge(e.account, e.erased, (a, b) -> a.isAfter(b) ? a : b));
    List<StoredEvent> erased = new ArrayList<>();
    Map<String, Set<UUID>> received = new HashMap<>();
    for (StoredEvent event : events) {
      Instant at = erasedAt.get(event.account);
      if (at == null || event.created.isAfter(at) || erased.size() == Retention.BATCH) {
        continue;
      }
      if (event.created.isAfter(at.minus(CLOCK_LEAD))) {
        // A new account of the same name may have published it, before or by a slower clock.
        if (!received.containsKey(event.account)) {
          received.put(event.account, received(event.account, at));
        }
        if (received.getOrDefault(event.account, Set.of()).contains(event.id)) {
          continue;
        }
      }
      erased.add(event);
    }
    return erased;
  }

  private Set<UUID> received(String account, Instant erased) throws SQLException {
    UUID from = IdGenerator.lowerBound(erased.minus(CLOCK_LEAD));
    UUID to = JdbcDeliveryQueue.upperBound(erased);
    Key key = new Key(account);
    return new HashSet<>(
        sql.list(RECEIVED, row -> row.uuid("event"), from, to, key, from, to, key));
  }

  private void remove(List<StoredEvent> events) throws SQLException {
    if (!events.isEmpty()) {
      List<UUID> unlocked = sql.list(
          LOCK_EVENTS + sql.dialect.skipLocked("e"),
          row -> row.uuid("id"),
          Rows.of(events).uuid(StoredEvent::id));
      RowRemoval.remove(sql, REMOVE_EVENT, unlocked, id -> new Object[] {id});
    }
  }

  private void advance(List<Erasure> erasures, UUID lastEvent) throws SQLException {
    RowRemoval.remove(sql, CONTINUE, erasures, erasure -> new Object[] {lastEvent, erasure.number});
  }

  /**
   * Ends a pass. A second pass finds rows that were committed late; it starts where the longest
   * transaction can have begun, rounded so that many erasures share it.
   */
  private void finish(List<Erasure> erasures) throws SQLException {
    List<Erasure> first = erasures.stream().filter(Erasure::isFirstPass).toList();
    List<Erasure> second = erasures.stream().filter(e -> !e.isFirstPass()).toList();
    RowRemoval.remove(sql, POSTPONE, first, erasure -> new Object[] {
      IdGenerator.lowerBound(
          erasure.erased.minus(Retention.LATE_COMMITS).truncatedTo(ChronoUnit.HOURS)),
      erasure.secondPass(),
      erasure.number
    });
    RowRemoval.remove(sql, REMOVE, second, erasure -> new Object[] {erasure.number});
  }

  private record Erasure(long number, String account, Instant erased, Instant due) {
    static Erasure of(Row row) throws SQLException {
      return new Erasure(
          row.bigint("number"), row.key("account"), row.time("erased"), row.time("due"));
    }

    Instant secondPass() {
      return erased.plus(Retention.LATE_COMMITS);
    }

    boolean isFirstPass() {
      return due.isBefore(secondPass());
    }
  }

  private record StoredEvent(UUID id, String account, Instant created) {
    static StoredEvent of(Row row) throws SQLException {
      return new StoredEvent(row.uuid("id"), row.key("account"), row.time("created"));
    }
  }
}
