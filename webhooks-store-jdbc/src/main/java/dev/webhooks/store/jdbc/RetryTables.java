package dev.webhooks.store.jdbc;

import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.IdGenerator;
import dev.webhooks.spi.store.NewRetry;
import dev.webhooks.spi.store.RecoverRequest;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Retries failed deliveries. Rows are locked in the order of their ids: first the failed
 * deliveries, then the events.
 */
final class RetryTables {
  private static final String RETRYABLE = """
      select d.id from {delivery} d
      where d.webhook = ? and d.status = 'failed' and d.id > ? and d.id >= ? and d.id < ?
        and d.created >= ? and d.created < ? and d.kind = 0
        and exists (select 1 from {event} e where e.id = d.event)
      order by d.webhook, d.status, d.id limit\s""";

  private static final String MARK = """
      update {delivery} set status = 'retried', retried_by = ?
      where webhook = ? and status = 'failed' and id = ? and kind = 0""";

  private static final String UNMARK = """
      update {delivery} set status = 'failed', retried_by = null
      where webhook = ? and status = 'retried' and id = ?""";

  private static final String EVENTS = """
      select d.id, d.event
      from {x: id uuid}
        join {delivery} d on d.webhook = ? and d.status = 'retried' and d.id = x.id""";

  /** Changes the row even if it is kept long enough, and so says whether it is there. */
  private static final String KEEP = """
      update {event} set keep_until = case when keep_until < ? then ? else keep_until end
      where id = ?""";

  private static final String INSERT = """
      insert into {queue} (webhook, id, owner, event, created, due, size, type, retry_of)
      select x.webhook, x.id, 0, e.id, x.created, x.created, octet_length(e.body), e.type, x.failed
      from {x: webhook bigint, id uuid, failed uuid, event uuid, created time}
        join {event} e on e.id = x.event""";

  private final Sql sql;

  RetryTables(Sql sql) {
    this.sql = sql;
  }

  List<UUID> find(RecoverRequest request) throws SQLException {
    // The limit is no parameter: H2 would go on with that of the statement's first run.
    return sql.list(
        RETRYABLE + request.limit(),
        row -> row.uuid("id"),
        request.webhook(),
        request.after(),
        IdGenerator.lowerBound(request.from()),
        QueueTables.upperBound(request.to()),
        request.from(),
        request.to());
  }

  Set<UUID> retry(long webhook, List<NewRetry> retries, Instant now, Instant keepUntil)
      throws SQLException {
    return sql.dialect
        .patiently(sql, Dialect.LOCK_PATIENCE, s -> store(webhook, retries, now, keepUntil))
        .orElseThrow(() -> new StoreUnavailableException(
            "another transaction has kept a failed delivery locked for too long", false, null));
  }

  private Set<UUID> store(long webhook, List<NewRetry> retries, Instant now, Instant keepUntil)
      throws SQLException {
    List<NewRetry> marked = mark(webhook, retries);
    Map<UUID, UUID> events = events(webhook, marked);
    Set<UUID> kept = keep(new TreeSet<>(events.values()), keepUntil);
    List<Retry> stored = new ArrayList<>();
    List<UUID> gone = new ArrayList<>();
    for (NewRetry retry : marked) {
      UUID event = events.get(retry.failed());
      if (event != null && kept.contains(event)) {
        stored.add(new Retry(retry, event));
      } else {
        gone.add(retry.failed());
      }
    }
    sql.batch(UNMARK, gone, failed -> new Object[] {webhook, failed});
    insert(webhook, stored, now);
    return ids(stored);
  }

  /** Wins the failed deliveries that nobody has retried. */
  private List<NewRetry> mark(long webhook, List<NewRetry> retries) throws SQLException {
    List<NewRetry> inOrder =
        retries.stream().sorted(Comparator.comparing(NewRetry::failed)).toList();
    return sql.batch(MARK, inOrder, retry -> new Object[] {retry.id(), webhook, retry.failed()});
  }

  private Map<UUID, UUID> events(long webhook, List<NewRetry> marked) throws SQLException {
    Map<UUID, UUID> events = new HashMap<>();
    sql.list(
        EVENTS,
        row -> events.put(row.uuid("id"), row.uuid("event")),
        Rows.of(marked).uuid(NewRetry::failed),
        webhook);
    return events;
  }

  /** Returns the events that are still there, which nobody can remove any more. */
  private Set<UUID> keep(Set<UUID> events, Instant until) throws SQLException {
    return new HashSet<>(
        sql.batch(KEEP, List.copyOf(events), event -> new Object[] {until, until, event}));
  }

  private void insert(long webhook, List<Retry> stored, Instant now) throws SQLException {
    Rows<Retry> rows = Rows.of(stored)
        .bigint(retry -> webhook)
        .uuid(retry -> retry.given.id())
        .uuid(retry -> retry.given.failed())
        .uuid(Retry::event)
        .time(retry -> now);
    sql.update(INSERT, rows);
  }

  private static Set<UUID> ids(List<Retry> stored) {
    Set<UUID> ids = new HashSet<>();
    stored.forEach(retry -> ids.add(retry.given.id()));
    return ids;
  }

  /** A retry and the event that it carries. */
  private record Retry(NewRetry given, UUID event) {}
}
