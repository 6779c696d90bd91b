package dev.webhooks.store.jdbc;

import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.NewEvent;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The queue on MariaDB: one statement locks rows, the next changes them by key.
 *
 * <p>{@code straight_join} and {@code force index} fix the plans. The planner's statistics of a
 * queue are wrong, since it fills and empties within minutes, and it would read and lock whole
 * tables.
 */
final class MariaDbStatements implements QueueStatements {

  static final int WEBHOOKS_PER_STATEMENT = 64;

  private static final int DELIVERY = 0;

  /** A lock timeout must not abort the transaction. */
  private static final String WITHOUT_WAITING = "set statement innodb_lock_wait_timeout = 0 for ";

  private static final String KNOWN_GIVEN = """
      select x.id from {x: id uuid, account key, event_id key}
        straight_join {event} e on e.event_id = x.event_id and e.account = x.account""";

  static final String CLAIM = """
      update {x: webhook bigint, id uuid}
        straight_join {queue} q force index (primary) on q.webhook = x.webhook and q.id = x.id
      set q.owner = ?, q.claim = q.claim + 1""";

  private static final String CLAIMABLE_BY_ID = """
      select q.webhook, q.id, q.claim + 1 as claim
      from {x: webhook bigint, id uuid}
        straight_join {queue} q force index (primary) on q.webhook = x.webhook and q.id = x.id
      where q.owner = 0 and q.attempt = 0 for update skip locked""";

  /** Locks the rows whose claim is unchanged; all later statements use these rows. */
  static final String LOCK = """
      select q.webhook, q.id, q.event, q.created, q.kind, q.retry_of, q.type, q.attempt, q.last_at,
        q.last_ms, q.last_http
      from {x: webhook bigint, id uuid, claim int}
        straight_join {queue} q force index (primary) on q.webhook = x.webhook and q.id = x.id
      where q.owner = ? and q.claim = x.claim for update""";

  static final String DELETE = """
      delete q from {x: webhook bigint, id uuid}
        straight_join {queue} q force index (primary) on q.webhook = x.webhook and q.id = x.id""";

  private static final String RESCHEDULE = """
      update {x: webhook bigint, id uuid, number int, due time, at time, ms int, http int, error key}
        straight_join {queue} q force index (primary) on q.webhook = x.webhook and q.id = x.id
      set q.owner = 0, q.claim = q.claim + 1, q.attempt = x.number, q.due = x.due,
        q.last_at = x.at, q.last_ms = x.ms, q.last_http = x.http, q.last_error = x.error""";

  /** Finds webhooks with unsendable rows. The row with the smallest id is the oldest. */
  private static final String UNSENDABLE_WEBHOOKS = """
      select c.webhook,
        case when w.number is null or w.deleted is not null then 'DELETED'
          when w.status = 'failed' then 'WEBHOOK_FAILED' else 'EXPIRED' end as reason
      from (select distinct owner, webhook from {queue} where owner <= 0) c
        left join {webhook} w on w.number = c.webhook
      where c.owner + 0 = 0
        and (w.number is null or w.deleted is not null or w.status = 'failed'
          or (select q.id from {queue} q force index (primary) where q.webhook = c.webhook
              order by q.webhook, q.id limit 1) < ?)""";

  private static final String UNSENDABLE = """
      (select webhook, id, claim from {queue} force index (primary)
       where webhook = ? and id < ? and created < ? and owner = 0
       order by webhook, id limit ? for update skip locked)""";

  static final String RELEASE = """
      update {x: webhook bigint, id uuid, claim int}
        straight_join {queue} q force index (primary) on q.webhook = x.webhook and q.id = x.id
      set q.owner = 0, q.claim = q.claim + 1
      where q.owner = ? and q.claim = x.claim""";

  private static final String OWNED = """
      select webhook, id, rescues from {queue} force index ({queue}_claim)
      where owner = ? limit ? for update skip locked""";

  private static final String RESCUE = """
      update {x: webhook bigint, id uuid, owner bigint}
        straight_join {queue} q force index (primary) on q.webhook = x.webhook and q.id = x.id
      set q.owner = x.owner, q.claim = q.claim + 1, q.rescues = q.rescues + 1""";

  @Override
  public Set<UUID> insertEvents(Sql sql, List<NewEvent> events, LockBudget budget)
      throws SQLException, EventIdBusyException {
    List<NewEvent> stored = new ArrayList<>();
    boolean given = events.stream().anyMatch(event -> event.givenId() != null);
    if (given) {
      insertGiven(sql, events, stored);
    } else {
      insert(sql, JdbcEvents.INSERT_EVENTS, events, stored);
    }
    JdbcEvents.insertDeliveries(sql, stored);
    return stored.stream().map(NewEvent::id).collect(Collectors.toSet());
  }

