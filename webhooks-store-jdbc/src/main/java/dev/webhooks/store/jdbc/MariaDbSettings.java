package dev.webhooks.store.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Optional;

/**
 * Settings of a MariaDB session under which statements fail or silently change. Settings that the
 * engine can replace are absent: it cannot replace those of a host's transaction.
 */
record MariaDbSettings(
    boolean binaryLog,
    String binaryLogFormat,
    String sqlMode,
    String completionType,
    boolean limitsRows,
    boolean limitsJoins,
    String characterSets) {
  private static final String QUERY = """
      select @@log_bin, @@binlog_format, @@sql_mode, @@completion_type, @@sql_select_limit < ~0,
        @@sql_big_selects = 0 and @@max_join_size < ~0,
        concat_ws(',', @@character_set_client, @@character_set_connection)""";

  private static final String FULL = "utf8mb4,utf8mb4";

  static MariaDbSettings of(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(QUERY)) {
      result.next();
      return new MariaDbSettings(
          result.getBoolean(1),
          result.getString(2),
          result.getString(3),
          result.getString(4),
          result.getBoolean(5),
          result.getBoolean(6),
          result.getString(7));
    }
  }

  /** Returns the first unsupported setting with its remedy; empty if there is none. */
  Optional<String> fault() {
    if (binaryLog && binaryLogFormat.equals("STATEMENT")) {
      // Every change fails with error 1665.
      return Optional.of("binlog_format=STATEMENT, which does not go with transactions at READ"
          + " COMMITTED: set binlog_format to MIXED or ROW");
    }
    if (Arrays.asList(sqlMode.split(",")).contains("ORACLE")) {
      return Optional.of("sql_mode=ORACLE, in which statements are read in another syntax: connect"
          + " with sessionVariables=sql_mode='…' in the URL, without ORACLE");
    }
    if (!completionType.equals("NO_CHAIN")) {
      return Optional.of("completion_type=" + completionType + ", by which a commit is more than"
          + " that: connect with sessionVariables=completion_type=NO_CHAIN in the URL");
    }
    if (limitsRows) {
      return Optional.of("sql_select_limit, which cuts results short, so that webhooks would go"
          + " without their events: connect with sessionVariables=sql_select_limit=DEFAULT in the"
          + " URL");
    }
    if (limitsJoins) {
      return Optional.of("max_join_size, which refuses queries for their estimated size: connect"
          + " with sessionVariables=sql_big_selects=1 in the URL");
    }
    if (!characterSets.equals(FULL)) {
      return Optional.of("the character sets " + characterSets + " for client and connection, in"
          + " which names become question marks: connect with utf8mb4, the driver's default");
    }
    return Optional.empty();
  }
}
