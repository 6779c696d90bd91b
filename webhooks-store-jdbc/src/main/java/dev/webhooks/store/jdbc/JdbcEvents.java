package dev.webhooks.store.jdbc;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.PublicId;
import dev.webhooks.model.WebhookException;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.NewEvent.NewDelivery;
import dev.webhooks.spi.store.StoreSession.EventReceipt;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Events, and the deliveries inserted with them. */
final class JdbcEvents {
  /** The maximum number of bytes of bodies in one statement. */
  private static final int STATEMENT_BYTES = 1 << 20;

  private static final int STATEMENT_ROWS = 1000;

  static final String INSERT_EVENTS = """
      insert into {event}
        (id, account, event_id, fingerprint, type, body, deliveries, created, keep_until,
         trace_context)""";
  private static final String INSERT_DELIVERIES =
      "insert into {queue} (webhook, id, owner, event, created, due, size, type)";
  private static final String FIND = """
      select e.id, e.account, e.event_id, e.fingerprint, e.deliveries
      from {x: id uuid, account key} join {event} e on e.id = x.id and e.account = x.account""";

  private static final String FIND_GIVEN = """
      select e.id, e.account, e.event_id, e.fingerprint, e.deliveries
      from {x: account key, event_id key}
        join {event} e on e.account = x.account and e.event_id = x.event_id""";

  private static final String FIND_ONE = """
      select id, account, event_id, fingerprint, deliveries from {event}
      where account = ? and id = ?""";

  private static final String FIND_ONE_GIVEN = """
      select id, account, event_id, fingerprint, deliveries from {event}
      where account = ? and event_id = ?""";

  private static final String FIND_BODY = "select body from {event} where account = ? and id = ?";
  private static final String REMOVE_DELIVERY = "delete from {queue} where webhook = ? and id = ?";
  private static final String REMOVE_EVENT = "delete from {event} where id = ?";

  private final Sql sql;
  private final LockBudget budget;

  JdbcEvents(Sql sql, LockBudget budget) {
    this.sql = sql;
    this.budget = budget;
  }

  /**
   * Stores events; see {@code StoreSession.insertEvents}.
   *
   * @param stored collects the inserted events, also if an exception follows
   */
  List<EventReceipt> insert(List<NewEvent> events, List<NewEvent> stored) throws SQLException {
    Map<UUID, EventReceipt> receipts = generatedIdsGiven(events);
    List<NewEvent> rest =
        events.stream().filter(e -> !receipts.containsKey(e.id())).toList();
    for (List<NewEvent> part : parts(rest)) {
      insertPart(part, stored, receipts);
    }
    List<NewEvent> skipped =
        rest.stream().filter(e -> !receipts.containsKey(e.id())).toList();
    if (!skipped.isEmpty()) {
      receipts.putAll(firstUses(skipped));
    }
    return events.stream()
        .map(e -> Objects.requireNonNull(receipts.get(e.id())))
        .toList();
  }

  /** Reads the body of an event; see {@code StoreSession.findBody}. */
  Optional<byte[]> body(String account, UUID event) throws SQLException {
    return sql.first(FIND_BODY, row -> row.bytes("body"), new Key(account), event);
  }

  private void insertPart(
      List<NewEvent> part, List<NewEvent> stored, Map<UUID, EventReceipt> receipts)
      throws SQLException {
    Set<UUID> ids;
    try {
      ids = sql.dialect.queueStatements().insertEvents(sql, part, budget);
    } catch (QueueStatements.EventIdBusyException e) {
      throw busy(e);
    }
    for (NewEvent event : part) {
      if (ids.contains(event.id())) {
        stored.add(event);
        receipts.put(
            event.id(), new EventReceipt(true, event.deliveries().size(), event.fingerprint()));
      }
    }
  }

  private static WebhookException busy(Exception cause) {
    return new WebhookException(
        ErrorCode.DUPLICATE_IDEMPOTENCY_KEY,
        "an event with the same id is being published at this moment",
        cause);
  }

