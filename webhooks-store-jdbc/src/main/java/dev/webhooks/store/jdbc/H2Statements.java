package dev.webhooks.store.jdbc;

import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.NewEvent;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The queue on H2: many small statements, since the database runs in the same process. */
final class H2Statements implements QueueStatements {
  private static final int TRIES = 3;

  private static final String KNOWN = "select x.id from {x: id uuid} join {event} e on e.id = x.id";

  private static final String KNOWN_GIVEN = """
      select x.id from {x: id uuid, account key, event_id key}
        join {event} e on e.account = x.account and e.event_id = x.event_id""";

  private static final String NEXT_WEBHOOK = """
      select webhook from {queue} where owner = 0 and webhook > ?
      order by owner, webhook limit 1""";

  private static final String WEBHOOK_STATE = """
      select w.status, w.deleted, h.suspended_until
      from {webhook} w left join {endpoint_health} h on h.webhook = w.number where w.number = ?""";

  private static final String DUE = """
      select webhook, id, claim, size from {queue}
      where owner = 0 and webhook = ? and due <= ?
      order by owner, webhook, due limit ?""";

  private static final String CLAIM = """
      select claim, event, attempt, created, type from final table (
        update {queue} set owner = ?, claim = claim + 1
        where webhook = ? and id = ? and owner = 0 and claim = ?)""";

  private static final String BODY =
      "select event_id, body, trace_context from {event} where id = ?";

  private static final String CLAIM_BY_ID = """
      select webhook, id, claim from final table (
        update {queue} set owner = ?, claim = claim + 1
        where webhook = ? and id = ? and owner = 0 and attempt = 0)""";

  private static final String RESCHEDULE = """
      select id, kind from final table (
        update {queue} set owner = 0, claim = claim + 1, attempt = ?, due = ?, last_at = ?,
          last_ms = ?, last_http = ?, last_error = ?
        where webhook = ? and id = ? and owner = ? and claim = ?)""";

  private static final String REMOVE = "select " + RemovedRow.COLUMNS + """

       from old table (
        delete from {queue} where webhook = ? and id = ? and owner = ? and claim = ?)""";

  private static final String UNOWNED = """
      select webhook, id, claim from {queue}
      where webhook = ? and id < ? and created < ? and owner = 0
      order by webhook, id limit ?""";

  private static final String RELEASE = """
      update {queue} set owner = 0, claim = claim + 1
      where webhook = ? and id = ? and owner = ? and claim = ?""";

  private static final String RESCUE = """
      update {queue} set owner = case when rescues < ? then 0 else ? end, claim = claim + 1,
        rescues = rescues + 1
      where owner = ? limit ?""";

  @Override
  public Set<UUID> insertEvents(Sql sql, List<NewEvent> events, LockBudget budget)
      throws SQLException, EventIdBusyException {
    boolean given = events.stream().anyMatch(event -> event.givenId() != null);
    List<NewEvent> stored = given ? insertGiven(sql, events) : insert(sql, events);
    JdbcEvents.insertDeliveries(sql, stored);
    return stored.stream().map(NewEvent::id).collect(Collectors.toSet());
  }

  /**
   * Inserts events one by one and without waiting for open transactions. H2 repeats a statement of
   * several rows after a conflict without undoing its first rows.
   */
  private static List<NewEvent> insertGiven(Sql sql, List<NewEvent> events)
      throws SQLException, EventIdBusyException {
    return sql.dialect
        .withLockTimeout(sql, Duration.ZERO, s -> insertEach(s, events))
        .orElseThrow(EventIdBusyException::new);
  }

  private static Set<UUID> known(Sql sql, List<NewEvent> events) throws SQLException {
    Rows<NewEvent> all = Rows.of(events).uuid(NewEvent::id);
    Set<UUID> known = new HashSet<>(sql.list(KNOWN, row -> row.uuid("id"), all));
    List<NewEvent> given = events.stream().filter(e -> e.givenId() != null).toList();
    if (!given.isEmpty()) {
      Rows<NewEvent> keys =
          Rows.of(given).uuid(NewEvent::id).key(NewEvent::account).key(NewEvent::givenId);
      known.addAll(sql.list(KNOWN_GIVEN, row -> row.uuid("id"), keys));
    }
    return known;
  }

  private static List<NewEvent> insertEach(Sql sql, List<NewEvent> events) throws SQLException {
    List<NewEvent> stored = new ArrayList<>();
    for (NewEvent event : events) {
      stored.addAll(insert(sql, List.of(event)));
    }
    return stored;
  }