  /**
   * Looks up known ids first, since a conflict locks the row and the gap before it. Does not wait
   * for open transactions.
   */
  private static void insertGiven(Sql sql, List<NewEvent> events, List<NewEvent> stored)
      throws SQLException, EventIdBusyException {
    Set<UUID> known = knownGiven(sql, events);
    List<NewEvent> fresh = events.stream().filter(e -> !known.contains(e.id())).toList();
    try {
      insert(sql, WITHOUT_WAITING + JdbcEvents.INSERT_EVENTS, fresh, stored);
    } catch (SQLException e) {
      if (!sql.dialect.isLockTimeout(e)) {
        throw e;
      }
      JdbcEvents.remove(sql, stored);
      throw new EventIdBusyException();
    }
  }

  private static Set<UUID> knownGiven(Sql sql, List<NewEvent> events) throws SQLException {
    List<NewEvent> given = events.stream().filter(e -> e.givenId() != null).toList();
    Rows<NewEvent> keys =
        Rows.of(given).uuid(NewEvent::id).key(NewEvent::account).key(NewEvent::givenId);
    return new HashSet<>(sql.list(KNOWN_GIVEN, row -> row.uuid("id"), keys));
  }

  /** Inserts events; halves a list with a known id until that event is alone, and skips it. */
  private static void insert(Sql sql, String insert, List<NewEvent> events, List<NewEvent> stored)
      throws SQLException {
    if (events.isEmpty()) {
      return;
    }
    try {
      sql.insert(insert, JdbcEvents.rows(events));
      stored.addAll(events);
    } catch (SQLException e) {
      if (SqlErrors.meaning(e, sql.dialect) != SqlErrors.Meaning.DUPLICATE) {
        throw e;
      }
      int half = events.size() / 2;
      if (half > 0) {
        insert(sql, insert, events.subList(0, half), stored);
        insert(sql, insert, events.subList(half, events.size()), stored);
      }
    }
  }

  @Override
  public List<ClaimedDelivery> claim(Sql sql, ClaimRequest request) throws SQLException {
    return new MariaDbClaim(sql, request).run();
  }

  static String union(String select, int count) {
    return String.join(" union all ", Collections.nCopies(count, select));
  }

  @Override
  public List<ClaimRef> claimById(Sql sql, long owner, Collection<DeliveryRef> rows)
      throws SQLException {
    List<ClaimRef> claimed =
        sql.list(CLAIMABLE_BY_ID, JdbcDeliveryQueue::claim, JdbcDeliveryQueue.refs(rows));
    if (!claimed.isEmpty()) {
      sql.update(CLAIM, refs(claimed), owner);
    }
    return claimed;
  }

  private static Rows<DeliveryRef> refs(List<ClaimRef> rows) {
    return JdbcDeliveryQueue.refs(rows.stream().map(ClaimRef::ref).toList());
  }

  @Override
  public Set<UUID> finish(Sql sql, long owner, List<AttemptOutcome> outcomes, Instant now)
      throws SQLException {
    List<Change> changes = lock(sql, owner, outcomes);
    List<Change> ended = changes.stream().filter(Change::ends).toList();
    List<AttemptOutcome> again =
        changes.stream().filter(c -> !c.ends()).map(Change::outcome).toList();

    delete(sql, ended.stream().map(Change::row).toList());
    reschedule(sql, again);
    JdbcDeliveryLog.insertFinished(
        sql,
        ended.stream()
            .map(c -> JdbcDeliveryLog.Finished.of(c.row, c.outcome, now))
            .toList());
    JdbcDeliveryLog.insertAttempts(sql, again);
    JdbcStatistics.append(
        sql,
        changes.stream()
            .filter(c -> c.row.kind() == DELIVERY)
            .map(Change::outcome)
            .toList());
    return changes.stream().map(c -> c.row.id()).collect(Collectors.toSet());
  }

  /** Locks rows and returns the changes in the order of the outcomes. */
  private static List<Change> lock(Sql sql, long owner, List<AttemptOutcome> outcomes)
      throws SQLException {
    Map<UUID, RemovedRow> locked = new HashMap<>();
    lock(sql, owner, outcomes.stream().map(AttemptOutcome::claim).toList())
        .forEach(row -> locked.put(row.id(), row));
    List<Change> changes = new ArrayList<>();
    for (AttemptOutcome outcome : outcomes) {
      RemovedRow row = locked.get(outcome.claim().ref().id());
      if (row != null) {
        changes.add(new Change(row, outcome));
      }
    }
    return changes;
  }

