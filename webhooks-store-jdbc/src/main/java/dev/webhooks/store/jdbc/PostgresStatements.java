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
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The queue on PostgreSQL: one statement per operation, with arrays as parameters.
 *
 * <p>Rows are looked up by key, each by a subquery with {@code limit 1}, and then changed by their
 * place (see {@code located}). In a join, a planner that thinks the queue empty reads all of it for
 * each given row.
 *
 * <p>A place is as safe as a key. While a statement runs, a visible row's place goes to no other
 * row. Every change also changes the claim number, so a row changed meanwhile fails the comparison
 * of claims. After another transaction's rollback the row is at its old place. So no statement may
 * change a row without changing its owner or claim number.
 */
final class PostgresStatements implements QueueStatements {
  /**
   * Claims rows. The recursion finds the webhooks with unowned rows by one index lookup each, so
   * the cost does not depend on the number of waiting rows. {@code limit 1} fixes the order of the
   * webhooks. The limits are two arrays sorted by webhook, so that each is found by bisection.
   *
   * <p>The locked rows are updated by place. By key, 300,000 rows that the statistics did not know
   * took 10 s instead of 12 ms.
   */
  static final String CLAIM = """
      with recursive
        limits as materialized (select ?::bigint[] as limited, ?::int[] as most, ? as usual),
        after(w) as (
          (select webhook from {queue} where owner = 0 and webhook > ?
           order by owner, webhook limit 1)
          union all
          select (select webhook from {queue} where owner = 0 and webhook > after.w
                  order by owner, webhook limit 1)
          from after where after.w is not null),
        before(w) as (
          (select webhook from {queue} where owner = 0 and webhook <= ?
           order by owner, webhook limit 1)
          union all
          select (select webhook from {queue} where owner = 0 and webhook > before.w and webhook <= ?
                  order by owner, webhook limit 1)
          from before where before.w is not null),
        picked as materialized (
          select r.place, r.size
          from (select w from after union all select w from before) webhooks
            cross join lateral (
              select case when limited[bucket] = webhooks.w then most[bucket] else usual end as rows
              from (select limited, most, usual, width_bucket(webhooks.w, limited) as bucket
                    from limits) found
              limit 1) allowed
            cross join lateral (
              select number from {webhook}
              where number = webhooks.w and status = 'active' and deleted is null and allowed.rows > 0
                and (select suspended_until from {endpoint_health} h where h.webhook = webhooks.w) is null
              limit 1) sendable
            cross join lateral (
              select ctid as place, size from {queue}
              where owner = 0 and webhook = webhooks.w and due <= ?
              order by due limit allowed.rows for update skip locked) r
          limit ?),
        sized as materialized (
          select place, size, sum(size) over (order by n) as sum
          from (select place, size, row_number() over () as n from picked) numbered),
        claimed as (
          update {queue} q set owner = ?, claim = claim + 1 from sized s
          where q.ctid = s.place and (s.sum <= ? or s.sum = s.size)
          returning q.webhook, q.id, q.claim, q.event, q.attempt, q.created, q.type)
      select c.webhook, c.id, c.claim, c.event, c.attempt, c.created, c.type, e.event_id, e.body,
        e.trace_context
      from claimed c join {event} e on e.id = c.event""";

  static final String CLAIM_BY_ID = """
      with x as materialized (
          select r.place from {x: webhook bigint, id uuid}
            cross join lateral (
              select ctid as place from {queue}
              where webhook = x.webhook and id = x.id and owner + 0 = 0 and attempt = 0
              limit 1 for update skip locked) r)
      update {queue} q set owner = ?, claim = claim + 1 from x where q.ctid = x.place
      returning q.webhook, q.id, q.claim""";

  /**
   * Compares {@code owner + 0}, so that the planner does not read all rows of the owner by the
   * other index.
   */
  static final String FINISH = located("""
      {x: ordinal int, webhook bigint, id uuid, claim int, number int, at time, ms int, http int,
        error text, excerpt bytes, status text, due time}""") + """
        , removed as (
          delete from {queue} q using x
          where q.ctid = x.place and q.owner + 0 = ? and q.claim = x.claim and x.due is null
          returning q.webhook, q.id, q.event, q.created, q.kind, q.retry_of, q.type, x.ordinal, x.number,
            x.at, x.ms, x.http, x.error, x.excerpt, x.status),
        rescheduled as (
          update {queue} q set owner = 0, claim = q.claim + 1, attempt = x.number, due = x.due,
            last_at = x.at, last_ms = x.ms, last_http = x.http, last_error = x.error
          from x
          where q.ctid = x.place and q.owner + 0 = ? and q.claim = x.claim and x.due is not null
          returning q.webhook, q.id, q.kind, x.ordinal, x.number, x.at, x.ms, x.http, x.error, x.excerpt,
            x.status),
        logged as (
          insert into {delivery} (webhook, id, event, created, ended, attempts, kind, last_http,
            last_ms, last_at, retry_of, type, status, error, excerpt)
          select webhook, id, event, created, ?, number, kind, http, ms, at, retry_of, type, status,
            error, excerpt
          from removed),
        attempted as (
          insert into {attempt} (webhook, delivery, number, http, ms, at, error, excerpt)
          select webhook, id, number, http, ms, at, error, excerpt from rescheduled),
        changed as (
          select webhook, id, kind, ordinal, at, error is null as ok, status from removed
          union all select webhook, id, kind, ordinal, at, error is null, status from rescheduled),
        last_ok as (select webhook, max(ordinal) filter (where ok) as ordinal from changed group by webhook),
        counted as (
          insert into {stat_delta} (webhook, succeeded, failed, tail_failures, has_success,
            last_attempt, last_success, last_failure)
          select c.webhook, count(*) filter (where status = 'success'),
            count(*) filter (where status = 'failed'),
            count(*) filter (where not ok and c.ordinal > coalesce(last_ok.ordinal, -1)),
            bool_or(ok), max(at), max(at) filter (where ok), max(at) filter (where not ok)
          from changed c join last_ok on last_ok.webhook = c.webhook
          where kind = 0 group by c.webhook)
      select id from changed""";

