package dev.webhooks.store.jdbc;

import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.EndpointHealth;
import dev.webhooks.spi.store.HealthRegister;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The health of endpoints, by small statements that are the same on every database. */
final class JdbcHealthRegister implements HealthRegister {
  private static final int LOCKS = 100;

  private static final String KNOWN =
      "select h.webhook from {x: webhook bigint} join {endpoint_health} h on h.webhook = x.webhook";

  private static final String READ = """
      select h.webhook, h.failures, h.failing_since, h.last_failure, h.suspended_until, h.step, h.warned
      from {x: webhook bigint} join {endpoint_health} h on h.webhook = x.webhook""";

  private static final String LOCK = """
      select failures, failing_since, last_failure, suspended_until, step, warned from {endpoint_health}
      where webhook = ?""";

  private static final String INSERT = """
      insert into {endpoint_health}
        (failures, failing_since, last_failure, suspended_until, step, warned, webhook)
      values (?, ?, ?, ?, ?, ?, ?)""";

  private static final String UPDATE = """
      update {endpoint_health} set failures = ?, failing_since = ?, last_failure = ?,
        suspended_until = ?, step = ?, warned = ?
      where webhook = ?""";

  static final String DELETE = "delete from {endpoint_health} where webhook = ?";

  /** Queries the queue in the condition, so that no planner reads the queue first. */
  static final String OVERDUE = """
      select h.webhook from {endpoint_health} h join {webhook} w on w.number = h.webhook
      where h.suspended_until <= ? and w.status = 'active' and w.deleted is null
        and (select q.webhook from {queue} q
             where q.owner = 0 and q.webhook = h.webhook and q.due <= ?
             order by q.owner, q.webhook, q.due limit 1) is not null
      order by h.suspended_until limit ?""";

  private static final String FIRST_DUE = """
      select webhook, id, claim from {queue} where owner = 0 and webhook = ? and due <= ?
      order by owner, webhook, due limit 1""";

  private static final String CLAIM = """
      update {queue} set owner = ?, claim = claim + 1
      where webhook = ? and id = ? and owner = 0 and claim = ?""";

  private static final String CLAIMED = """
      select q.webhook, q.id, q.claim, q.event, q.attempt, q.created, q.type, e.event_id, e.body,
        e.trace_context
      from {queue} q join {event} e on e.id = q.event
      where q.webhook = ? and q.id = ?""";

  private static final String ACTIVE = """
      select number from {webhook}
      where number = ? and version = ? and status = 'active' and deleted is null""";

  private static final String FAIL = """
      update {webhook} set status = 'failed', version = version + 1, updated = ? where number = ?""";

  private static final String ACCOUNT = "select account from {webhook} where number = ?";

  private final Database database;

  JdbcHealthRegister(Database database) {
    this.database = database;
  }

  @Override
  public Map<Long, Change> change(Collection<Long> webhooks, Rule rule) {
    Map<Long, Change> changes = new TreeMap<>();
    List<Long> ordered = List.copyOf(new TreeSet<>(webhooks));
    for (List<Long> part : JdbcDeliveryQueue.parts(ordered, LOCKS)) {
      changes.putAll(run(sql -> change(sql, part, rule)));
    }
    return changes;
  }

  private static Map<Long, Change> change(Sql sql, List<Long> webhooks, Rule rule)
      throws SQLException {
    // Inserting a row that another transaction is deleting would wait for that transaction.
    Set<Long> known =
        new HashSet<>(sql.list(KNOWN, row -> row.bigint("webhook"), Rows.ofNumbers(webhooks)));
    Map<Long, Change> changes = new TreeMap<>();
    for (long webhook : webhooks) {
      Optional<Change> change =
          known.contains(webhook) ? changeRow(sql, webhook, rule) : addRow(sql, webhook, rule);
      change.ifPresent(made -> changes.put(webhook, made));
    }
    return changes;
  }

  private static Optional<Change> changeRow(Sql sql, long webhook, Rule rule) throws SQLException {
    EndpointHealth before = lock(sql, webhook);
    if (before == null) {
      return Optional.empty();
    }
    EndpointHealth after = rule.apply(webhook, before);
    if (after == null) {
      sql.update(DELETE, webhook);
    } else if (!after.equals(before)) {
      sql.update(UPDATE, columns(webhook, after));
    }
    return Optional.of(new Change(before, after));
  }

