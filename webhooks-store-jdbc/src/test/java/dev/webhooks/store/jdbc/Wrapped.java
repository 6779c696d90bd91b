package dev.webhooks.store.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** Puts something between the store and real connections. */
final class Wrapped {
  private Wrapped() {}

  /** Returns a data source whose connections are handed to {@code wrapper} first. */
  static DataSource dataSource(Source source, Wrapper wrapper) {
    return proxy(DataSource.class, (method, arguments) -> {
      if (!method.getName().equals("getConnection")) {
        throw new UnsupportedOperationException(method.getName());
      }
      return wrapper.wrap(source.connect());
    });
  }

  /** Returns a connection that asks {@code watcher} before each call. */
  static Connection watched(Connection connection, Watcher watcher) {
    return proxy(Connection.class, (method, arguments) -> {
      watcher.before(method.getName());
      return call(connection, method, arguments);
    });
  }

  /** Returns a connection that tells {@code watcher} of every statement that fails. */
  static Connection failing(Connection connection, Consumer<SQLException> watcher) {
    return proxy(Connection.class, (method, arguments) -> {
      Object result = call(connection, method, arguments);
      return result instanceof PreparedStatement statement ? failing(statement, watcher) : result;
    });
  }

  private static PreparedStatement failing(
      PreparedStatement statement, Consumer<SQLException> watcher) {
    return proxy(PreparedStatement.class, (method, arguments) -> {
      try {
        return call(statement, method, arguments);
      } catch (SQLException e) {
        watcher.accept(e);
        throw e;
      }
    });
  }

  static Object call(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  static <T> T proxy(Class<T> type, Handler handler) {
    return type.cast(Proxy.newProxyInstance(
        Wrapped.class.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> handler.handle(method, arguments)));
  }

  interface Handler {
    Object handle(Method method, Object[] arguments) throws Throwable;
  }

  interface Source {
    Connection connect() throws SQLException;
  }

  interface Wrapper {
    Connection wrap(Connection connection) throws SQLException;
  }

  interface Watcher {
    void before(String method) throws SQLException;
  }
}
