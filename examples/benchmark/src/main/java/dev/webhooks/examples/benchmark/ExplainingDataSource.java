package dev.webhooks.examples.benchmark;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * Hands out connections that, while it is asked to, have the database explain each statement on the
 * library's tables just before it runs: with the same parameters, in the same transaction, so under
 * the same settings. For one thread.
 */
final class ExplainingDataSource {
  private final DataSource real;
  private final boolean h2;
  private List<Plan> plans;

  ExplainingDataSource(DataSource real, boolean h2) {
    this.real = real;
    this.h2 = h2;
  }

  /** Returns the data source for the library. */
  DataSource dataSource() {
    return proxy(DataSource.class, (method, arguments) -> {
      Object result = call(real, method, arguments);
      return result instanceof Connection connection ? explaining(connection) : result;
    });
  }

  /** Runs something and returns the plans of its statements. */
  List<Plan> explain(Runnable work) {
    List<Plan> collected = new ArrayList<>();
    plans = collected;
    try {
      work.run();
    } finally {
      plans = null;
    }
    return collected;
  }

  private Connection explaining(Connection connection) {
    return proxy(Connection.class, (method, arguments) -> {
      Object result = call(connection, method, arguments);
      if (plans != null && result instanceof PreparedStatement statement) {
        String sql = (String) arguments[0];
        return sql.contains("webhooks_") ? explaining(connection, sql, statement) : result;
      }
      return result;
    });
  }

  private PreparedStatement explaining(
      Connection connection, String sql, PreparedStatement statement) {
    Map<Integer, Binding> bindings = new TreeMap<>();
    return proxy(PreparedStatement.class, (method, arguments) -> {
      if (method.getName().startsWith("set") && arguments.length > 1) {
        bindings.put((Integer) arguments[0], new Binding(method, arguments));
      } else if (method.getName().equals("executeQuery")
          || method.getName().equals("executeUpdate")) {
        plans.add(plan(connection, sql, bindings));
      }
      return call(statement, method, arguments);
    });
  }

  private Plan plan(Connection connection, String sql, Map<Integer, Binding> bindings)
      throws Throwable {
    boolean reads = sql.toLowerCase(Locale.ROOT).startsWith("select");
    String explain = h2
        ? reads ? "explain analyze " : "explain "
        : "explain (analyze, buffers, costs off, timing off, summary off) ";
    Savepoint before = reads ? null : connection.setSavepoint();
    List<String> lines = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(explain + sql)) {
      for (Binding binding : bindings.values()) {
        call(statement, binding.method, binding.arguments);
      }
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          lines.add(result.getString(1));
        }
      }
    }
    if (before != null) {
      connection.rollback(before);
    }
    return h2 ? Plan.ofH2(String.join("\n", lines)) : Plan.ofPostgres(lines);
  }

  private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static <T> T proxy(Class<T> type, Handler handler) {
    return type.cast(Proxy.newProxyInstance(
        ExplainingDataSource.class.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> handler.handle(method, arguments)));
  }

  private interface Handler {
    Object handle(Method method, Object[] arguments) throws Throwable;
  }

  private record Binding(Method method, Object[] arguments) {}
}
