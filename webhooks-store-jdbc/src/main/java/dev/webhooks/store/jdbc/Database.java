package dev.webhooks.store.jdbc;

import dev.webhooks.model.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * A runner of the engine's transactions, each on one borrowed connection. It repeats transactions
 * that lost against others. Thread-safe.
 */
final class Database {
  private static final int TRIES = 6;
  private static final int TRIES_WITHOUT_CONFLICT = 3;

  /** The maximum number of dead connections from the pool in one try. */
  private static final int MAX_DEAD = 20;

  private static final long SHORTEST_PAUSE_NANOS = 2_000_000;

  final Dialect dialect;
  final TableNames names;
  private final ConnectionSource pool;
  private final SqlTemplates templates;
  private final Duration timeout;

  /**
   * Creates a database.
   *
   * @param pool lends the connections of all transactions that name no other source
   */
  Database(ConnectionSource pool, Dialect dialect, TableNames names, Duration timeout) {
    this.pool = pool;
    this.dialect = dialect;
    this.names = names;
    this.timeout = timeout;
    this.templates = new SqlTemplates(names, dialect);
  }

  /** Creates a database whose tables are found by unqualified names. */
  Database(ConnectionSource pool, Dialect dialect, String prefix, Duration timeout) {
    this(pool, dialect, TableNames.unqualified(prefix), timeout);
  }

  /** Returns statements on a connection, which may be the host's. */
  Sql on(Connection connection) {
    return new Sql(connection, dialect, templates);
  }

  /**
   * Runs work in a transaction and commits it. The work may run more than once.
   *
   * @throws StoreUnavailableException if the database is away, too slow or was lost during commit
   * @throws StoreFaultException if the data or a statement is at fault
   */
  <T> T run(Dialect.Purpose purpose, Dialect.Work<T> work) {
    return run(purpose, timeout, work);
  }

  /** Runs work with another limit on the time of a statement. */
  <T> T run(Dialect.Purpose purpose, Duration timeout, Dialect.Work<T> work) {
    return retry(() -> once(pool, purpose, timeout, work));
  }

  /** Runs work on a connection of another source. */
  <T> T run(ConnectionSource source, Dialect.Purpose purpose, Dialect.Work<T> work) {
    return retry(() -> once(source, purpose, timeout, work));
  }

  private <T> T retry(Try<T> once) {
    for (int attempt = 1; ; attempt++) {
      try {
        return once.run();
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
      case DISCONNECTED, LOCK_TIMEOUT, OUTDATED -> TRIES_WITHOUT_CONFLICT;
      case TOO_SLOW, AWAY, READ_ONLY, NO_TABLE, FAILED_BEFORE, DUPLICATE, REFUSED -> 1;
    };
  }

  private <T> T once(
      ConnectionSource source, Dialect.Purpose purpose, Duration timeout, Dialect.Work<T> work)
      throws SQLException {
    EngineTransaction transaction = begin(source, purpose, timeout);
    boolean wentWell = false;
    try (transaction) {
      T result = execute(transaction, work);
      commit(transaction);
      wentWell = true;
      return result;
    } finally {
      source.release(transaction.connection, wentWell);
    }
  }

  /** Begins a transaction on the first connection that works, since pools lend dead ones too. */
  private EngineTransaction begin(
      ConnectionSource source, Dialect.Purpose purpose, Duration timeout) throws SQLException {
    for (int dead = 1; ; dead++) {
      Connection connection = source.borrow();
      boolean begun = false;
      try {
        EngineTransaction transaction = begin(connection, purpose, timeout);
        begun = true;
        return transaction;
      } catch (SQLException e) {
        if (!isDisconnected(e) || dead == MAX_DEAD) {
          throw e;
        }
      } finally {
        if (!begun) {
          source.release(connection, false);
        }
      }
    }
  }

  private EngineTransaction begin(Connection connection, Dialect.Purpose purpose, Duration timeout)
      throws SQLException {
    EngineTransaction transaction = EngineTransaction.on(connection, timeout);
    boolean begun = false;
    try {
      execute(transaction, sql -> {
        transaction.begin(sql, purpose);
        return purpose;
      });
      begun = true;
      return transaction;
    } finally {
      if (!begun) {
        transaction.close();
      }
    }
  }

  private <T> T execute(EngineTransaction transaction, Dialect.Work<T> work) throws SQLException {
    try {
      return work.run(on(transaction.connection));
    } catch (UncheckedSqlException e) {
      rollback(transaction, e.fault());
      throw e.fault();
    } catch (SQLException e) {
      rollback(transaction, e);
      throw e;
    } catch (RuntimeException | Error e) {
      transaction.rollback(e);
      throw e;
    }
  }

  private void rollback(EngineTransaction transaction, SQLException fault) {
    if (isDisconnected(fault)) {
      transaction.discardConnection();
    } else {
      transaction.rollback(fault);
    }
  }

  private void commit(EngineTransaction transaction) throws SQLException {
    try {
      transaction.commit();
    } catch (SQLException e) {
      rollback(transaction, e);
      if (SqlErrors.rolledBack(e, dialect)) {
        throw e;
      }
      throw new StoreUnavailableException(
          "the connection was lost during a commit, which may have been stored", true, e);
    }
  }

  private boolean isDisconnected(SQLException fault) {
    return SqlErrors.meaning(fault, dialect) == SqlErrors.Meaning.DISCONNECTED;
  }

  private static void pause(int attempt) {
    long bound = SHORTEST_PAUSE_NANOS << attempt;
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(bound / 2, bound));
  }

  /** Makes sure that committed data survives the end of this process. */
  void ensureDurable() {
    ensureDurable(pool);
  }

  void ensureDurable(ConnectionSource source) {
    if (dialect.durabilityMayChange()) {
      retry(() -> {
        ensureDurableOnce(source);
        return true;
      });
    }
  }

  /** Runs in auto-commit mode, outside any transaction. */
  private void ensureDurableOnce(ConnectionSource source) throws SQLException {
    Connection connection = source.borrow();
    boolean wentWell = false;
    try {
      boolean autoCommit = connection.getAutoCommit();
      if (!autoCommit) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      dialect.ensureDurable(connection);
      if (!autoCommit) {
        connection.setAutoCommit(false);
      }
      wentWell = true;
    } finally {
      source.release(connection, wentWell);
    }
  }

  @FunctionalInterface
  private interface Try<T> {
    T run() throws SQLException;
  }
}
