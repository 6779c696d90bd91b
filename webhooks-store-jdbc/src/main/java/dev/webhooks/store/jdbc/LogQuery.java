package dev.webhooks.store.jdbc;

import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.PublicId;
import dev.webhooks.spi.store.DeliveryLog;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A query of the log that reads matching rows only.
 *
 * <p>It is a union of ranges: one of the queue, and one for each status of finished deliveries.
 * Each range has an index with all filtered columns before the id. Ids carry the time, so a range
 * of time is a range of ids. The union has bare keys; only the page's rows are fetched.
 */
final class LogQuery {
  private static final String ROWS = """
      select k.id, k.status, coalesce(d.event, q.event) as event, e.event_id,
        coalesce(d.type, q.type) as type, coalesce(d.created, q.created) as created, q.due as next,
        coalesce(d.attempts, q.attempt) as attempts, coalesce(d.last_http, q.last_http) as last_http,
        coalesce(d.last_ms, q.last_ms) as last_ms, coalesce(d.last_at, q.last_at) as last_at,
        coalesce(d.retry_of, q.retry_of) as retry_of, d.retried_by,
        coalesce(d.error, q.last_error) as error
      from (%s) k
        left join {delivery} d on d.webhook = ? and d.status = k.status and d.id = k.id
        left join {queue} q on q.webhook = ? and q.id = case k.status when 'pending' then k.id end
        left join {event} e on e.id = coalesce(d.event, q.event)
      order by k.id desc""";

  private static final String PENDING_KEY =
      "select id, 'pending' as status from {queue} where webhook = ? and id = ?";

  private static final Set<StoredStatus> FINISHED =
      EnumSet.complementOf(EnumSet.of(StoredStatus.PENDING));

  private final WebhookConfiguration webhook;
  private final DeliveryQuery query;

  LogQuery(WebhookConfiguration webhook, DeliveryQuery query) {
    this.webhook = webhook;
    this.query = query;
  }

  /** Reads a section of the log at the same cost wherever it begins. */
  List<Delivery> list(Sql sql, DeliveryLog.Section section) throws SQLException {
    UUID after = section.after();
    UUID end = after != null && IdGenerator.ORDER.compare(after, end()) < 0 ? after : end();
    List<Object> parameters = new ArrayList<>();
    String keys = "select id, status from ("
        + ranges(sql.dialect, end, section.offset() + section.limit(), parameters)
        + ") m order by id desc limit " + section.limit() + " offset " + section.offset();
    return found(sql, webhook, keys, parameters).stream().map(Found::delivery).toList();
  }

  int count(Sql sql) throws SQLException {
    int limit = DeliveryLog.COUNT_LIMIT + 1;
    List<Object> parameters = new ArrayList<>();
    String count = "select count(*) as n from (select id from ("
        + ranges(sql.dialect, end(), limit, parameters) + ") m limit " + limit + ") c";
    return sql.list(count, row -> row.integer("n"), parameters.toArray()).get(0);
  }

  /** Returns the keys of the latest rows in each range, with ids before an end. */
  private String ranges(Dialect dialect, UUID end, int limit, List<Object> parameters) {
    List<String> ranges = new ArrayList<>();
    for (StoredStatus status : StoredStatus.of(query.status())) {
      String range = status == StoredStatus.PENDING
          ? pending(end, parameters)
          : finished(dialect, status, end, parameters);
      // Literal, since H2 would reuse the limit of the statement's first run.
      ranges.add("(" + range + " limit " + limit + ")");
    }
    return String.join(" union all ", ranges);
  }

  private String pending(UUID end, List<Object> parameters) {
    parameters.addAll(List.of(webhook.number(), first(), end));
    String typed = "";
    if (query.event() != null) {
      typed = " and type = ?";
      parameters.add(new Key(query.event()));
    }
    return "select id, 'pending' as status from {queue} where webhook = ? and id >= ? and id < ?"
        + typed + times(parameters) + " order by webhook desc, id desc";
  }

  /**
   * Orders by all columns of the index; else H2 sorts and PostgreSQL reads a bitmap of all rows.
   */
  private String finished(Dialect dialect, StoredStatus status, UUID end, List<Object> parameters) {
    Key type = query.event() == null ? null : new Key(query.event());
    KeyRange range = new KeyRange(webhook.number(), type, status, first(), end);
    return "select id, status from {delivery}" + dialect.useIndex(range.index()) + " where "
        + dialect.within(range, parameters) + times(parameters) + range.newestFirst();
  }

  private UUID first() {
    return query.from() == null ? JdbcDeliveryQueue.FIRST_ID : IdGenerator.lowerBound(query.from());
  }

  private UUID end() {
    return query.to() == null
        ? JdbcDeliveryQueue.LAST_ID
        : JdbcDeliveryQueue.upperBound(query.to());
  }

  /** Filters by creation time, since an id carries it only roughly. */
  private String times(List<Object> parameters) {
    StringBuilder filters = new StringBuilder();
    if (query.from() != null) {
      filters.append(" and created >= ?");
      parameters.add(query.from());
    }
    if (query.to() != null) {
      filters.append(" and created < ?");
      parameters.add(query.to());
    }
    return filters.toString();
  }

  static Optional<Found> find(Sql sql, WebhookConfiguration webhook, UUID id) throws SQLException {
    List<Object> parameters = new ArrayList<>(List.of(webhook.number(), id));
    parameters.addAll(finishedKey(webhook, id));
    return found(sql, webhook, PENDING_KEY + " union all " + finished("id, status"), parameters)
        .stream()
        .findFirst();
  }

  /**
   * Returns a query for one finished delivery in any status; its parameters are
   * {@link #finishedKey}. H2 uses no index for a list in the middle of a key.
   */
  static String finished(String columns) {
    return FINISHED.stream()
        .map(status -> "select " + columns + " from {delivery} where webhook = ? and status = "
            + status.literal + " and id = ?")
        .collect(Collectors.joining(" union all "));
  }

  static List<Object> finishedKey(WebhookConfiguration webhook, UUID id) {
    List<Object> parameters = new ArrayList<>();
    FINISHED.forEach(status -> parameters.addAll(List.of(webhook.number(), id)));
    return parameters;
  }

  private static List<Found> found(
      Sql sql, WebhookConfiguration webhook, String keys, List<Object> keyParameters)
      throws SQLException {
    List<Object> parameters = new ArrayList<>(keyParameters);
    parameters.add(webhook.number());
    parameters.add(webhook.number());
    return sql.list(
        ROWS.formatted(keys),
        row -> new Found(delivery(webhook, row), row.uuid("event")),
        parameters.toArray());
  }

  private static Delivery delivery(WebhookConfiguration webhook, Row row) throws SQLException {
    UUID event = row.uuid("event");
    return new Delivery(
        PublicId.DELIVERY.format(row.uuid("id")),
        webhook.publicId(),
        JdbcEvents.publicId(event, row.keyOrNull("event_id")),
        row.key("type"),
        StoredStatus.ofColumn(row.text("status")).meaning,
        row.integer("attempts"),
        row.integerOrNull("last_http"),
        row.integerOrNull("last_ms"),
        JdbcDeliveryLog.error(row.textOrNull("error")),
        row.time("created"),
        row.timeOrNull("last_at"),
        row.timeOrNull("next"),
        JdbcDeliveryLog.publicId(row.uuidOrNull("retry_of")),
        JdbcDeliveryLog.publicId(row.uuidOrNull("retried_by")));
  }

  record Found(Delivery delivery, UUID event) {}
}
