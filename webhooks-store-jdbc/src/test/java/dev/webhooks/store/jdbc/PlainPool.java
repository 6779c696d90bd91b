package dev.webhooks.store.jdbc;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import javax.sql.DataSource;

/**
 * A pool that never validates its connections and lends the one returned last first. Thread-safe.
 */
final class PlainPool implements AutoCloseable {
  private final String url;
  private final Deque<Connection> idle = new ArrayDeque<>();
  private final List<Connection> all = new ArrayList<>();

  PlainPool(String url) {
    this.url = url;
  }

  /** Makes so many connections idle and returns them; they are lent next. */
  synchronized List<Connection> idle(int connections) throws SQLException {
    while (idle.size() < connections) {
      idle.push(connect());
    }
    return List.copyOf(idle);
  }

  DataSource dataSource() {
    return Wrapped.dataSource(
        this::borrow,
        connection -> Wrapped.proxy(Connection.class, (method, arguments) -> {
          if (method.getName().equals("close")) {
            release(connection);
            return null;
          }
          return Wrapped.call(connection, method, arguments);
        }));
  }

  private synchronized Connection borrow() throws SQLException {
    return idle.isEmpty() ? connect() : idle.pop();
  }

  private synchronized Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection(url);
    all.add(connection);
    return connection;
  }

  private synchronized void release(Connection connection) throws SQLException {
    if (!connection.isClosed()) {
      idle.push(connection);
    }
  }

  @Override
  public synchronized void close() throws SQLException {
    for (Connection connection : all) {
      connection.close();
    }
  }
}
