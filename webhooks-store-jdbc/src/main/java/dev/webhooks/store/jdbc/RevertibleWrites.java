package dev.webhooks.store.jdbc;

import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.store.jdbc.UncheckedSqlException.SqlCallable;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The writes of one session, which are reverted if the session fails in the host's transaction.
 *
 * <p>A savepoint is set before the first write, but not for publishing: many savepoints in a
 * transaction slow all of PostgreSQL down. New events are deleted instead, since no other
 * transaction sees them.
 */
final class RevertibleWrites {
  private final Sql sql;
  private final boolean host;
  private final List<NewEvent> insertedEvents = new ArrayList<>();
  private @Nullable Savepoint savepoint;

  private RevertibleWrites(Sql sql, boolean host) {
    this.sql = sql;
    this.host = host;
  }

  static RevertibleWrites inHostTransaction(Sql sql) {
    return new RevertibleWrites(sql, true);
  }

  /** Sets no savepoint, since the store rolls its transaction back as a whole. */
  static RevertibleWrites inStoreTransaction(Sql sql) {
    return new RevertibleWrites(sql, false);
  }

  <T> T run(SqlCallable<T> work) {
    return UncheckedSqlException.wrapping(() -> {
      if (host && savepoint == null) {
        savepoint = sql.connection.setSavepoint();
      }
      return work.call();
    });
  }

  /** Returns the list to which publishing adds the events that it inserts. */
  List<NewEvent> insertedEvents() {
    return savepoint == null ? insertedEvents : new ArrayList<>();
  }

  void keep() {
    if (savepoint != null) {
      Savepoint set = savepoint;
      UncheckedSqlException.wrapping(() -> {
        sql.connection.releaseSavepoint(set);
        return true;
      });
    }
  }

  /**
   * Reverts the writes.
   *
   * @param cause the reason, to which a fault of the revert is added as suppressed
   */
  void revert(RuntimeException cause) {
    try {
      if (savepoint != null) {
        sql.connection.rollback(savepoint);
        sql.connection.releaseSavepoint(savepoint);
      }
      if (!insertedEvents.isEmpty()) {
        JdbcEvents.remove(sql, insertedEvents);
      }
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }
}
