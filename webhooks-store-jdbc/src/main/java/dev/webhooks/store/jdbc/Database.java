package dev.webhooks.store.jdbc;

import dev.webhooks.model.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs transactions of the engine on connections of the host's data source, one connection at a
 * time, and again when they lost against another one. Thread-safe.
 */
final class Database {
  private static final int TRIES = 6;
  private static final int TRIES_WITH_LOST_CONNECTIONS = 3;
  private static final long SHORTEST_PAUSE_NANOS = 2_000_000;

  final Dialect dialect;
  final String prefix;
  private final Borrower borrower;
  private final SqlTemplates templates;
  private final Duration timeout;

  Database(Borrower borrower, Dialect dialect, String prefix, Duration timeout) {
    this.borrower = borrower;
    this.dialect = dialect;
    this.prefix = prefix;
    this.timeout = timeout;
    this.templates = new SqlTemplates(prefix, dialect);
  }

  /** Returns statements on a connection, be it the host's. */
  Sql on(Connection connection) {
    return new Sql(connection, dialect, templates);
  }

  /**
   * Runs work in a transaction and commits it. It may be run more than once.
   *
   * @throws StoreUnavailableException if the database is away, too slow or was lost during commit
   * @throws StoreFaultException if the data or a statement is at fault
   */
  <T> T run(Dialect.Purpose purpose, Dialect.Work<T> work) {
    return run(purpose, timeout, work);
  }

  /** Runs work whose statements may take longer than usual. */
  <T> T run(Dialect.Purpose purpose, Duration timeout, Dialect.Work<T> work) {
    for (int attempt = 1; ; attempt++) {
      try {
        return once(purpose, timeout, work);
      } catch (SQLException e) {
        if (attempt >= triesFor(e)) {
          throw SqlErrors.notStored(e, dialect);
        }
        pause(attempt);
      }
    }
  }

  private int triesFor(SQLException fault) {
    return switch (SqlErrors.meaning(fault, dialect)) {
      case CONFLICT -> TRIES;
      case DISCONNECTED, LOCK_TIMEOUT -> TRIES_WITH_LOST_CONNECTIONS;
      case TOO_SLOW, AWAY, DUPLICATE, REFUSED -> 1;
    };
  }

  private <T> T once(Dialect.Purpose purpose, Duration timeout, Dialect.Work<T> work)
      throws SQLException {
    Connection connection = borrower.borrow();
    try (Lease lease = lease(connection, timeout)) {
      T result;
      try {
        Sql sql = on(connection);
        lease.begin(sql, purpose);
        result = work.run(sql);
      } catch (UncheckedSqlException e) {
        lease.rollback(e.fault());
        throw e.fault();
      } catch (SQLException | RuntimeException | Error e) {
        lease.rollback(e);
        throw e;
      }
      commit(lease);
      return result;
    }
  }

  private static Lease lease(Connection connection, Duration timeout) throws SQLException {
    try {
      return new Lease(connection, timeout);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private void commit(Lease lease) throws SQLException {
    try {
      lease.commit();
    } catch (SQLException e) {
      lease.rollback(e);
      if (SqlErrors.rolledBack(e, dialect)) {
        throw e;
      }
      throw new StoreUnavailableException(
          "the connection was lost during a commit, which may have been stored", true, e);
    }
  }

  private static void pause(int attempt) {
    long bound = SHORTEST_PAUSE_NANOS << attempt;
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(bound / 2, bound));
  }

  /** Sees to it that what is committed survives the end of this process. */
  void ensureDurable() {
    if (dialect.durabilityMayChange()) {
      runAlone(dialect::ensureDurable);
    }
  }

  /** Runs something on a connection in auto-commit mode, outside any transaction. */
  private void runAlone(ConnectionWork work) {
    Connection connection = borrower.borrow();
    try (connection) {
      boolean autoCommit = connection.getAutoCommit();
      if (!autoCommit) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      work.run(connection);
      if (!autoCommit) {
        connection.setAutoCommit(false);
      }
    } catch (SQLException e) {
      throw SqlErrors.notStored(e, dialect);
    }
  }

  /** Work outside any transaction. */
  @FunctionalInterface
  private interface ConnectionWork {
    void run(Connection connection) throws SQLException;
  }
}
