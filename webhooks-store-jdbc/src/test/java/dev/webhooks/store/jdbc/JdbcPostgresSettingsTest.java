package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * PostgreSQL as hosts and administrators set it up: encodings of databases, settings of sessions.
 */
class JdbcPostgresSettingsTest {
  @ParameterizedTest
  @ValueSource(strings = {"UTF8", "SQL_ASCII"})
  void everything_works_in_an_encoding_that_keeps_every_character(String encoding)
      throws SQLException {
    try (HikariDataSource pool = pool(database(encoding))) {
      HostRun.passesOn(pool);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"LATIN1", "LATIN9", "WIN1252", "EUC_JP", "KOI8R"})
  void any_other_encoding_is_refused_by_its_name(String encoding) throws SQLException {
    try (HikariDataSource pool = pool(database(encoding))) {
      JdbcWebhookStore store = JdbcWebhookStore.on(pool);
      assertThatThrownBy(store::open)
          .isInstanceOf(IllegalStateException.class)
          .hasNoCause()
          .hasMessageStartingWith("webhooks cannot be stored in PostgreSQL ")
          .hasMessageContaining(" with the encoding " + encoding + ", ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set transform_null_equals = on; set standard_conforming_strings = off",
        "set bytea_output = escape; set timezone = 'Asia/Kathmandu'",
        "set default_transaction_isolation = 'serializable'; set row_security = off",
      })
  void everything_works(String settings) throws SQLException {
    try (HikariDataSource pool =
        pool(TestPostgres.url(TestPostgres.port(), TestPostgres.schema()))) {
      pool.setConnectionInitSql(settings);
      HostRun.passesOn(pool);
    }
  }

  private static String database(String encoding) throws SQLException {
    String name = "in_" + encoding.toLowerCase(Locale.ROOT);
    try (Connection connection =
            DriverManager.getConnection(TestPostgres.url(TestPostgres.port(), "public"));
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name + " encoding '" + encoding
          + "' template template0 lc_collate 'C' lc_ctype 'C'");
    }
    return "jdbc:postgresql://localhost:" + TestPostgres.port() + "/" + name + "?user=postgres";
  }

  private static HikariDataSource pool(String url) {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(url);
    pool.setMaximumPoolSize(4);
    pool.setMinimumIdle(1);
    return pool;
  }
}
