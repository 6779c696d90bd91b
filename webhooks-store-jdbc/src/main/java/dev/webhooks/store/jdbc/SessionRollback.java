package dev.webhooks.store.jdbc;

import dev.webhooks.spi.store.NewEvent;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Takes back what refused work has written in the host's transaction.
 *
 * <p>A savepoint is set before the first write, except for publishing: many savepoints in one
 * transaction slow all of PostgreSQL down, and events just inserted, which nobody else has seen or
 * could wait for, can as well be deleted again.
 */
final class SessionRollback {
  private final Sql sql;
  private final boolean host;
  private final List<NewEvent> inserted = new ArrayList<>();
  private @Nullable Savepoint savepoint;

  private SessionRollback(Sql sql, boolean host) {
    this.sql = sql;
    this.host = host;
  }

  /** For the host's transaction. */
  static SessionRollback inHostTransaction(Sql sql) {
    return new SessionRollback(sql, true);
  }

  /** For a transaction of the store, which is rolled back as a whole. */
  static SessionRollback inStoreTransaction(Sql sql) {
    return new SessionRollback(sql, false);
  }

  /** Does something that writes or locks. */
  <T> T write(SqlCallable<T> work) {
    return unchecked(() -> {
      if (host && savepoint == null) {
        savepoint = sql.connection.setSavepoint();
      }
      return work.call();
    });
  }

  /** Returns where publishing notes the events that it inserts. */
  List<NewEvent> inserted() {
    return savepoint == null ? inserted : new ArrayList<>();
  }

  /** Keeps what was written. */
  void release() {
    if (savepoint != null) {
      Savepoint set = savepoint;
      unchecked(() -> {
        sql.connection.releaseSavepoint(set);
        return true;
      });
    }
  }

  /**
   * Takes back what was written.
   *
   * @param cause why; a fault of taking back is added to it
   */
  void rollback(RuntimeException cause) {
    try {
      if (savepoint != null) {
        sql.connection.rollback(savepoint);
        sql.connection.releaseSavepoint(savepoint);
      }
      if (!inserted.isEmpty()) {
        JdbcEvents.remove(sql, inserted);
      }
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  /** Calls something with {@link SQLException}s wrapped. */
  static <T> T unchecked(SqlCallable<T> work) {
    try {
      return work.call();
    } catch (SQLException e) {
      throw new UncheckedSqlException(e);
    }
  }

  /** Like {@link Callable}, for statements. */
  @FunctionalInterface
  interface SqlCallable<T> {
    T call() throws SQLException;
  }
}
