package dev.webhooks.store.jdbc;

import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.PublicId;
import dev.webhooks.spi.IdGenerator;
import dev.webhooks.spi.store.DeliveryLog;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Builds one query of the log out of ordered range reads: one of the queue, and one or two of the
 * finished deliveries, each by an index. Ids carry the time, so a range of time is a range of ids.
 */
final class LogQuery {
  private static final String PENDING = """
      select id, event, created, due as next, attempt as attempts, last_http, last_ms, last_at,
        retry_of, {null: uuid} as retried_by, type, 'pending' as status, last_error as error
      from {queue}
      where webhook = ?""";

  private static final String FINISHED = """
      select id, event, created, {null: time} as next, attempts,
        last_http, last_ms, last_at, retry_of, retried_by, type, status, error
      from {delivery}
      where webhook = ?""";

  private static final String BY_ID = " and id = ?";

  private static final String WITH_EVENT = " m left join {event} e on e.id = m.event";

  private final WebhookConfiguration webhook;
  private final DeliveryQuery query;

  LogQuery(WebhookConfiguration webhook, DeliveryQuery query) {
    this.webhook = webhook;
    this.query = query;
  }

  List<Delivery> page(Sql sql) throws SQLException {
    int skipped = (query.page() - 1) * query.limit();
    List<Object> parameters = new ArrayList<>();
    String merged = parts(" order by id desc", skipped + query.limit(), parameters);
    String page =
        "select m.*, e.event_id from (select * from (" + merged + ") p order by id desc limit "
            + query.limit() + " offset " + skipped + ")" + WITH_EVENT + " order by m.id desc";
    return sql.list(page, row -> delivery(webhook, row), parameters.toArray());
  }

  int count(Sql sql) throws SQLException {
    int limit = DeliveryLog.COUNT_LIMIT + 1;
    List<Object> parameters = new ArrayList<>();
    String count = "select count(*) as n from (" + parts("", limit, parameters) + ") m";
    int counted = sql.list(count, row -> row.integer("n"), parameters.toArray()).get(0);
    return Math.min(counted, limit);
  }

  private String parts(String order, int limit, List<Object> parameters) {
    List<String> parts = new ArrayList<>();
    if (query.status() == null || query.status() == DeliveryStatus.PENDING) {
      parts.add(PENDING + filters(null, parameters));
    }
    for (String status : finishedStatuses()) {
      parts.add(FINISHED + filters(status.isEmpty() ? null : status, parameters));
    }
    // The limit is no parameter: H2 would go on with that of the statement's first run.
    String end = order + " limit " + limit + ")";
    return parts.stream().map(part -> "(" + part + end).collect(Collectors.joining(" union all "));
  }

  /** The index by type has the status before the id; an empty text is any status. */
  private List<String> finishedStatuses() {
    if (query.status() == DeliveryStatus.PENDING) {
      return List.of();
    }
    if (query.status() != null) {
      return List.of(query.status().name().toLowerCase(Locale.ROOT));
    }
    return query.event() == null ? List.of("") : List.of("success", "failed");
  }

  private String filters(@Nullable String status, List<Object> parameters) {
    StringBuilder filters = new StringBuilder();
    parameters.add(webhook.number());
    if (status != null) {
      filters.append(" and status = '").append(status).append("'");
    }
    if (query.event() != null) {
      filters.append(" and type = ?");
      parameters.add(new Key(query.event()));
    }
    if (query.from() != null) {
      filters.append(" and id >= ? and created >= ?");
      parameters.add(IdGenerator.lowerBound(query.from()));
      parameters.add(query.from());
    }
    if (query.to() != null) {
      filters.append(" and id < ? and created < ?");
      parameters.add(QueueTables.upperBound(query.to()));
      parameters.add(query.to());
    }
    return filters.toString();
  }

  /** Finds one delivery; one that ends between the two reads is found by the second. */
  static Optional<Found> find(Sql sql, WebhookConfiguration webhook, UUID id) throws SQLException {
    Optional<Found> pending = find(sql, PENDING, webhook, id);
    return pending.isPresent() ? pending : find(sql, FINISHED, webhook, id);
  }

  private static Optional<Found> find(Sql sql, String select, WebhookConfiguration webhook, UUID id)
      throws SQLException {
    return sql.first(
        "select m.*, e.event_id from (" + select + BY_ID + ")" + WITH_EVENT,
        row -> new Found(delivery(webhook, row), row.uuid("event")),
        webhook.number(),
        id);
  }

  private static Delivery delivery(WebhookConfiguration webhook, Row row) throws SQLException {
    UUID event = row.uuid("event");
    return new Delivery(
        PublicId.DELIVERY.format(row.uuid("id")),
        PublicId.WEBHOOK.format(webhook.id()),
        EventTables.publicId(event, row.keyOrNull("event_id")),
        row.key("type"),
        DeliveryStatus.valueOf(row.text("status").toUpperCase(Locale.ROOT)),
        row.integer("attempts"),
        row.integerOrNull("last_http"),
        row.integerOrNull("last_ms"),
        LogTables.error(row.textOrNull("error")),
        row.time("created"),
        row.timeOrNull("last_at"),
        row.timeOrNull("next"),
        LogTables.publicId(row.uuidOrNull("retry_of")),
        LogTables.publicId(row.uuidOrNull("retried_by")));
  }

  /** A delivery and its event. */
  record Found(Delivery delivery, UUID event) {}
}
