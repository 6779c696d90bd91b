package dev.webhooks.examples.benchmark.peers;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * A pool that hands a thread the connection of its transaction while it has one, which is how
 * db-scheduler is made to take part in transactions.
 */
final class BoundDataSource implements DataSource {
  private static final ThreadLocal<Connection> BOUND = new ThreadLocal<>();
  private final DataSource pool;

  BoundDataSource(DataSource pool) {
    this.pool = pool;
  }

  /** Does something with a connection as the only one that this thread gets; nothing closes it. */
  void with(Connection connection, Runnable work) {
    BOUND.set(unclosable(connection));
    try {
      work.run();
    } finally {
      BOUND.remove();
    }
  }

  private static Connection unclosable(Connection connection) {
    return (Connection) Proxy.newProxyInstance(
        Connection.class.getClassLoader(),
        new Class<?>[] {Connection.class},
        (proxy, method, arguments) -> {
          if (method.getName().equals("close")) {
            return null;
          }
          try {
            return method.invoke(connection, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = BOUND.get();
    return connection == null ? pool.getConnection() : connection;
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return pool.getConnection(user, password);
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    return pool.getLogWriter();
  }

  @Override
  public void setLogWriter(PrintWriter writer) throws SQLException {
    pool.setLogWriter(writer);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    pool.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return pool.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getGlobal();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return pool.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return pool.isWrapperFor(type);
  }
}
