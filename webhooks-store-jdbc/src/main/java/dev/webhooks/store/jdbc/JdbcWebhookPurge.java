package dev.webhooks.store.jdbc;

import dev.webhooks.internal.time.Instants;
import dev.webhooks.spi.store.Retention;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The purge of deleted webhooks, which stay as tombstones until then. {@code purge_at} is the time
 * of the next attempt: at once, and again when no open transaction can add rows any more.
 */
final class JdbcWebhookPurge {
  /** The delay after an attempt that found pending deliveries or locked rows. */
  private static final Duration RETRY_AFTER = Duration.ofMinutes(1);

  static final String DUE = """
      select w.number, w.account, w.deleted from {webhook} w
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

  private static final List<String> REMAINING = List.of(
      "select 1 as one from {queue} where webhook = ? limit 1",
      "select 1 as one from {delivery} where webhook = ? limit 1",
      "select 1 as one from {attempt} where webhook = ? limit 1");

  private static final List<String> REMOVE_REST = List.of(
      "delete from {endpoint_health} where webhook = ?",
      "delete from {stat} where webhook = ?",
      "delete from {webhook} where number = ?");

  private static final String POSTPONE = "update {webhook} set purge_at = ? where number = ?";

  private final Sql sql;
  private final Instant now;

  JdbcWebhookPurge(Sql sql, Instant now) {
    this.sql = sql;
    this.now = now;
  }

  boolean purge() throws SQLException {
    List<DeletedWebhook> due = sql.list(DUE + sql.dialect.skipLocked("w"), DeletedWebhook::of, now);
    int left = Retention.BATCH;
    for (DeletedWebhook webhook : due) {
      left -= removeLog(webhook.number, left);
      if (left == 0) {
        return true;
      }
      sql.update(UNSUBSCRIBE, new Key(webhook.account), webhook.number);
      removeOrPostpone(webhook);
    }
    return !due.isEmpty();
  }

  /** Removes log rows and returns the number of rows found, up to the limit. */
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

  private void removeOrPostpone(DeletedWebhook webhook) throws SQLException {
    Instant end = webhook.deleted.plus(Retention.LATE_COMMITS);
    if (now.isBefore(end)) {
      sql.update(POSTPONE, end, webhook.number);
    } else if (hasRows(webhook.number)) {
      sql.update(POSTPONE, Instants.plus(now, RETRY_AFTER), webhook.number);
    } else {
      for (String rest : REMOVE_REST) {
        sql.update(rest, webhook.number);
      }
    }
  }

  private boolean hasRows(long webhook) throws SQLException {
    for (String remains : REMAINING) {
      if (sql.first(remains, row -> true, webhook).isPresent()) {
        return true;
      }
    }
    return false;
  }

  private record DeletedWebhook(long number, String account, Instant deleted) {
    static DeletedWebhook of(Row row) throws SQLException {
      return new DeletedWebhook(row.bigint("number"), row.key("account"), row.time("deleted"));
    }
  }

  private record AttemptKey(UUID delivery, int number) {
    static AttemptKey of(Row row) throws SQLException {
      return new AttemptKey(row.uuid("delivery"), row.integer("number"));
    }
  }
}
