package dev.webhooks.store.jdbc;

import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * Pending deliveries that wait for their next attempt. Rows are locked in the order of their ids.
 */
final class WaitingDeliveries {
  /** Reads the index in its order, so that due deliveries cost nothing. */
  static final String WAITING = """
      select id from {queue}%s
      where owner = 0 and webhook = ? and due > ? and attempt > 0 and created >= ? and created < ?
      order by owner, webhook, due limit\s""";

  /**
   * Also changes the claim number, on which {@link PostgresStatements} relies. {@code owner + 0}
   * keeps the planner from the other index.
   */
  static final String MAKE_DUE = """
      update {queue} set due = ?, claim = claim + 1
      where webhook = ? and id = ? and owner + 0 = 0 and attempt > 0 and due > ?""";

  private final Sql sql;

  WaitingDeliveries(Sql sql) {
    this.sql = sql;
  }

  List<UUID> find(long webhook, Instant from, Instant to, int limit) throws SQLException {
    // Literal, since H2 would reuse the limit of the statement's first run.
    String query = WAITING.formatted(sql.dialect.useIndex("{queue}_claim")) + limit;
    return sql.list(query, row -> row.uuid("id"), webhook, to, from, to);
  }

  int makeDue(long webhook, Collection<UUID> deliveries, Instant now) throws SQLException {
    List<UUID> inOrder = deliveries.stream().sorted().toList();
    return sql.locking(
            "a waiting delivery",
            s -> s.batch(MAKE_DUE, inOrder, id -> new Object[] {now, webhook, id, now}))
        .size();
  }
}
