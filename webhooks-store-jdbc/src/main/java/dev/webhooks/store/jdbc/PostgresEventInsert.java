package dev.webhooks.store.jdbc;

import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.store.jdbc.QueueStatements.EventIdBusyException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The insert of events on PostgreSQL, which never waits for an open transaction with the same event
 * id.
 *
 * <p>Open transactions see each other's given ids in advisory locks. A transaction locks each of
 * its ids until its {@link LockBudget} is used up. Beyond that it takes the shared <em>overflow
 * lock</em> of the account, which says that it has ids without locks. While anyone has that lock,
 * all transactions of the account insert with a lock time-out, behind a savepoint. Hence:
 *
 * <ul>
 *   <li>Two transactions that lock their ids meet at the lock.
 *   <li>One that locks its ids and finds the overflow lock free meets nobody, since a later
 *       overflow finds the ids locked.
 *   <li>All others wait no longer than their time-out.
 * </ul>
 *
 * <p>A variable of the transaction counts the used budget. Like the locks it belongs to the
 * transaction: every handle shares it, a savepoint's rollback restores it, and it ends with the
 * transaction. The locks' names are hashes with the table's number, so other tables have other
 * locks.
 */
final class PostgresEventInsert {
  /**
   * The number of overflow locks, shared by accounts: a transaction for very many accounts takes no
   * more.
   */
  private static final int BUCKETS = 16;

  private static final String ROWS = """
      x as (
        select id, account, event_id, fingerprint, type, body, deliveries, created, keep_until,
          trace_context
        from {x: id uuid, account key, event_id key, fingerprint bytes, type key, body bytes,
          deliveries int, created time, keep_until time, trace_context text})""";

  private static final String ID_LOCK =
      "hashtextextended(account || '|' || event_id, '{event}'::regclass::oid::bigint)";

  private static final String OVERFLOW_LOCK =
      "hashtextextended('overflow ' || bucket, '{event}'::regclass::oid::bigint)";

  private static final String INSERT_GENERATED =
      "with " + ROWS + ", " + insertIf("true") + " select 'FREE' as verdict, id from e";

  /**
   * Locks the ids, then takes the overflow lock and releases it at once to see that it is free.
   * Takes it shared if the budget is used up.
   */
  private static final String INSERT_LOCKED = "with " + ROWS + """
      , budget as materialized (
        select set_config('webhooks.event_id_locks', used::text, true) as used
        from (
          select coalesce(nullif(current_setting('webhooks.event_id_locks', true), '')::int, 0)
            + ?::int as used) wanted
        where used <= ?::int),
      ids as materialized (
        select count(used) > 0 as locked, bool_and(pg_try_advisory_xact_lock(%1$s)) as free
        from budget cross join x where event_id is not null),
      verdict as materialized (
        select case when bool_or(not free) then 'BUSY'
          when bool_and(case
            when not locked then pg_advisory_xact_lock_shared(%2$s) is null
            when pg_try_advisory_lock(%2$s) then pg_advisory_unlock(%2$s)
            else false end) then 'FREE'
          else 'OVERFLOW' end as verdict
        from ids cross join {b: bucket int}),
      """.formatted(ID_LOCK, OVERFLOW_LOCK)
      + insertIf("(select verdict from verdict) = 'FREE'")
      + " select verdict, id from verdict left join e on true";

  /**
   * Checks that no other transaction has locked the ids, and inserts with a lock time-out. Its
   * three statements go to the server together.
   */
  private static final String INSERT_OVERFLOW =
      "savepoint webhooks_ids; with " + ROWS + """
      , usual as materialized (select current_setting('lock_timeout') as wait),
      limited as materialized (select set_config('lock_timeout', ?, true) as wait from usual),
      verdict as materialized (
        select case when bool_and(case
          when pg_try_advisory_lock_shared(%1$s) then pg_advisory_unlock_shared(%1$s)
          else false end) then 'FREE' else 'BUSY' end as verdict
        from limited cross join x where event_id is not null),
      """.formatted(ID_LOCK)
          + insertIf("(select verdict from verdict) = 'FREE'") + """
      , inserted as materialized (select count(*) from e)
      select verdict, id, null as wait from verdict cross join e
      union all select verdict, null, set_config('lock_timeout', usual.wait, true)
      from verdict cross join usual cross join inserted;
      release savepoint webhooks_ids""";

