package dev.webhooks.store.jdbc;

import dev.webhooks.idempotency.IdempotencyCache;
import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.internal.time.Instants;
import dev.webhooks.model.StoreUnavailableException;
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
 * Erases accounts. Erasing deletes the webhooks and writes down that the account's events are to be
 * removed; since no index leads from an account to its events, the purge looks through all of them
 * in the order of their ids, for many erased accounts together.
 */
final class JdbcErasure {
  /** The number of events that a step looks at. */
  private static final int LOOK = 5_000;

  /** By how much the clocks of two instances may differ. */
  private static final Duration CLOCK_LEAD = Duration.ofSeconds(10);

  private static final String WEBHOOKS = """
      select no from {webhook} where account = ? and deleted is null order by no for update""";

  /** A plain read: it sees and waits for nothing that is not committed. */
  private static final String KEYS = """
      select request_key from {idempotency}
      where account = ? and created >= ? order by request_key limit 1000""";

  private static final String REMOVE_KEY =
      "delete from {idempotency} where account = ? and request_key = ?";

  private static final String REMOVE_GATE = "delete from {account_gate} where account = ?";

  private static final String INSERT = """
      insert into {erasure} (account, erased, due, looked) values (?, ?, ?, ?)""";

  static final String NEXT = """
      select due, looked from {erasure} where due <= ? order by due limit 1""";

  static final String TOGETHER = """
      select e.no, e.account, e.erased, e.due from {erasure} e
      where e.due <= ? and e.looked = ? order by e.due limit 1000""";

  static final String EVENTS = """
      select id, account, created from {event}
      where id > ? and id < ? order by id limit\s""" + LOOK;

  static final String LOCK_EVENTS = "select e.id from {x: id uuid} join {event} e on e.id = x.id";

  private static final String REMOVE_EVENT = "delete from {event} where id = ?";

  /** Events of deliveries around an instant to webhooks that an account has now. */
  static final String RECEIVED = """
      select q.event from {webhook} w
        join {queue} q on q.webhook = w.no and q.id >= ? and q.id < ?
      where w.account = ? and w.deleted is null
      union all
      select d.event from {webhook} w
        join {delivery} d on d.webhook = w.no and d.id >= ? and d.id < ?
      where w.account = ? and w.deleted is null""";

  private static final String GO_ON = "update {erasure} set looked = ? where no = ?";
  private static final String GO_ON_LATER = "update {erasure} set looked = ?, due = ? where no = ?";
  private static final String DONE = "delete from {erasure} where no = ?";

  private final Sql sql;

  JdbcErasure(Sql sql) {
    this.sql = sql;
  }

  // ---- erasing

  /** Marks all that an account has; returns the numbers of its webhooks. */
  List<Long> erase(String account, Instant now) throws SQLException {
    return sql.dialect
        .patiently(sql, Dialect.LOCK_PATIENCE, s -> mark(account, now))
        .orElseThrow(() -> new StoreUnavailableException(
            "another transaction has kept a row of the account locked for too long", false, null));
  }

  /**
   * Rows are locked in the order of all transactions: keys, account, webhooks. What has taken a key
   * after the first look and has committed since then is found by the second, which leaves alone
   * those that somebody may be taking over at this moment.
   */
  private List<Long> mark(String account, Instant now) throws SQLException {
    JdbcRegistry registry = new JdbcRegistry(sql);
    removeKeys(account, Instant.MIN);
    registry.lockAccount(account);
    List<Long> webhooks = sql.list(WEBHOOKS, row -> row.bigint("no"), new Key(account));
    for (Long webhook : webhooks) {
      registry.delete(webhook, now);
    }
    removeKeys(account, Instants.minus(now, IdempotencyCache.LIFETIME));
    sql.update(REMOVE_GATE, new Key(account));
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

  /** Looks through some events for those of erased accounts, and removes them. */
  boolean purge(Instant now) throws SQLException {
    UUID looked = sql.first(NEXT, row -> row.uuid("looked"), now).orElse(null);
    if (looked == null) {
      return false;
    }
    List<Erasure> erasures =
        sql.list(TOGETHER + sql.dialect.skipLocked("e"), Erasure::of, now, looked);
    if (erasures.isEmpty()) {
      return false;
    }
    Instant last =
        erasures.stream().map(Erasure::erased).max(Comparator.naturalOrder()).orElseThrow();
    List<StoredEvent> events =
        sql.list(EVENTS, StoredEvent::of, looked, JdbcDeliveryQueue.upperBound(last));
    List<StoredEvent> doomed = doomed(events, erasures);
    remove(doomed);
    if (doomed.size() == Retention.BATCH) {
      goOn(erasures, doomed.get(doomed.size() - 1).id);
    } else if (events.size() == LOOK) {
      goOn(erasures, events.get(LOOK - 1).id);
    } else {
      finish(erasures);
    }
    return true;
  }

  /** Returns the first events that belong to an erasure, as many as a step may remove. */
  private List<StoredEvent> doomed(List<StoredEvent> events, List<Erasure> erasures)
      throws SQLException {
    Map<String, Instant> erased = new HashMap<>();
    erasures.forEach(e -> erased.merge(e.account, e.erased, (a, b) -> a.isAfter(b) ? a : b));
    List<StoredEvent> doomed = new ArrayList<>();
    Map<String, Set<UUID>> received = new HashMap<>();
    for (StoredEvent event : events) {
      Instant at = erased.get(event.account);
      if (at == null || event.created.isAfter(at) || doomed.size() == Retention.BATCH) {
        continue;
      }
      if (event.created.isAfter(at.minus(CLOCK_LEAD))) {
        // It may have been published by the account's new life, before or by a clock behind ours.
        if (!received.containsKey(event.account)) {
          received.put(event.account, received(event.account, at));
        }
        if (received.getOrDefault(event.account, Set.of()).contains(event.id)) {
          continue;
        }
      }
      doomed.add(event);
    }
    return doomed;
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

  private void goOn(List<Erasure> erasures, UUID looked) throws SQLException {
    RowRemoval.remove(sql, GO_ON, erasures, erasure -> new Object[] {looked, erasure.number});
  }

  /**
   * Ends a pass. The second one, for what was committed late, need not look further back than a
   * transaction can have been open; rounded, so that many erasures go on together.
   */
  private void finish(List<Erasure> erasures) throws SQLException {
    List<Erasure> first = erasures.stream().filter(Erasure::isFirstPass).toList();
    List<Erasure> second = erasures.stream().filter(e -> !e.isFirstPass()).toList();
    RowRemoval.remove(sql, GO_ON_LATER, first, erasure -> new Object[] {
      IdGenerator.lowerBound(
          erasure.erased.minus(Retention.LATE_COMMITS).truncatedTo(ChronoUnit.HOURS)),
      erasure.secondPass(),
      erasure.number
    });
    RowRemoval.remove(sql, DONE, second, erasure -> new Object[] {erasure.number});
  }

  private record Erasure(long number, String account, Instant erased, Instant due) {
    static Erasure of(Row row) throws SQLException {
      return new Erasure(row.bigint("no"), row.key("account"), row.time("erased"), row.time("due"));
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