  static final String FIND_UNSENDABLE = """
      with recursive webhooks(w) as (
          (select webhook from {queue} where owner = 0 order by owner, webhook limit 1)
          union all
          select (select webhook from {queue} where owner = 0 and webhook > webhooks.w
                  order by owner, webhook limit 1)
          from webhooks where webhooks.w is not null)
      select r.webhook, r.id, r.claim,
        case when number is null or deleted is not null then 'DELETED'
          when status = 'failed' then 'WEBHOOK_FAILED' else 'EXPIRED' end as reason
      from webhooks left join {webhook} on number = webhooks.w
        cross join lateral (
          select webhook, id, claim from {queue}
          where webhook = webhooks.w and owner + 0 = 0
            and created < case when number is null or deleted is not null or status = 'failed'
              then 'infinity'::timestamptz else ? end
            and id < case when number is null or deleted is not null or status = 'failed'
              then 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid else ?::uuid end
          order by webhook, id limit ? for update skip locked) r
      where webhooks.w is not null
      limit ?""";

  static final String REMOVE = located("{x: webhook bigint, id uuid, claim int}") + """
      delete from {queue} q using x
      where q.ctid = x.place and q.owner + 0 = ? and q.claim = x.claim
      returning q.webhook, q.id, q.event, q.created, q.kind, q.retry_of, q.type, q.attempt,
        q.last_at, q.last_ms, q.last_http""";

  static final String RELEASE = located("{x: webhook bigint, id uuid, claim int}") + """
      update {queue} q set owner = 0, claim = q.claim + 1 from x
      where q.ctid = x.place and q.owner + 0 = ? and q.claim = x.claim""";

  static final String RESCUE = """
      with x as materialized (
          select ctid as place from {queue} where owner = ? limit ? for update skip locked)
      update {queue} q set owner = case when rescues < ? then 0 else ? end, claim = claim + 1,
        rescues = rescues + 1
      from x where q.ctid = x.place""";

  /** Returns the beginning of a statement on given rows: {@code x} has them and their places. */
  private static String located(String rows) {
    return """
        with x as materialized (
          select %s, r.place from %s
            cross join lateral (
              select ctid as place from {queue} where webhook = x.webhook and id = x.id
              limit 1) r)
        """.formatted(SqlTemplates.columns(rows), rows);
  }

  @Override
  public Set<UUID> insertEvents(Sql sql, List<NewEvent> events, LockBudget budget)
      throws SQLException, EventIdBusyException {
    return PostgresEventInsert.insert(sql, events, budget);
  }

  @Override
  public List<ClaimedDelivery> claim(Sql sql, ClaimRequest request) throws SQLException {
    Long[] limited = request.limits().keySet().stream().sorted().toArray(Long[]::new);
    Integer[] limits = Arrays.stream(limited).map(request::limit).toArray(Integer[]::new);
    return sql.list(
        CLAIM,
        JdbcEvents::claimed,
        sql.connection.createArrayOf("bigint", limited),
        sql.connection.createArrayOf("integer", limits),
        request.perWebhook(),
        request.after(),
        request.after(),
        request.after(),
        request.now(),
        request.total(),
        request.owner(),
        request.bytes());
  }

  @Override
  public List<ClaimRef> claimById(Sql sql, long owner, Collection<DeliveryRef> rows)
      throws SQLException {
    return sql.list(CLAIM_BY_ID, JdbcDeliveryQueue::claim, JdbcDeliveryQueue.refs(rows), owner);
  }

  @Override
  public Set<UUID> finish(Sql sql, long owner, List<AttemptOutcome> outcomes, Instant now)
      throws SQLException {
    List<UUID> changed = sql.list(
        FINISH, row -> row.uuid("id"), JdbcDeliveryLog.outcomeRows(outcomes), owner, owner, now);
    return new HashSet<>(changed);
  }

  @Override
  public List<Unsendable> findUnsendable(Sql sql, Instant expiry, int limit) throws SQLException {
    return sql.list(
        FIND_UNSENDABLE,
        row -> new Unsendable(
            JdbcDeliveryQueue.claim(row), UnsendableReason.valueOf(row.text("reason"))),
        expiry,
        JdbcDeliveryQueue.upperBound(expiry),
        limit,
        limit);
  }

  @Override
  public List<RemovedRow> remove(Sql sql, long owner, Collection<ClaimRef> rows)
      throws SQLException {
    return new ArrayList<>(sql.list(REMOVE, RemovedRow::of, JdbcDeliveryQueue.claims(rows), owner));
  }

  @Override
  public int release(Sql sql, long owner, Collection<ClaimRef> rows) throws SQLException {
    return sql.update(RELEASE, JdbcDeliveryQueue.claims(rows), owner);
  }

  @Override
  public int rescue(Sql sql, long owner, int limit) throws SQLException {
    return sql.update(RESCUE, owner, limit, DeliveryQueue.MAX_RESCUES, POISONED);
  }
}
