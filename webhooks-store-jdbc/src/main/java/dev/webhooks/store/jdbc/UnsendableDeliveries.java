package dev.webhooks.store.jdbc;

import dev.webhooks.model.PublicId;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.DeliveryQueue.EndedDelivery;
import dev.webhooks.spi.store.DeliveryRef;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The end of deliveries that will never be sent: those of deleted webhooks are dropped, the others
 * logged.
 */
final class UnsendableDeliveries {
  private static final String WEBHOOKS =
      "select w.number, w.id, w.given_id, w.account from {x: number bigint} join {webhook} w on w.number = x.number";

  private static final String EVENTS = """
      select e.id, e.event_id, e.trace_context
      from {x: id uuid} join {event} e on e.id = x.id""";

  private final Sql sql;
  private final long owner;
  private final Instant now;

  UnsendableDeliveries(Sql sql, long owner, Instant now) {
    this.sql = sql;
    this.owner = owner;
    this.now = now;
  }

  /** Ends the rows whose claim is unchanged, and returns them. */
  List<EndedDelivery> end(List<QueueStatements.Unsendable> unsendable) throws SQLException {
    if (unsendable.isEmpty()) {
      return List.of();
    }
    List<ClaimRef> claims =
        unsendable.stream().map(QueueStatements.Unsendable::claim).toList();
    List<RemovedRow> removed = sql.dialect.queueStatements().remove(sql, owner, claims);
    Map<UUID, QueueStatements.UnsendableReason> reasons = new HashMap<>();
    unsendable.forEach(d -> reasons.put(d.claim().ref().id(), d.reason()));
    List<JdbcDeliveryLog.Finished> finished = removed.stream()
        .filter(row -> reason(reasons, row).error() != null)
        .map(row -> JdbcDeliveryLog.Finished.givenUp(
            row, Objects.requireNonNull(reason(reasons, row).error()), now))
        .toList();
    JdbcDeliveryLog.insertFinished(sql, finished);
    JdbcStatistics.appendGivenUp(
        sql,
        finished.stream()
            .map(JdbcDeliveryLog.Finished::row)
            .filter(row -> row.kind() != JdbcTestDeliveries.KIND)
            .map(RemovedRow::webhook)
            .toList());
    return describe(removed, reasons);
  }

  private List<EndedDelivery> describe(
      List<RemovedRow> removed, Map<UUID, QueueStatements.UnsendableReason> reasons)
      throws SQLException {
    Map<Long, NamedWebhook> webhooks = new HashMap<>();
    sql.list(
        WEBHOOKS,
        row -> webhooks.put(row.bigint("number"), NamedWebhook.of(row)),
        Rows.ofNumbers(removed.stream().map(RemovedRow::webhook).distinct().toList()));
    Map<UUID, NamedEvent> events = new HashMap<>();
    sql.list(
        EVENTS,
        row -> events.put(row.uuid("id"), NamedEvent.of(row)),
        Rows.of(removed.stream().map(RemovedRow::event).distinct().toList()).uuid(id -> id));
    List<EndedDelivery> ended = new ArrayList<>(removed.size());
    for (RemovedRow row : removed) {
      NamedWebhook webhook = webhooks.get(row.webhook());
      NamedEvent event = events.getOrDefault(row.event(), NamedEvent.gone(row.event()));
      ended.add(new EndedDelivery(
          new DeliveryRef(row.webhook(), row.id()),
          webhook == null ? null : webhook.publicId(),
          webhook == null ? null : webhook.account(),
          event.publicId(),
          row.type(),
          event.traceContext(),
          reason(reasons, row).error()));
    }
    return ended;
  }

  private static QueueStatements.UnsendableReason reason(
      Map<UUID, QueueStatements.UnsendableReason> reasons, RemovedRow row) {
    return Objects.requireNonNull(reasons.get(row.id()));
  }

  private record NamedWebhook(String publicId, String account) {
    static NamedWebhook of(Row row) throws SQLException {
      String given = row.textOrNull("given_id");
      String id = given == null ? PublicId.WEBHOOK.format(row.uuid("id")) : given;
      return new NamedWebhook(id, row.key("account"));
    }
  }

  private record NamedEvent(String publicId, @Nullable String traceContext) {
    static NamedEvent of(Row row) throws SQLException {
      return new NamedEvent(
          JdbcEvents.publicId(row.uuid("id"), row.keyOrNull("event_id")),
          row.textOrNull("trace_context"));
    }

    /** Stands for an event that has been removed. */
    static NamedEvent gone(UUID event) {
      return new NamedEvent(JdbcEvents.publicId(event, null), null);
    }
  }
}
