package dev.webhooks.store.jdbc;

import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.DeliveryRef;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A claim on MariaDB: it finds webhooks with due rows, locks some rows of each, and skips locked
 * ones.
 */
final class MariaDbClaim {
  /**
   * Finds the webhooks with unowned rows and the earliest due time of each, by one index lookup per
   * webhook. The form of the conditions keeps MariaDB from reading all rows.
   */
  static final String CLAIMABLE_WEBHOOKS = """
      select c.webhook from (
          select owner, webhook, min(due) as due from {queue} where owner <= 0
          group by owner, webhook) c
        straight_join {webhook} w on w.number = c.webhook
        left join {endpoint_health} h on h.webhook = w.number
      where c.owner + 0 = 0 and c.due <= ? and w.status = 'active' and w.deleted is null
        and h.suspended_until is null
      order by c.webhook""";

  static final String PICK = """
      (select webhook, id, size from {queue} force index ({queue}_claim)
       where owner = 0 and webhook = ? and due <= ? order by due limit ? for update skip locked)""";

  private static final String CLAIMED = """
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

  List<ClaimedDelivery> run() throws SQLException {
    List<Long> webhooks = claimableWebhooks();
    int from = 0;
    while (from < webhooks.size() && !full()) {
      int to = from + webhooksAtOnce(webhooks.subList(from, webhooks.size()));
      pick(webhooks.subList(from, to));
      from = to;
    }
    if (picked.isEmpty()) {
      return List.of();
    }
    sql.update(MariaDbStatements.CLAIM, JdbcDeliveryQueue.refs(picked), request.owner());
    return sql.list(CLAIMED, JdbcEvents::claimed, JdbcDeliveryQueue.refs(picked));
  }

  /** Returns the webhooks after the one served last, then the others. */
  private List<Long> claimableWebhooks() throws SQLException {
    List<Long> after = new ArrayList<>();
    List<Long> before = new ArrayList<>();
    for (Long webhook : sql.list(CLAIMABLE_WEBHOOKS, row -> row.bigint("webhook"), request.now())) {
      if (request.limit(webhook) > 0) {
        (webhook > request.after() ? after : before).add(webhook);
      }
    }
    after.addAll(before);
    return after;
  }

  private boolean full() {
    return tooLarge || picked.size() == request.total();
  }

  private int missing() {
    return request.total() - picked.size();
  }

  private int limit(long webhook) {
    return Math.min(request.limit(webhook), missing());
  }

  /**
   * Returns how many webhooks can fill the claim if each has enough rows: other claims skip the
   * rows locked here.
   */
  private int webhooksAtOnce(List<Long> webhooks) {
    int most = Math.min(MariaDbStatements.WEBHOOKS_PER_STATEMENT, webhooks.size());
    int count = 0;
    for (int rows = 0; count < most && rows < missing(); count++) {
      rows += limit(webhooks.get(count));
    }
    return count;
  }

  private void pick(List<Long> webhooks) throws SQLException {
    List<Object> parameters = new ArrayList<>();
    webhooks.forEach(webhook -> parameters.addAll(List.of(webhook, request.now(), limit(webhook))));
    sql.list(MariaDbStatements.union(PICK, webhooks.size()), this::add, parameters.toArray());
  }

  /** Adds a row if it fits, and returns whether it did. */
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
