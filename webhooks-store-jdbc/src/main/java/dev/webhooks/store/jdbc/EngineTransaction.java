package dev.webhooks.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;

/** Prepares a borrowed connection for one transaction and leaves it exactly as it was found. */
final class EngineTransaction implements AutoCloseable {
  /** The driver does not know network time-outs. */
  private static final int NONE = -1;

  final Connection connection;
  private final Duration timeout;
  private final boolean autoCommit;
  private final boolean readOnly;
  private final int networkTimeout;
  private Dialect.Restore session = Dialect.Restore.NOTHING;
  private boolean lost;

  private EngineTransaction(Connection connection, Duration timeout) throws SQLException {
    this.connection = connection;
    this.timeout = timeout;
    autoCommit = connection.getAutoCommit();
    readOnly = connection.isReadOnly();
    networkTimeout = networkTimeout(connection);
    if (!autoCommit) {
      connection.rollback();
    }
    if (readOnly) {
      connection.setReadOnly(false);
    }
    if (networkTimeout != NONE) {
      connection.setNetworkTimeout(Runnable::run, Math.toIntExact(timeout.toMillis()));
    }
    if (autoCommit) {
      connection.setAutoCommit(false);
    }
  }

  /**
   * Takes note of the connection's state and prepares it for a transaction; if that fails, nobody
   * uses the connection again.
   *
   * @param timeout how long a statement may take
   */
  static EngineTransaction on(Connection connection, Duration timeout) throws SQLException {
    try {
      return new EngineTransaction(connection, timeout);
    } catch (SQLException e) {
      DataSourceConnections.discard(connection);
      throw e;
    }
  }

  private static int networkTimeout(Connection connection) throws SQLException {
    try {
      return connection.getNetworkTimeout();
    } catch (SQLFeatureNotSupportedException e) {
      return NONE;
    }
  }

  void begin(Sql sql, Dialect.Purpose purpose) throws SQLException {
    session = sql.dialect.begin(sql, purpose, timeout);
  }

  void commit() throws SQLException {
    connection.commit();
  }

  /** Rolls back; a fault of it is added to the one that led to it. */
  void rollback(Throwable cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  /** Sees to it that nobody uses the connection again, which pools do not always notice. */
  void discardConnection() {
    lost = true;
  }

  /** Ends after commit or rollback, so its own faults change nothing and are not reported. */
  @Override
  public void close() {
    if (lost) {
      DataSourceConnections.discard(connection);
      return;
    }
    try {
      session.run();
      if (autoCommit) {
        connection.setAutoCommit(true);
      } else {
        connection.rollback();
      }
      if (readOnly) {
        connection.setReadOnly(true);
      }
      if (networkTimeout != NONE) {
        connection.setNetworkTimeout(Runnable::run, networkTimeout);
      }
    } catch (SQLException e) {
      DataSourceConnections.discard(connection);
    }
  }
}
