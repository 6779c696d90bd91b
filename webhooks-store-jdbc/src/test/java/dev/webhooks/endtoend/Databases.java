package dev.webhooks.endtoend;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.store.jdbc.PostgresStart;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Real databases for end-to-end tests, with the durability of production. */
final class Databases {
  private Databases() {}

  static EmbeddedPostgres postgres() throws IOException {
    return PostgresStart.with(EmbeddedPostgres.builder()
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on"));
  }

  static String postgresUrl(EmbeddedPostgres server) {
    return postgresUrl(server.getPort());
  }

  static String postgresUrl(int port) {
    return "jdbc:postgresql://localhost:" + port + "/postgres?user=postgres";
  }

  static String h2Url(Path directory) {
    return "jdbc:h2:file:" + directory.resolve("host").toAbsolutePath();
  }

  static HikariDataSource pool(String url, int connections) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    if (url.startsWith("jdbc:h2")) {
      config.setUsername("sa");
      config.setPassword("");
    }
    config.setMaximumPoolSize(connections);
    return new HikariDataSource(config);
  }

  static void execute(HikariDataSource database, String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static long count(HikariDataSource database, String query) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /**
   * Returns all that is in the tables whose names begin with a prefix: every column of every row,
   * as text and, if it is bytes, also one character for each byte.
   */
  static String dump(HikariDataSource database, String prefix) throws SQLException {
    StringBuilder dump = new StringBuilder();
    try (Connection connection = database.getConnection()) {
      for (String table : tables(connection, prefix)) {
        dump(connection, table, dump);
      }
    }
    return dump.toString();
  }

  private static List<String> tables(Connection connection, String prefix) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (ResultSet rows = connection.getMetaData().getTables(null, null, "%", null)) {
      while (rows.next()) {
        // PostgreSQL lists indexes too, and types that have no type.
        boolean isTable = String.valueOf(rows.getString("TABLE_TYPE")).endsWith("TABLE");
        String name = rows.getString("TABLE_NAME");
        if (isTable && name.toLowerCase(Locale.ROOT).startsWith(prefix)) {
          tables.add(name);
        }
      }
    }
    return tables;
  }

  private static void dump(Connection connection, String table, StringBuilder dump)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select * from " + table)) {
      while (rows.next()) {
        for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
          Object value = rows.getObject(column);
          String text = value instanceof byte[] bytes
              ? new String(bytes, StandardCharsets.ISO_8859_1)
              : String.valueOf(value);
          dump.append(text).append('\n');
        }
      }
    }
  }
}