  /** A row whose claim is unchanged, and the outcome of its attempt. */
  private record Change(RemovedRow row, AttemptOutcome outcome) {
    boolean ends() {
      return outcome.dueAt() == null;
    }
  }

  private static List<RemovedRow> lock(Sql sql, long owner, Collection<ClaimRef> rows)
      throws SQLException {
    List<ClaimRef> inOrder = JdbcDeliveryQueue.sorted(rows, ClaimRef::ref);
    return sql.list(LOCK, RemovedRow::of, JdbcDeliveryQueue.claims(inOrder), owner);
  }

  private static void delete(Sql sql, List<RemovedRow> rows) throws SQLException {
    if (!rows.isEmpty()) {
      sql.update(DELETE, Rows.of(rows).bigint(RemovedRow::webhook).uuid(RemovedRow::id));
    }
  }

  private static void reschedule(Sql sql, List<AttemptOutcome> outcomes) throws SQLException {
    if (outcomes.isEmpty()) {
      return;
    }
    Rows<AttemptOutcome> rows = Rows.of(outcomes)
        .bigint(o -> o.claim().ref().webhook())
        .uuid(o -> o.claim().ref().id())
        .integer(AttemptOutcome::number)
        .time(AttemptOutcome::dueAt)
        .time(AttemptOutcome::at)
        .integer(AttemptOutcome::durationMs)
        .integer(AttemptOutcome::httpStatus)
        .key(o -> JdbcDeliveryLog.code(o.error()));
    sql.update(RESCHEDULE, rows);
  }

  @Override
  public List<Unsendable> findUnsendable(Sql sql, Instant expiry, int limit) throws SQLException {
    List<UnsendableWebhook> webhooks =
        sql.list(UNSENDABLE_WEBHOOKS, UnsendableWebhook::of, JdbcDeliveryQueue.upperBound(expiry));
    List<Unsendable> unsendable = new ArrayList<>();
    for (List<UnsendableWebhook> part : JdbcDeliveryQueue.parts(webhooks, WEBHOOKS_PER_STATEMENT)) {
      if (unsendable.size() >= limit) {
        break;
      }
      Map<Long, UnsendableReason> reasons = part.stream()
          .collect(Collectors.toMap(UnsendableWebhook::webhook, UnsendableWebhook::reason));
      List<Object> parameters = new ArrayList<>();
      part.forEach(
          webhook -> parameters.addAll(webhook.parameters(expiry, limit - unsendable.size())));
      unsendable.addAll(sql.list(
          union(UNSENDABLE, part.size()),
          row -> new Unsendable(
              JdbcDeliveryQueue.claim(row),
              Objects.requireNonNull(reasons.get(row.bigint("webhook")))),
          parameters.toArray()));
    }
    return unsendable.subList(0, Math.min(limit, unsendable.size()));
  }

  private record UnsendableWebhook(long webhook, UnsendableReason reason) {
    static UnsendableWebhook of(Row row) throws SQLException {
      return new UnsendableWebhook(
          row.bigint("webhook"), UnsendableReason.valueOf(row.text("reason")));
    }

    List<Object> parameters(Instant expiry, int limit) {
      return reason == UnsendableReason.EXPIRED
          ? List.of(webhook, JdbcDeliveryQueue.upperBound(expiry), expiry, limit)
          : List.of(webhook, JdbcDeliveryQueue.LAST_ID, Dialect.LAST_TIME, limit);
    }
  }

  @Override
  public List<RemovedRow> remove(Sql sql, long owner, Collection<ClaimRef> rows)
      throws SQLException {
    List<RemovedRow> removed = lock(sql, owner, rows);
    delete(sql, removed);
    return removed;
  }

  @Override
  public int release(Sql sql, long owner, Collection<ClaimRef> rows) throws SQLException {
    return sql.update(RELEASE, JdbcDeliveryQueue.claims(rows), owner);
  }

  @Override
  public int rescue(Sql sql, long owner, int limit) throws SQLException {
    List<Orphan> rows = sql.list(OWNED, Orphan::of, owner, limit);
    if (rows.isEmpty()) {
      return 0;
    }
    Rows<Orphan> orphans =
        Rows.of(rows).bigint(Orphan::webhook).uuid(Orphan::id).bigint(Orphan::nextOwner);
    return sql.update(RESCUE, orphans);
  }

  /** A row of a dead instance, and the number of its rescues. */
  private record Orphan(long webhook, UUID id, int rescues) {
    static Orphan of(Row row) throws SQLException {
      return new Orphan(row.bigint("webhook"), row.uuid("id"), row.integer("rescues"));
    }

    long nextOwner() {
      return rescues < DeliveryQueue.MAX_RESCUES ? 0 : POISONED;
    }
  }
}
