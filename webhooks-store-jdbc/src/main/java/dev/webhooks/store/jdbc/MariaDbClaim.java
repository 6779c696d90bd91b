package dev.webhooks.store.jdbc;

import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.DeliveryRef;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * One claim: finds the webhooks with work, locks some rows of each, passing by what others have
 * locked, and takes them.
 */
final class MariaDbClaim {
  /**
   * Finds the webhooks with rows that nobody owns and when the first of them is due, by one look at
   * the index each. Asked for owner 0 alone, or where the outer condition could be moved inside,
   * the database would read all rows instead.
   */
  static final String CLAIMABLE_LANES = """
      select l.webhook from (
          select owner, webhook, min(due) as due from {queue} where owner <= 0
          group by owner, webhook) l
        straight_join {webhook} w on w.no = l.webhook
        left join {endpoint_health} h on h.webhook = w.no
      where l.owner + 0 = 0 and l.due <= ? and w.status = 'active' and w.deleted is null
        and h.suspended_until is null
      order by l.webhook""";

  static final String PICK = """
      (select webhook, id, size from {queue} force index ({queue}_claim)
       where owner = 0 and webhook = ? and due <= ? order by due limit ? for update skip locked)""";

  private static final String TAKEN = """
      select q.webhook, q.id, q.claim, q.event, q.attempt, q.created, q.type, e.event_id, e.body,
        e.trace_context
      from {x: webhook bigint, id uuid}
        straight_join {queue} q force index (primary) on q.webhook = x.webhook and q.id = x.id
        straight_join {event} e on e.id = q.event""";

  private final Sql sql;
  private final ClaimRequest request;
  private final List<DeliveryRef> picked = new ArrayList<>();
  private long bytes;
  private boolean tooLarge;

  MariaDbClaim(Sql sql, ClaimRequest request) {
    this.sql = sql;
    this.request = request;
  }

  List<ClaimedDelivery> take() throws SQLException {
    List<Long> lanes = claimableLanes();
    int from = 0;
    while (from < lanes.size() && !full()) {
      int to = from + lanesAtOnce(lanes.subList(from, lanes.size()));
      pick(lanes.subList(from, to));
      from = to;
    }
    if (picked.isEmpty()) {
      return List.of();
    }
    sql.update(MariaDbStatements.TAKE, JdbcDeliveryQueue.refs(picked), request.owner());
    return sql.list(TAKEN, JdbcEvents::claimed, JdbcDeliveryQueue.refs(picked));
  }

  /** Those behind the webhook served last come first. */
  private List<Long> claimableLanes() throws SQLException {
    List<Long> ahead = new ArrayList<>();
    List<Long> behind = new ArrayList<>();
    for (Long lane : sql.list(CLAIMABLE_LANES, row -> row.bigint("webhook"), request.now())) {
      if (request.limit(lane) > 0) {
        (lane > request.after() ? ahead : behind).add(lane);
      }
    }
    ahead.addAll(behind);
    return ahead;
  }

  private boolean full() {
    return tooLarge || picked.size() == request.total();
  }

  private int missing() {
    return request.total() - picked.size();
  }

  private int limit(long lane) {
    return Math.min(request.limit(lane), missing());
  }

  /** No more than are needed if each lane has enough rows: what is locked in vain hides. */
  private int lanesAtOnce(List<Long> lanes) {
    int most = Math.min(MariaDbStatements.LANES, lanes.size());
    int count = 0;
    for (int rows = 0; count < most && rows < missing(); count++) {
      rows += limit(lanes.get(count));
    }
    return count;
  }

  private void pick(List<Long> lanes) throws SQLException {
    List<Object> parameters = new ArrayList<>();
    lanes.forEach(lane -> parameters.addAll(List.of(lane, request.now(), limit(lane))));
    sql.list(MariaDbStatements.union(PICK, lanes.size()), this::add, parameters.toArray());
  }

  /** Adds a row if there is room, and returns whether there was. */
  private boolean add(Row row) throws SQLException {
    int size = row.integer("size");
    tooLarge = tooLarge || (!picked.isEmpty() && bytes + size > request.bytes());
    if (full()) {
      return false;
    }
    bytes += size;
    return picked.add(new DeliveryRef(row.bigint("webhook"), row.uuid("id")));
  }
}
