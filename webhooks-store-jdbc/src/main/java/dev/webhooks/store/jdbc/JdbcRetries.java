package dev.webhooks.store.jdbc;

import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.spi.store.StoreSession.NewRetry;
import dev.webhooks.spi.store.StoreSession.RecoverRequest;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Manual retries of failed deliveries. They lock the failed deliveries first, then the events, each
 * by id.
 */
final class JdbcRetries {
  private static final String RETRYABLE = """
      select id from {delivery}%s
      where %s and id > ? and created >= ? and created < ? and kind = 0
        and exists (select 1 from {event} e where e.id = {delivery}.event)
      order by webhook, status, id limit\s""";

  private static final String MARK = """
      update {delivery} set status = 'retried', retried_by = ?
      where webhook = ? and status = 'failed' and id = ? and kind = 0""";

  private static final String UNMARK = """
      update {delivery} set status = 'failed', retried_by = null
      where webhook = ? and status = 'retried' and id = ?""";

  private static final String EVENTS = """
      select d.id, d.event, e.type, octet_length(e.body) as size
      from {x: id uuid} join {delivery} d on d.webhook = ? and d.id = x.id
        join {event} e on e.id = d.event""";

  /** Updates the row in any case, since the number of updated rows shows whether it exists. */
  private static final String KEEP = """
      update {event} set keep_until = case when keep_until < ? then ? else keep_until end
      where id = ?""";

  private static final String INSERT =
      "insert into {queue} (webhook, id, event, created, due, size, type, retry_of)";

  private final Sql sql;

  JdbcRetries(Sql sql) {
    this.sql = sql;
  }

  List<UUID> find(RecoverRequest request) throws SQLException {
    UUID first = IdGenerator.lowerBound(request.from());
    boolean begun = IdGenerator.ORDER.compare(request.after(), first) > 0;
    KeyRange range = new KeyRange(
        request.webhook(),
        null,
        StoredStatus.FAILED,
        begun ? request.after() : first,
        JdbcDeliveryQueue.upperBound(request.to()));
    List<Object> parameters = new ArrayList<>();
    // Literal, since H2 would reuse the limit of the statement's first run.
    String query = RETRYABLE.formatted(
            sql.dialect.useIndex(range.index()), sql.dialect.within(range, parameters))
        + request.limit();
    parameters.addAll(List.of(request.after(), request.from(), request.to()));
    return sql.list(query, row -> row.uuid("id"), parameters.toArray());
  }

  Set<UUID> retry(long webhook, List<NewRetry> retries, Instant now, Instant keepUntil)
      throws SQLException {
    return sql.locking("a failed delivery", s -> store(webhook, retries, now, keepUntil));
  }

  private Set<UUID> store(long webhook, List<NewRetry> retries, Instant now, Instant keepUntil)
      throws SQLException {
    List<NewRetry> marked = mark(webhook, retries);
    Map<UUID, RetriedEvent> events = events(webhook, marked);
    Set<UUID> kept = keep(events.values(), keepUntil);
    List<Retry> stored = new ArrayList<>();
    List<UUID> gone = new ArrayList<>();
    for (NewRetry retry : marked) {
      RetriedEvent event = events.get(retry.failed());
      if (event != null && kept.contains(event.id())) {
        stored.add(new Retry(retry, event));
      } else {
        gone.add(retry.failed());
      }
    }
    sql.batch(UNMARK, gone, failed -> new Object[] {webhook, failed});
    insert(webhook, stored, now);
    return ids(stored);
  }

  /** Marks the failed deliveries that have no retry yet, and returns them. */
  private List<NewRetry> mark(long webhook, List<NewRetry> retries) throws SQLException {
    List<NewRetry> inOrder =
        retries.stream().sorted(Comparator.comparing(NewRetry::failed)).toList();
    return sql.batch(MARK, inOrder, retry -> new Object[] {retry.id(), webhook, retry.failed()});
  }

  private Map<UUID, RetriedEvent> events(long webhook, List<NewRetry> marked) throws SQLException {
    Map<UUID, RetriedEvent> events = new HashMap<>();
    sql.list(
        EVENTS,
        row -> events.put(row.uuid("id"), RetriedEvent.of(row)),
        Rows.of(marked).uuid(NewRetry::failed),
        webhook);
    return events;
  }

  /** Keeps events from removal and returns those that still exist. */
  private Set<UUID> keep(Collection<RetriedEvent> events, Instant until) throws SQLException {
    List<UUID> inOrder =
        events.stream().map(RetriedEvent::id).distinct().sorted().toList();
    return new HashSet<>(sql.batch(KEEP, inOrder, event -> new Object[] {until, until, event}));
  }

  private void insert(long webhook, List<Retry> stored, Instant now) throws SQLException {
    if (stored.isEmpty()) {
      return;
    }
    Rows<Retry> rows = Rows.of(stored)
        .bigint(retry -> webhook)
        .uuid(retry -> retry.given.id())
        .uuid(retry -> retry.event.id())
        .time(retry -> now)
        .time(retry -> now)
        .integer(retry -> retry.event.size())
        .key(retry -> retry.event.type())
        .uuid(retry -> retry.given.failed());
    sql.insert(INSERT, rows);
  }

  private static Set<UUID> ids(List<Retry> stored) {
    Set<UUID> ids = new HashSet<>();
    stored.forEach(retry -> ids.add(retry.given.id()));
    return ids;
  }

  private record Retry(NewRetry given, RetriedEvent event) {}

  private record RetriedEvent(UUID id, String type, int size) {
    static RetriedEvent of(Row row) throws SQLException {
      return new RetriedEvent(row.uuid("event"), row.key("type"), row.integer("size"));
    }
  }
}
