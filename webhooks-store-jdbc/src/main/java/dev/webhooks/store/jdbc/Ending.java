package dev.webhooks.store.jdbc;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.store.Holding;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Ends deliveries without a request: those of deleted webhooks vanish, the others are logged. */
final class Ending {
  private final Sql sql;
  private final long owner;
  private final Instant now;

  Ending(Sql sql, long owner, Instant now) {
    this.sql = sql;
    this.owner = owner;
    this.now = now;
  }

  /** Ends those rows that are still as they were seen, and returns how many. */
  int end(List<HotStatements.Doomed> doomed) throws SQLException {
    if (doomed.isEmpty()) {
      return 0;
    }
    List<Holding> holdings = doomed.stream().map(HotStatements.Doomed::holding).toList();
    List<Removed> removed = sql.dialect.hotStatements().remove(sql, owner, holdings);
    Map<UUID, HotStatements.UnsendableReason> reasons = new HashMap<>();
    doomed.forEach(d -> reasons.put(d.holding().ref().id(), d.reason()));
    List<LogTables.Finished> finished = removed.stream()
        .map(row -> finished(row, Objects.requireNonNull(reasons.get(row.id()))))
        .filter(Objects::nonNull)
        .toList();
    LogTables.insertFinished(sql, finished);
    StatisticsTables.appendGivenUp(
        sql,
        finished.stream()
            .map(LogTables.Finished::row)
            .filter(row -> row.kind() != TestTables.KIND)
            .map(Removed::webhook)
            .toList());
    return removed.size();
  }

  private LogTables.@Nullable Finished finished(
      Removed row, HotStatements.UnsendableReason reason) {
    DeliveryError error = reason.error();
    return error == null ? null : LogTables.Finished.givenUp(row, error, now);
  }
}
