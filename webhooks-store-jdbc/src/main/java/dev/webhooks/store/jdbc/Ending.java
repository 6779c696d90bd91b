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

/** Ends deliveries without a request: those of deleted webhooks vanish, the others are logged. */
final class Ending {
  private static final String WEBHOOKS =
      "select w.no, w.id, w.given_id, w.account from {x: no bigint} join {webhook} w on w.no = x.no";

  private static final String EVENTS = """
      select e.id, e.event_id, e.trace_context
      from {x: id uuid} join {event} e on e.id = x.id""";

  private final Sql sql;
  private final long owner;
  private final Instant now;

  Ending(Sql sql, long owner, Instant now) {
    this.sql = sql;
    this.owner = owner;
    this.now = now;
  }

  /** Ends those rows that are still as they were seen, and returns them. */
  List<EndedDelivery> end(List<HotStatements.Doomed> doomed) throws SQLException {
    if (doomed.isEmpty()) {
      return List.of();
    }
    List<ClaimRef> claims = doomed.stream().map(HotStatements.Doomed::claim).toList();
    List<Removed> removed = sql.dialect.hotStatements().remove(sql, owner, claims);
    Map<UUID, HotStatements.UnsendableReason> reasons = new HashMap<>();
    doomed.forEach(d -> reasons.put(d.claim().ref().id(), d.reason()));
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
            .map(Removed::webhook)
            .toList());
    return describe(removed, reasons);
  }

  private List<EndedDelivery> describe(
      List<Removed> removed, Map<UUID, HotStatements.UnsendableReason> reasons)
      throws SQLException {
    Map<Long, Owned> webhooks = new HashMap<>();
    sql.list(
        WEBHOOKS,
        row -> webhooks.put(row.bigint("no"), Owned.of(row)),
        Rows.ofNumbers(removed.stream().map(Removed::webhook).distinct().toList()));
    Map<UUID, Known> events = new HashMap<>();
    sql.list(
        EVENTS,
        row -> events.put(row.uuid("id"), Known.of(row)),
        Rows.of(removed.stream().map(Removed::event).distinct().toList()).uuid(id -> id));
    List<EndedDelivery> ended = new ArrayList<>(removed.size());
    for (Removed row : removed) {
      Owned webhook = webhooks.get(row.webhook());
      Known event = events.getOrDefault(row.event(), Known.gone(row.event()));
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

  private static HotStatements.UnsendableReason reason(
      Map<UUID, HotStatements.UnsendableReason> reasons, Removed row) {
    return Objects.requireNonNull(reasons.get(row.id()));
  }

  /** The names by which listeners hear of a webhook. */
  private record Owned(String publicId, String account) {
    static Owned of(Row row) throws SQLException {
      String given = row.textOrNull("given_id");
      String id = given == null ? PublicId.WEBHOOK.format(row.uuid("id")) : given;
      return new Owned(id, row.key("account"));
    }
  }

  /** The facts of an event that listeners receive. */
  private record Known(String publicId, @Nullable String traceContext) {
    static Known of(Row row) throws SQLException {
      return new Known(
          JdbcEvents.publicId(row.uuid("id"), row.keyOrNull("event_id")),
          row.textOrNull("trace_context"));
    }

    /** An event that is not kept any more. */
    static Known gone(UUID event) {
      return new Known(JdbcEvents.publicId(event, null), null);
    }
  }
}
