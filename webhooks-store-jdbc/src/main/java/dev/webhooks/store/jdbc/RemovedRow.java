package dev.webhooks.store.jdbc;

import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row removed from the queue, with the columns for the log. */
record RemovedRow(
    long webhook,
    UUID id,
    UUID event,
    Instant created,
    int kind,
    @Nullable UUID retryOf,
    String type,
    int attempts,
    @Nullable Instant lastAt,
    @Nullable Integer lastMs,
    @Nullable Integer lastHttp) {
  static final String COLUMNS =
      "webhook, id, event, created, kind, retry_of, type, attempt, last_at, last_ms, last_http";

  static RemovedRow of(Row row) throws SQLException {
    return new RemovedRow(
        row.bigint("webhook"),
        row.uuid("id"),
        row.uuid("event"),
        row.time("created"),
        row.integer("kind"),
        row.uuidOrNull("retry_of"),
        row.key("type"),
        row.integer("attempt"),
        row.timeOrNull("last_at"),
        row.integerOrNull("last_ms"),
        row.integerOrNull("last_http"));
  }
}
