package dev.webhooks.store.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The way in which a database ran one statement.
 *
 * @param text the plan as the database tells it
 * @param scanned the library's tables that it read without an index
 * @param rows how many rows it read from tables and indexes, those thrown away included
 */
record Plan(String text, Set<String> scanned, long rows) {
  private static final Pattern POSTGRES_SCAN =
      Pattern.compile("(Seq|Index|Only|Heap) Scan.* on (\\w+).*actual rows=([\\d.]+) loops=(\\d+)");
  private static final Pattern POSTGRES_LOOPS = Pattern.compile("loops=(\\d+)\\)");
  private static final Pattern POSTGRES_REMOVED =
      Pattern.compile("Rows Removed by (?:Filter|Index Recheck): (\\d+)");
  private static final Pattern H2_ACCESS =
      Pattern.compile("/\\* PUBLIC\\.(\\w+)(\\.tableScan)?[:\\s]|scanCount: (\\d+)");

  /**
   * Returns a connection on which each query of the library's tables is explained before it runs,
   * with its parameters and in its transaction.
   *
   * @param plans where the plans go
   */
  static Connection explaining(Connection connection, boolean h2, List<Plan> plans) {
    return Wrapped.proxy(Connection.class, (method, arguments) -> {
      Object result = Wrapped.call(connection, method, arguments);
      if (method.getName().equals("prepareStatement")
          && ((String) arguments[0]).contains("webhooks_")) {
        return explaining(connection, (String) arguments[0], (PreparedStatement) result, h2, plans);
      }
      return result;
    });
  }

  private static PreparedStatement explaining(
      Connection connection, String sql, PreparedStatement real, boolean h2, List<Plan> plans) {
    TreeMap<Integer, Object> parameters = new TreeMap<>();
    return Wrapped.proxy(PreparedStatement.class, (method, arguments) -> {
      if (method.getName().equals("setObject") || method.getName().equals("setArray")) {
        parameters.put((Integer) arguments[0], arguments[1]);
      } else if (method.getName().equals("executeQuery")) {
        List<Object> bound = List.copyOf(parameters.values());
        plans.add(h2 ? ofH2(connection, sql, bound) : ofPostgres(connection, sql, bound));
      }
      return Wrapped.call(real, method, arguments);
    });
  }

  private static Plan ofPostgres(Connection connection, String sql, List<Object> parameters)
      throws SQLException {
    List<String> lines =
        explain(connection, "explain (analyze, costs off, timing off) " + sql, parameters);
    Set<String> scanned = new TreeSet<>();
    double rows = 0;
    long loops = 1;
    for (String line : lines) {
      Matcher scan = POSTGRES_SCAN.matcher(line);
      if (scan.find()) {
        rows += Double.parseDouble(scan.group(3)) * Long.parseLong(scan.group(4));
        if (scan.group(1).equals("Seq")) {
          scanned.add(scan.group(2));
        }
      }
      Matcher node = POSTGRES_LOOPS.matcher(line);
      loops = node.find() ? Long.parseLong(node.group(1)) : loops;
      Matcher removed = POSTGRES_REMOVED.matcher(line);
      rows += removed.find() ? (double) Long.parseLong(removed.group(1)) * loops : 0;
    }
    return new Plan(String.join("\n", lines), scanned, Math.round(rows));
  }

  private static Plan ofH2(Connection connection, String sql, List<Object> parameters)
      throws SQLException {
    String text = explain(connection, "explain analyze " + sql, parameters).get(0);
    Set<String> scanned = new TreeSet<>();
    long rows = 0;
    // What follows a table's index is how many rows of the table were read; parts of the query
    // have a number, too.
    boolean ofTable = false;
    for (MatchResult part : H2_ACCESS.matcher(text).results().toList()) {
      if (part.group(1) != null) {
        ofTable = true;
        if (part.group(2) != null) {
          scanned.add(part.group(1));
        }
      } else {
        rows += ofTable ? Long.parseLong(part.group(3)) : 0;
        ofTable = false;
      }
    }
    return new Plan(text, scanned, rows);
  }

  private static List<String> explain(Connection connection, String sql, List<Object> parameters)
      throws SQLException {
    List<String> lines = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.size(); i++) {
        statement.setObject(i + 1, parameters.get(i));
      }
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          lines.add(result.getString(1));
        }
      }
    }
    return lines;
  }
}
