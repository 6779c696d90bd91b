package dev.webhooks.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;

/** A transaction on a borrowed connection, whose former state is restored at the end. */
final class EngineTransaction implements AutoCloseable {
  private static final int NOT_SUPPORTED = -1;

  final Connection connection;
  private final Duration timeout;
  private final boolean autoCommit;
  private final boolean readOnly;
  private final int networkTimeout;
  private Dialect.Restore session = Dialect.Restore.NOTHING;
  private boolean broken;

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
    if (networkTimeout != NOT_SUPPORTED) {
      connection.setNetworkTimeout(Runnable::run, Math.toIntExact(timeout.toMillis()));
    }
    if (autoCommit) {
      connection.setAutoCommit(false);
    }
  }

  /**
   * Saves the connection's state and prepares a transaction; discards the connection if that fails.
   *
   * @param timeout the limit on the time of a statement
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
      return NOT_SUPPORTED;
    }
  }

  void begin(Sql sql, Dialect.Purpose purpose) throws SQLException {
    session = sql.dialect.begin(sql, purpose, timeout);
  }

  void commit() throws SQLException {
    connection.commit();
  }

  /** Rolls back and adds a fault of the rollback to its cause. */
  void rollback(Throwable cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  /** Marks the connection as broken, which pools do not always notice. */
  void discardConnection() {
    broken = true;
  }

  /**
   * Restores the connection after commit or rollback. Faults are not reported, since they change no
   * outcome.
   */
  @Override
  public void close() {
    if (broken) {
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
      if (networkTimeout != NOT_SUPPORTED) {
        connection.setNetworkTimeout(Runnable::run, networkTimeout);
      }
    } catch (SQLException e) {
      DataSourceConnections.discard(connection);
    }
  }
}
