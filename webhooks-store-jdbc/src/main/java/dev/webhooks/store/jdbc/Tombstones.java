package dev.webhooks.store.jdbc;

import dev.webhooks.internal.time.Instants;
import dev.webhooks.spi.store.Retention;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Purges deleted webhooks. {@code purge_at} of a webhook says when to look at it next: at once, and
 * again when no transaction can have rows for it any more that are not committed.
 */
final class Tombstones {
  /** When to look again at a webhook that still has pending deliveries or locked rows. */
  private static final Duration POSTPONED = Duration.ofMinutes(1);

  static final String DUE = """
      select w.no, w.account, w.deleted from {webhook} w
      where w.purge_at <= ? order by w.purge_at limit 10""";

  static final String DELIVERIES = """
      select d.webhook, d.id from {delivery} d
      where d.webhook = ? order by d.webhook, d.id limit 1000""";

  private static final String REMOVE_DELIVERY =
      "delete from {delivery} where webhook = ? and id = ?";

  static final String ATTEMPTS = """
      select a.webhook, a.delivery, a.number from {attempt} a
      where a.webhook = ? order by a.webhook, a.delivery, a.number limit 1000""";

  private static final String REMOVE_ATTEMPT =
      "delete from {attempt} where webhook = ? and delivery = ? and number = ?";

  private static final String UNSUBSCRIBE =
      "delete from {subscription} where account = ? and webhook = ?";

  private static final List<String> REMAINS = List.of(
      "select 1 as one from {queue} where webhook = ? limit 1",
      "select 1 as one from {delivery} where webhook = ? limit 1",
      "select 1 as one from {attempt} where webhook = ? limit 1");

  private static final List<String> REMOVE_REST = List.of(
      "delete from {endpoint_health} where webhook = ?",
      "delete from {stat} where webhook = ?",
      "delete from {webhook} where no = ?");

  private static final String LOOK_AGAIN = "update {webhook} set purge_at = ? where no = ?";

  private final Sql sql;
  private final Instant now;

  Tombstones(Sql sql, Instant now) {
    this.sql = sql;
    this.now = now;
  }

  /** Purges the webhooks that are due, as far as the limit of a step goes. */
  boolean purge() throws SQLException {
    List<Tombstone> due = sql.list(DUE + sql.dialect.skipLocked("w"), Tombstone::of, now);
    int left = Retention.BATCH;
    for (Tombstone webhook : due) {
      left -= removeLog(webhook.number, left);
      if (left == 0) {
        return true;
      }
      sql.update(UNSUBSCRIBE, new Key(webhook.account), webhook.number);
      settle(webhook);
    }
    return !due.isEmpty();
  }

  /** Returns how many rows were found, at most as many as asked for. */
  private int removeLog(long webhook, int limit) throws SQLException {
    List<UUID> deliveries = first(
        limit, sql.list(DELIVERIES + sql.dialect.skipLocked("d"), row -> row.uuid("id"), webhook));
    RowRemoval.remove(sql, REMOVE_DELIVERY, deliveries, id -> new Object[] {webhook, id});
    List<AttemptKey> attempts = first(
        limit - deliveries.size(),
        sql.list(ATTEMPTS + sql.dialect.skipLocked("a"), AttemptKey::of, webhook));
    RowRemoval.remove(
        sql, REMOVE_ATTEMPT, attempts, a -> new Object[] {webhook, a.delivery, a.number});
    return deliveries.size() + attempts.size();
  }

  private static <T> List<T> first(int limit, List<T> rows) {
    return rows.subList(0, Math.min(limit, rows.size()));
  }

  private void settle(Tombstone webhook) throws SQLException {
    Instant end = webhook.deleted.plus(Retention.LATE_COMMITS);
    if (now.isBefore(end)) {
      sql.update(LOOK_AGAIN, end, webhook.number);
    } else if (hasRows(webhook.number)) {
      sql.update(LOOK_AGAIN, Instants.plus(now, POSTPONED), webhook.number);
    } else {
      for (String rest : REMOVE_REST) {
        sql.update(rest, webhook.number);
      }
    }
  }

  private boolean hasRows(long webhook) throws SQLException {
    for (String remains : REMAINS) {
      if (sql.first(remains, row -> true, webhook).isPresent()) {
        return true;
      }
    }
    return false;
  }

  private record Tombstone(long number, String account, Instant deleted) {
    static Tombstone of(Row row) throws SQLException {
      return new Tombstone(row.bigint("no"), row.key("account"), row.time("deleted"));
    }
  }

  private record AttemptKey(UUID delivery, int number) {
    static AttemptKey of(Row row) throws SQLException {
      return new AttemptKey(row.uuid("delivery"), row.integer("number"));
    }
  }
}