  /** Finds given ids that the library generated for another event: they stand for that event. */
  private Map<UUID, EventReceipt> generatedIdsGiven(List<NewEvent> events) throws SQLException {
    Map<EventKey, UUID> byGeneratedId = new HashMap<>();
    for (NewEvent event : events) {
      if (event.givenId() != null) {
        PublicId.EVENT
            .parse(event.givenId())
            .ifPresent(id -> byGeneratedId.put(new EventKey(event.account(), id), event.id()));
      }
    }
    Map<UUID, EventReceipt> receipts = new HashMap<>();
    if (!byGeneratedId.isEmpty()) {
      find(byGeneratedId.keySet()).stream()
          .filter(first -> first.givenId() == null)
          .forEach(first ->
              receipts.put(Objects.requireNonNull(byGeneratedId.get(first.id())), first.receipt()));
    }
    return receipts;
  }

  /** Returns the receipts of the first events with these ids, generated or given. */
  private Map<UUID, EventReceipt> firstUses(List<NewEvent> skipped) throws SQLException {
    Map<EventKey, EventReceipt> byId = new HashMap<>();
    Map<GivenId, EventReceipt> byGivenId = new HashMap<>();
    find(skipped.stream().map(EventKey::of).toList())
        .forEach(first -> byId.put(first.id(), first.receipt()));
    List<GivenId> given =
        skipped.stream().filter(e -> e.givenId() != null).map(GivenId::of).toList();
    sql.list(FIND_GIVEN, FirstUse::of, Rows.of(given).key(GivenId::account).key(GivenId::text))
        .forEach(first ->
            byGivenId.put(new GivenId(first.id().account(), first.givenId()), first.receipt()));

    Map<UUID, EventReceipt> receipts = new HashMap<>();
    for (NewEvent event : skipped) {
      EventReceipt receipt =
          byId.getOrDefault(EventKey.of(event), byGivenId.get(GivenId.of(event)));
      receipts.put(event.id(), receipt == null ? latest(event) : receipt);
    }
    return receipts;
  }

  /** Returns the receipt of an event that was committed after this transaction's snapshot. */
  private EventReceipt latest(NewEvent event) throws SQLException {
    String givenId = event.givenId();
    String query = sql.dialect.currentRead(givenId == null ? FIND_ONE : FIND_ONE_GIVEN);
    Object id = givenId == null ? event.id() : new Key(givenId);
    return sql.first(query, FirstUse::of, new Key(event.account()), id)
        .map(FirstUse::receipt)
        .orElseThrow(
            () -> busy(new IllegalStateException("the event is not visible to this transaction")));
  }

  private List<FirstUse> find(Collection<EventKey> ids) throws SQLException {
    return sql.list(FIND, FirstUse::of, Rows.of(ids).uuid(EventKey::id).key(EventKey::account));
  }

  /**
   * Removes the events that {@link #insert} stored in the same transaction; no other transaction
   * sees them.
   */
  static void remove(Sql sql, List<NewEvent> stored) throws SQLException {
    List<DeliveryRef> refs = queued(stored).stream().map(Queued::ref).toList();
    sql.batch(REMOVE_DELIVERY, refs, ref -> new Object[] {ref.webhook(), ref.id()});
    sql.batch(REMOVE_EVENT, stored, event -> new Object[] {event.id()});
  }

  private static List<List<NewEvent>> parts(List<NewEvent> events) {
    List<List<NewEvent>> parts = new ArrayList<>();
    List<NewEvent> part = new ArrayList<>();
    long bytes = 0;
    int rows = 0;
    for (NewEvent event : events) {
      int more = 1 + event.deliveries().size();
      boolean fits =
          bytes + event.body().length <= STATEMENT_BYTES && rows + more <= STATEMENT_ROWS;
      if (!part.isEmpty() && !fits) {
        parts.add(part);
        part = new ArrayList<>();
        bytes = 0;
        rows = 0;
      }
      part.add(event);
      bytes += event.body().length;
      rows += more;
    }
    if (!part.isEmpty()) {
      parts.add(part);
    }
    return parts;
  }

