package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A newer version adds columns to tables that an older one goes on using. */
class JdbcGrowingTablesTest {
  /** A star that stands for columns, not one that multiplies or counts. */
  private static final Pattern STAR =
      Pattern.compile("(?i)\\b(select|returning)( distinct| all)? +\\*|\\b[a-z]\\.\\*|, \\*[ ,\"]");

  private static String url(String product) {
    return switch (product) {
      case "h2" -> "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;USER=sa";
      case "mariadb" -> TestMariaDb.url() + "&useServerPrepStmts=true";
      // Every statement is prepared on the server at its first use.
      default ->
        TestPostgres.url(TestPostgres.port(), TestPostgres.schema()) + "&prepareThreshold=1";
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void statements_prepared_before_a_column_was_added_go_on(String product) throws SQLException {
    String url = url(product);
    List<String> faults = new ArrayList<>();
    try (PlainPool pool = new PlainPool(url);
        Connection newer = DriverManager.getConnection(url)) {
      JdbcWebhookStore store = JdbcWebhookStore.on(Wrapped.dataSource(
          pool.dataSource()::getConnection,
          connection -> Wrapped.failing(connection, fault -> faults.add(fault.getMessage()))));
      store.open();
      EveryOperation.of(store);
      EveryOperation.of(store);
      faults.clear();

      List<String> tables = tables(newer, product);
      for (String table : tables) {
        execute(newer, "alter table " + table + " add column added_later int");
      }
      EveryOperation.of(store);

      assertThat(tables).hasSize(14);
      assertThat(faults).isEmpty();
    }
  }

  private static List<String> tables(Connection connection, String product) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(
            "select table_name from information_schema.tables where table_schema = "
                + (product.equals("mariadb") ? "database()" : "current_schema"))) {
      while (result.next()) {
        tables.add(result.getString(1));
      }
    }
    return tables;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Named columns are what an older version knows; a star is also what a newer one has added. */
  @Test
  void no_statement_asks_for_all_columns() throws IOException {
    List<String> stars = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        for (String line : Files.readAllLines(file)) {
          if (STAR.matcher(line).find()) {
            stars.add(file.getFileName() + ": " + line.strip());
          }
        }
      }
    }

    assertThat(stars).isEmpty();
  }
}