  private static Optional<Change> addRow(Sql sql, long webhook, Rule rule) throws SQLException {
    EndpointHealth after = rule.apply(webhook, null);
    boolean free =
        after == null || sql.dialect.insertIfAbsent(sql, INSERT, columns(webhook, after));
    return free ? Optional.of(new Change(null, after)) : Optional.empty();
  }

  private static @Nullable EndpointHealth lock(Sql sql, long webhook) throws SQLException {
    return sql.first(LOCK + sql.dialect.forUpdateSkipLocked(), JdbcHealthRegister::health, webhook)
        .orElse(null);
  }

  private static @Nullable Object[] columns(long webhook, EndpointHealth health) {
    return new @Nullable Object[] {
      health.failures(),
      health.failingSince(),
      health.lastFailure(),
      health.suspendedUntil(),
      health.step(),
      health.warned(),
      webhook
    };
  }

  private static EndpointHealth health(Row row) throws SQLException {
    return new EndpointHealth(
        row.integer("failures"),
        row.time("failing_since"),
        row.time("last_failure"),
        row.timeOrNull("suspended_until"),
        row.integer("step"),
        row.bool("warned"));
  }

  /** Returns the health of those endpoints that are not healthy. */
  static Map<Long, EndpointHealth> read(Sql sql, Collection<Long> webhooks) throws SQLException {
    Map<Long, EndpointHealth> known = new HashMap<>();
    if (!webhooks.isEmpty()) {
      sql.list(
          READ, row -> known.put(row.bigint("webhook"), health(row)), Rows.ofNumbers(webhooks));
    }
    return known;
  }

  @Override
  public List<ClaimedDelivery> probe(ProbeRequest request) {
    List<Long> overdue = run(sql -> sql.list(
        OVERDUE, row -> row.bigint("webhook"), request.now(), request.now(), request.limit()));
    List<ClaimedDelivery> probes = new ArrayList<>();
    for (long webhook : overdue) {
      database
          .dialect
          .serialized(() -> run(sql -> probe(sql, webhook, request)))
          .ifPresent(probes::add);
    }
    return probes;
  }

  private static Optional<ClaimedDelivery> probe(Sql sql, long webhook, ProbeRequest request)
      throws SQLException {
    EndpointHealth health = lock(sql, webhook);
    Instant suspendedUntil = health == null ? null : health.suspendedUntil();
    if (health == null || suspendedUntil == null || suspendedUntil.isAfter(request.now())) {
      return Optional.empty();
    }
    Optional<Due> due =
        sql.first(FIRST_DUE + sql.dialect.forUpdateSkipLocked(), Due::of, webhook, request.now());
    if (due.isEmpty()
        || sql.update(CLAIM, request.owner(), webhook, due.get().id, due.get().claim) == 0) {
      return Optional.empty();
    }
    sql.update(UPDATE, columns(webhook, health.suspend(request.until())));
    return sql.first(CLAIMED, JdbcEvents::claimed, webhook, due.get().id);
  }

  @Override
  public Failing fail(long webhook, int version, Instant now) {
    return run(sql -> {
      if (sql.list(ACTIVE, row -> true, webhook, version).isEmpty()) {
        return Failing.SUPERSEDED;
      }
      if (sql.list(ACTIVE + sql.dialect.forUpdateSkipLocked(), row -> true, webhook, version)
          .isEmpty()) {
        return Failing.BUSY;
      }
      sql.update(FAIL, now, webhook);
      return Failing.DONE;
    });
  }

  @Override
  public Optional<String> account(long webhook) {
    return run(sql -> sql.first(ACCOUNT, row -> row.key("account"), webhook));
  }

  private <T> T run(Dialect.Work<T> work) {
    return database.run(Dialect.Purpose.QUEUE, work);
  }

  private record Due(UUID id, int claim) {
    static Due of(Row row) throws SQLException {
      return new Due(row.uuid("id"), row.integer("claim"));
    }
  }
}
