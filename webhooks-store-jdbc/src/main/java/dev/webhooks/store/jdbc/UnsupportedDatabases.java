package dev.webhooks.store.jdbc;

import static java.util.Map.entry;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Databases that use the drivers of PostgreSQL and MariaDB but are not supported. Without this
 * check they would fail at the first unknown statement or, worse, give it another meaning.
 */
final class UnsupportedDatabases {
  /** Words in {@code version()} of databases with PostgreSQL's protocol. */
  private static final List<Map.Entry<String, String>> LIKE_POSTGRESQL = List.of(
      entry("-yb-", "YugabyteDB"),
      entry("cockroachdb", "CockroachDB"),
      entry("redshift", "Amazon Redshift"),
      entry("greenplum", "Greenplum"),
      entry("cloudberry", "Apache Cloudberry"),
      entry("materialize", "Materialize"),
      entry("risingwave", "RisingWave"),
      entry("questdb", "QuestDB"),
      entry("cratedb", "CrateDB"),
      entry("opengauss", "openGauss"),
      entry("gaussdb", "GaussDB"),
      entry("kingbase", "KingbaseES"),
      entry("hologres", "Hologres"),
      entry("using h2", "H2's server for PostgreSQL's clients"));

  /** Words in {@code version()} or its comment, of databases with MySQL's protocol. */
  private static final List<Map.Entry<String, String>> LIKE_MYSQL = List.of(
      entry("tidb", "TiDB"),
      entry("singlestore", "SingleStore"),
      entry("memsql", "SingleStore"),
      entry("oceanbase", "OceanBase"),
      entry("vitess", "Vitess"),
      entry("planetscale", "PlanetScale"),
      entry("dolt", "Dolt"),
      entry("starrocks", "StarRocks"),
      entry("doris", "Apache Doris"),
      entry("percona", "Percona Server for MySQL"));

  /** Classes of SQL states that do not depend on the statement: connection, resources, shutdown. */
  private static final Set<String> AWAY = Set.of("08", "40", "53", "57", "58");

  private UnsupportedDatabases() {}

  /**
   * Refuses a database that its driver takes for another one.
   *
   * @throws IllegalStateException if it is another one, naming it
   */
  static void refuse(Connection connection) throws SQLException {
    switch (connection.getMetaData().getDatabaseProductName()) {
      case "PostgreSQL" -> refuseUnlessPostgres(connection);
      case "MariaDB", "MySQL" -> refuseUnlessMariaDb(connection);
      default -> {}
    }
  }

  private static void refuseUnlessPostgres(Connection connection) throws SQLException {
    String version = version(connection, "PostgreSQL");
    String name = named(version, LIKE_POSTGRESQL, "");
    if (!name.isEmpty() || !version.startsWith("PostgreSQL ")) {
      throw otherThan("PostgreSQL", name, version);
    }
    try {
      // Claims need ctid, which few other databases have.
      text(connection, "select ctid from pg_catalog.pg_class limit 1");
    } catch (SQLException e) {
      if (isUnknown(e)) {
        throw otherThan("PostgreSQL", "", version);
      }
      throw e;
    }
  }

  private static void refuseUnlessMariaDb(Connection connection) throws SQLException {
    String version = version(connection, "MySQL");
    // Other databases read it as a comment.
    if (!text(connection, "select 1 /*M! + 1 */").equals("2")) {
      throw otherThan("MySQL", named(version + comment(connection), LIKE_MYSQL, "MySQL"), version);
    }
    String product = connection.getMetaData().getDatabaseProductName();
    if (!product.equals("MariaDB")) {
      throw new IllegalStateException(
          "webhooks cannot be stored through a driver that takes MariaDB "
              + version + " for " + product
              + ": use MariaDB Connector/J, without its option useMysqlMetadata");
    }
  }

  private static String version(Connection connection, String protocol) throws SQLException {
    try {
      return text(connection, "select version()");
    } catch (SQLException e) {
      if (isUnknown(e)) {
        DatabaseMetaData driver = connection.getMetaData();
        String version = driver.getDatabaseProductName() + " " + driver.getDatabaseProductVersion();
        throw otherThan(protocol, "", version);
      }
      throw e;
    }
  }

  private static String comment(Connection connection) throws SQLException {
    try {
      return text(connection, "select @@version_comment");
    } catch (SQLException e) {
      if (isUnknown(e)) {
        return "";
      }
      throw e;
    }
  }

  private static String named(
      String version, List<Map.Entry<String, String>> names, String otherwise) {
    String lower = version.toLowerCase(Locale.ROOT);
    return names.stream()
        .filter(mark -> lower.contains(mark.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(otherwise);
  }

  private static IllegalStateException otherThan(String protocol, String name, String version) {
    String database = name.isEmpty() ? version : name + " (" + version + ")";
    String reason = name.equals(protocol)
        ? ""
        : ", which speaks the protocol of " + protocol + " but is another database";
    return new IllegalStateException(
        "webhooks cannot be stored in " + database + reason + "; " + Dialect.SUPPORTED);
  }

  /** Returns whether an available database refused a statement for its content. */
  private static boolean isUnknown(SQLException fault) {
    String state = fault.getSQLState();
    return state != null && state.length() == 5 && !AWAY.contains(state.substring(0, 2));
  }

  private static String text(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      return result.next() ? String.valueOf(result.getString(1)) : "";
    }
  }
}