  // ---- rows for the hot statements

  static Rows<NewEvent> rows(List<NewEvent> events) {
    return Rows.of(events)
        .uuid(NewEvent::id)
        .key(NewEvent::account)
        .key(NewEvent::givenId)
        .bytes(JdbcEvents::fingerprint)
        .key(NewEvent::type)
        .bytes(NewEvent::body)
        .integer(event -> event.deliveries().size())
        .time(NewEvent::createdAt)
        .time(NewEvent::keepUntil)
        .text(NewEvent::traceContext);
  }

  private static byte @Nullable [] fingerprint(NewEvent event) {
    Fingerprint fingerprint = event.fingerprint();
    return fingerprint == null ? null : fingerprint.bytes();
  }

  private static List<Queued> queued(List<NewEvent> events) {
    return events.stream()
        .flatMap(event -> event.deliveries().stream().map(d -> new Queued(d, event)))
        .toList();
  }

  static Rows<Queued> deliveryRows(List<NewEvent> events) {
    return Rows.of(queued(events))
        .bigint(q -> q.ref().webhook())
        .uuid(q -> q.ref().id())
        .uuid(q -> q.event().id())
        .bigint(q -> q.delivery().owner());
  }

  /** Inserts the deliveries of events, due at once. */
  static void insertDeliveries(Sql sql, List<NewEvent> events) throws SQLException {
    List<Queued> deliveries = queued(events);
    if (deliveries.isEmpty()) {
      return;
    }
    Rows<Queued> rows = Rows.of(deliveries)
        .bigint(q -> q.ref().webhook())
        .uuid(q -> q.ref().id())
        .bigint(q -> q.delivery().owner())
        .uuid(q -> q.event().id())
        .time(q -> q.event().createdAt())
        .time(q -> q.event().createdAt())
        .integer(q -> q.event().body().length)
        .key(q -> q.event().type());
    sql.insert(INSERT_DELIVERIES, rows);
  }

  /** Reads a claimed row of the queue, joined with its event. */
  static ClaimedDelivery claimed(Row row) throws SQLException {
    DeliveryRef ref = new DeliveryRef(row.bigint("webhook"), row.uuid("id"));
    return claimed(ref, row, row.uuid("event"), row);
  }

  /** Reads a claimed row of the queue and its event. */
  static ClaimedDelivery claimed(DeliveryRef ref, Row queue, UUID event, Row eventRow)
      throws SQLException {
    return new ClaimedDelivery(
        new ClaimRef(ref, queue.integer("claim")),
        event,
        publicId(event, eventRow.keyOrNull("event_id")),
        queue.key("type"),
        queue.integer("attempt"),
        queue.time("created"),
        eventRow.bytes("body"),
        eventRow.textOrNull("trace_context"));
  }

  static String publicId(UUID event, @Nullable String givenId) {
    return givenId == null ? PublicId.EVENT.format(event) : givenId;
  }

  record Queued(NewDelivery delivery, NewEvent event) {
    DeliveryRef ref() {
      return delivery.ref();
    }
  }

  /** An event's generated id and the account that published it. */
  private record EventKey(String account, UUID id) {
    static EventKey of(NewEvent event) {
      return new EventKey(event.account(), event.id());
    }
  }

  /** An id that an account gave, or null. */
  private record GivenId(String account, @Nullable String text) {
    static GivenId of(NewEvent event) {
      return new GivenId(event.account(), event.givenId());
    }
  }

  private record FirstUse(EventKey id, @Nullable String givenId, EventReceipt receipt) {
    static FirstUse of(Row row) throws SQLException {
      byte[] stored = row.bytesOrNull("fingerprint");
      Fingerprint fingerprint = stored == null ? null : Fingerprint.fromBytes(stored);
      EventReceipt receipt = new EventReceipt(false, row.integer("deliveries"), fingerprint);
      EventKey id = new EventKey(row.key("account"), row.uuid("id"));
      return new FirstUse(id, row.keyOrNull("event_id"), receipt);
    }
  }
}