  private static final String ROLLBACK =
      "rollback to savepoint webhooks_ids; release savepoint webhooks_ids";

  /**
   * The lock time-outs of successive tries. A conflict lasts, but the growth of the table may also
   * block an insert for a moment.
   */
  private static final List<String> LOCK_TIMEOUTS = List.of("1ms", "20ms", "200ms");

  private PostgresEventInsert() {}

  private static String insertIf(String condition) {
    return """
        e as (
          insert into {event}
            (id, account, event_id, fingerprint, type, body, deliveries, created, keep_until,
             trace_context)
          select id, account, event_id, fingerprint, type, body, deliveries, created, keep_until,
            trace_context
          from x where %s
          on conflict do nothing
          returning id, created, type, length(body) as size),
        q as (
          insert into {queue} (webhook, id, owner, event, created, due, size, type)
          select d.webhook, d.id, d.owner, d.event, e.created, e.created, e.size, e.type
          from {d: webhook bigint, id uuid, event uuid, owner bigint} join e on e.id = d.event)
        """.formatted(condition);
  }

  static Set<UUID> insert(Sql sql, List<NewEvent> events, LockBudget budget)
      throws SQLException, EventIdBusyException {
    Rows<NewEvent> rows = JdbcEvents.rows(events);
    Rows<JdbcEvents.Queued> deliveries = JdbcEvents.deliveryRows(events);
    List<NewEvent> given = events.stream().filter(e -> e.givenId() != null).toList();
    if (given.isEmpty()) {
      return stored(sql.list(INSERT_GENERATED, Line::of, rows, deliveries));
    }
    List<Line> lines = sql.list(
        INSERT_LOCKED, Line::of, rows, given.size(), budget.locks, buckets(given), deliveries);
    if (verdict(lines) == Verdict.OVERFLOW) {
      lines = insertOverflow(sql, rows, deliveries);
    }
    if (verdict(lines) == Verdict.BUSY) {
      throw new EventIdBusyException();
    }
    return stored(lines);
  }

  private static Rows<Integer> buckets(List<NewEvent> given) {
    List<Integer> buckets = given.stream()
        .map(event -> Math.floorMod(event.account().hashCode(), BUCKETS))
        .distinct()
        .toList();
    return Rows.of(buckets).integer(bucket -> bucket);
  }

  private static List<Line> insertOverflow(
      Sql sql, Rows<NewEvent> rows, Rows<JdbcEvents.Queued> deliveries) throws SQLException {
    for (String lockTimeout : LOCK_TIMEOUTS) {
      try {
        return sql.listAmongOthers(INSERT_OVERFLOW, Line::of, rows, lockTimeout, deliveries);
      } catch (SQLException e) {
        rollback(sql, e);
        if (!sql.dialect.isLockTimeout(e)) {
          throw e;
        }
      }
    }
    return List.of(new Line(Verdict.BUSY, null));
  }

  private static void rollback(Sql sql, SQLException cause) {
    try (Statement statement = sql.connection.createStatement()) {
      statement.execute(ROLLBACK);
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  private static Verdict verdict(List<Line> lines) {
    return lines.get(0).verdict;
  }

  private static Set<UUID> stored(List<Line> lines) {
    Set<UUID> stored = new HashSet<>();
    for (Line line : lines) {
      if (line.id != null) {
        stored.add(line.id);
      }
    }
    return stored;
  }

  private enum Verdict {
    /** No other transaction is inserting the ids; new ones are stored. */
    FREE,
    /** Another transaction is inserting one of the ids; nothing was inserted. */
    BUSY,
    /** Open transactions may have ids without locks; nothing was inserted. */
    OVERFLOW
  }

  /** A row of the result: the verdict, and perhaps an inserted event. */
  private record Line(Verdict verdict, @Nullable UUID id) {
    static Line of(Row row) throws SQLException {
      return new Line(Verdict.valueOf(row.text("verdict")), row.uuidOrNull("id"));
    }
  }
}