  /**
   * Looks up known events and inserts the others. Repeats if another transaction has just committed
   * one.
   */
  private static List<NewEvent> insert(Sql sql, List<NewEvent> events) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        Set<UUID> known = known(sql, events);
        List<NewEvent> fresh =
            events.stream().filter(e -> !known.contains(e.id())).toList();
        if (!fresh.isEmpty()) {
          sql.insert(JdbcEvents.INSERT_EVENTS, JdbcEvents.rows(fresh));
        }
        return fresh;
      } catch (SQLException e) {
        if (attempt == TRIES || SqlErrors.meaning(e, sql.dialect) != SqlErrors.Meaning.DUPLICATE) {
          throw e;
        }
      }
    }
  }

  @Override
  public List<ClaimedDelivery> claim(Sql sql, ClaimRequest request) throws SQLException {
    Claim claim = new Claim(sql, request);
    claim.claimBetween(request.after(), Long.MAX_VALUE);
    claim.claimBetween(0, request.after());
    return claim.claimed;
  }

  private static final class Claim {
    private final Sql sql;
    private final ClaimRequest request;
    private final List<ClaimedDelivery> claimed = new ArrayList<>();
    private long bytes;
    private boolean full;

    Claim(Sql sql, ClaimRequest request) {
      this.sql = sql;
      this.request = request;
    }

    /** Claims from the webhooks with numbers above {@code after} and up to {@code last}. */
    void claimBetween(long after, long last) throws SQLException {
      Long webhook = nextWebhook(sql, after);
      while (!full && webhook != null && webhook <= last) {
        if (request.limit(webhook) > 0 && state(sql, webhook) == WebhookState.SENDABLE) {
          claimFrom(webhook);
        }
        webhook = nextWebhook(sql, webhook);
      }
    }

    private void claimFrom(long webhook) throws SQLException {
      int limit = Math.min(request.limit(webhook), request.total() - claimed.size());
      for (Due due : sql.list(DUE, Due::of, webhook, request.now(), limit)) {
        boolean fits = claimed.isEmpty() || bytes + due.size() <= request.bytes();
        if (!fits) {
          full = true;
          return;
        }
        claim(due);
      }
      full = claimed.size() >= request.total();
    }

    private void claim(Due due) throws SQLException {
      DeliveryRef ref = due.claim().ref();
      List<ClaimedDelivery> rows = sql.list(
          CLAIM,
          row -> withBody(ref, row),
          request.owner(),
          ref.webhook(),
          ref.id(),
          due.claim().number());
      claimed.addAll(rows);
      bytes += rows.isEmpty() ? 0 : due.size();
    }

    private ClaimedDelivery withBody(DeliveryRef ref, Row row) throws SQLException {
      UUID event = row.uuid("event");
      return sql.first(BODY, body -> JdbcEvents.claimed(ref, row, event, body), event)
          .orElseThrow();
    }
  }

  private record Due(ClaimRef claim, int size) {
    static Due of(Row row) throws SQLException {
      return new Due(JdbcDeliveryQueue.claim(row), row.integer("size"));
    }
  }

  private static @Nullable Long nextWebhook(Sql sql, long after) throws SQLException {
    return sql.first(NEXT_WEBHOOK, row -> row.bigint("webhook"), after).orElse(null);
  }

  private static WebhookState state(Sql sql, long webhook) throws SQLException {
    return sql.first(WEBHOOK_STATE, WebhookState::of, webhook).orElse(WebhookState.DELETED);
  }

  private enum WebhookState {
    SENDABLE,
    WAITING,
    FAILED,
    DELETED;

    static WebhookState of(Row row) throws SQLException {
      if (row.timeOrNull("deleted") != null) {
        return DELETED;
      }
      return switch (row.text("status")) {
        case "active" -> row.timeOrNull("suspended_until") == null ? SENDABLE : WAITING;
        case "failed" -> FAILED;
        default -> WAITING;
      };
    }
  }

  @Override
  public List<ClaimRef> claimById(Sql sql, long owner, Collection<DeliveryRef> rows)
      throws SQLException {
    List<ClaimRef> claimed = new ArrayList<>();
    try (PreparedStatement statement = sql.prepare(CLAIM_BY_ID)) {
      for (DeliveryRef ref : rows) {
        sql.bind(statement, owner, ref.webhook(), ref.id());
        claimed.addAll(sql.list(statement, JdbcDeliveryQueue::claim));
      }
    }
    return claimed;
  }

  @Override
  public Set<UUID> finish(Sql sql, long owner, List<AttemptOutcome> outcomes, Instant now)
      throws SQLException {
    List<AttemptOutcome> ended =
        outcomes.stream().filter(o -> o.dueAt() == null).toList();
    List<RemovedRow> removed =
        remove(sql, owner, ended.stream().map(AttemptOutcome::claim).toList());
    List<UUID> rescheduled =
        reschedule(sql, owner, outcomes.stream().filter(o -> o.dueAt() != null).toList());

    JdbcDeliveryLog.insertFinished(sql, finished(removed, ended, now));
    JdbcDeliveryLog.insertAttempts(
        sql,
        outcomes.stream()
            .filter(o -> rescheduled.contains(o.claim().ref().id()))
            .toList());

    Set<UUID> changed = new HashSet<>(rescheduled);
    removed.forEach(row -> changed.add(row.id()));
    JdbcStatistics.append(
        sql,
        outcomes.stream().filter(o -> changed.contains(o.claim().ref().id())).toList());
    return changed;
  }

  private static List<JdbcDeliveryLog.Finished> finished(
      List<RemovedRow> removed, List<AttemptOutcome> ended, Instant now) {
    Map<UUID, RemovedRow> byId =
        removed.stream().collect(Collectors.toMap(RemovedRow::id, Function.identity()));
    List<JdbcDeliveryLog.Finished> finished = new ArrayList<>();
    for (AttemptOutcome outcome : ended) {
      RemovedRow row = byId.get(outcome.claim().ref().id());
      if (row != null) {
        finished.add(JdbcDeliveryLog.Finished.of(row, outcome, now));
      }
    }
    return finished;
  }

  private static List<UUID> reschedule(Sql sql, long owner, List<AttemptOutcome> outcomes)
      throws SQLException {
    List<UUID> changed = new ArrayList<>();
    try (PreparedStatement statement = sql.prepare(RESCHEDULE)) {
      for (AttemptOutcome o : outcomes) {
        ClaimRef claim = o.claim();
        sql.bind(
            statement,
            o.number(),
            o.dueAt(),
            o.at(),
            o.durationMs(),
            o.httpStatus(),
            JdbcDeliveryLog.code(o.error()),
            claim.ref().webhook(),
            claim.ref().id(),
            owner,
            claim.number());
        changed.addAll(sql.list(statement, row -> row.uuid("id")));
      }
    }
    return changed;
  }

  @Override
  public List<Unsendable> findUnsendable(Sql sql, Instant expiry, int limit) throws SQLException {
    List<Unsendable> unsendable = new ArrayList<>();
    Long webhook = nextWebhook(sql, 0);
    while (webhook != null && unsendable.size() < limit) {
      WebhookState state = state(sql, webhook);
      boolean all = state == WebhookState.DELETED || state == WebhookState.FAILED;
      UnsendableReason reason = reason(state);
      unsendable.addAll(sql.list(
          UNOWNED,
          row -> new Unsendable(JdbcDeliveryQueue.claim(row), reason),
          webhook,
          all ? JdbcDeliveryQueue.LAST_ID : JdbcDeliveryQueue.upperBound(expiry),
          all ? Dialect.LAST_TIME : expiry,
          limit - unsendable.size()));
      webhook = nextWebhook(sql, webhook);
    }
    return unsendable;
  }

  private static UnsendableReason reason(WebhookState state) {
    return switch (state) {
      case DELETED -> UnsendableReason.DELETED;
      case FAILED -> UnsendableReason.WEBHOOK_FAILED;
      case SENDABLE, WAITING -> UnsendableReason.EXPIRED;
    };
  }

  @Override
  public List<RemovedRow> remove(Sql sql, long owner, Collection<ClaimRef> rows)
      throws SQLException {
    List<RemovedRow> removed = new ArrayList<>();
    try (PreparedStatement statement = sql.prepare(REMOVE)) {
      for (ClaimRef claim : rows) {
        sql.bind(statement, claim.ref().webhook(), claim.ref().id(), owner, claim.number());
        removed.addAll(sql.list(statement, RemovedRow::of));
      }
    }
    return removed;
  }

  @Override
  public int release(Sql sql, long owner, Collection<ClaimRef> rows) throws SQLException {
    int released = 0;
    try (PreparedStatement statement = sql.prepare(RELEASE)) {
      for (ClaimRef claim : rows) {
        sql.bind(statement, claim.ref().webhook(), claim.ref().id(), owner, claim.number());
        released += statement.executeUpdate();
      }
    }
    return released;
  }

  @Override
  public int rescue(Sql sql, long owner, int limit) throws SQLException {
    return sql.update(RESCUE, DeliveryQueue.MAX_RESCUES, POISONED, owner, limit);
  }
}
