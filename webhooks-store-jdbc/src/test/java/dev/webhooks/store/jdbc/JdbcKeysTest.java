package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Replication finds rows by their primary key: PostgreSQL refuses to delete from a published table
 * without one, and MariaDB's replicas look through all of it.
 */
class JdbcKeysTest {
  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void every_table_has_a_primary_key(String product) throws SQLException {
    try (HikariDataSource pool = empty(product);
        JdbcWebhookStore store = JdbcWebhookStore.on(pool)) {
      store.open();
      List<String> tables;
      List<String> without = new ArrayList<>();
      try (Connection connection = pool.getConnection()) {
        tables = tables(connection);
        for (String table : tables) {
          if (!hasPrimaryKey(connection, table)) {
            without.add(table);
          }
        }
      }

      assertThat(tables)
          .extracting(table -> table.toLowerCase(Locale.ROOT))
          .contains("webhooks_schema", "webhooks_queue", "webhooks_stat_delta");
      assertThat(without).isEmpty();
    }
  }

  private static HikariDataSource empty(String product) {
    if (product.equals("postgresql")) {
      return TestPostgres.pool(TestPostgres.schema(), 2);
    }
    if (product.equals("mariadb")) {
      return TestMariaDb.pool(TestMariaDb.database(), 2);
    }
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl("jdbc:h2:mem:" + UUID.randomUUID());
    pool.setMaximumPoolSize(2);
    return pool;
  }

  private static List<String> tables(Connection connection) throws SQLException {
    DatabaseMetaData catalogue = connection.getMetaData();
    List<String> tables = new ArrayList<>();
    try (ResultSet found =
        catalogue.getTables(connection.getCatalog(), connection.getSchema(), "%", null)) {
      while (found.next()) {
        if (found.getString("TABLE_TYPE").endsWith("TABLE")) {
          tables.add(found.getString("TABLE_NAME"));
        }
      }
    }
    return tables;
  }

  private static boolean hasPrimaryKey(Connection connection, String table) throws SQLException {
    DatabaseMetaData catalogue = connection.getMetaData();
    try (ResultSet key =
        catalogue.getPrimaryKeys(connection.getCatalog(), connection.getSchema(), table)) {
      return key.next();
    }
  }
}
