package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MariaDB as hosts and administrators set it up: the variables of sessions and of databases. */
class JdbcMariaDbSettingsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sql_mode='ANSI,TRADITIONAL'",
        "sql_mode='DB2,MAXDB,POSTGRESQL'",
        "sql_mode='MYSQL323,NO_AUTO_VALUE_ON_ZERO,PAD_CHAR_TO_FULL_LENGTH'",
        "sql_mode='EMPTY_STRING_IS_NULL,SIMULTANEOUS_ASSIGNMENT,NO_BACKSLASH_ESCAPES,"
            + "ONLY_FULL_GROUP_BY,TIME_ROUND_FRACTIONAL'",
        "sql_mode=''",
        "sql_safe_updates=1",
        "autocommit=0,sql_auto_is_null=1,unique_checks=0,big_tables=1",
        "group_concat_max_len=4,storage_engine=Aria,join_cache_level=8,innodb_lock_wait_timeout=0,"
            + "optimizer_switch='derived_merge=off,semijoin=off'",
      })
  void everything_works(String variables) throws SQLException {
    try (HikariDataSource pool = pool(TestMariaDb.url(), "set " + variables)) {
      HostRun.passesOn(pool);
    }
  }

  /** The tables say themselves what their columns hold. */
  @ParameterizedTest
  @ValueSource(strings = {"latin1", "utf8mb3", "utf8mb4 collate utf8mb4_german2_ci", "ucs2"})
  void everything_works_in_a_database_of_another_character_set(String set) throws SQLException {
    String database = TestMariaDb.database();
    TestMariaDb.withLockTimeout(database, "alter database " + database + " character set " + set);
    String url = TestMariaDb.url(TestMariaDb.port(), database);
    try (HikariDataSource pool = pool(url, null)) {
      HostRun.passesOn(pool);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sql_mode='ORACLE' | sql_mode=ORACLE",
        "completion_type=CHAIN | completion_type=CHAIN",
        "sql_select_limit=1000 | sql_select_limit",
        "max_join_size=1000000 | max_join_size",
        "character_set_connection=latin1 | the character sets utf8mb4,latin1",
        "collation_connection=utf8mb3_bin | the character sets utf8mb4,utf8mb3",
      })
  void session_in_which_statements_mean_something_else_is_refused_by_the_name_of_its_setting(
      String variables, String name) {
    try (HikariDataSource pool = pool(TestMariaDb.url(), "set " + variables)) {
      assertRefused(pool, name);
    }
  }

  private static void assertRefused(HikariDataSource pool, String name) {
    JdbcWebhookStore store = JdbcWebhookStore.on(pool);
    assertThatThrownBy(store::open)
        .isInstanceOf(IllegalStateException.class)
        .hasNoCause()
        .hasMessageStartingWith("webhooks cannot be stored in MariaDB ")
        .hasMessageContaining(" with " + name);
  }

  @Test
  void settings_of_a_session_are_restored_after_a_transaction() throws SQLException {
    try (HikariDataSource pool = pool(TestMariaDb.url(), "set sql_safe_updates=1")) {
      pool.setMaximumPoolSize(1);
      JdbcWebhookStore store = JdbcWebhookStore.on(pool);
      store.open();
      Samples.insertWebhook(store);

      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement();
          ResultSet row =
              statement.executeQuery("select @@sql_safe_updates, @webhooks_safe_updates")) {
        row.next();
        assertThat(row.getInt(1)).isEqualTo(1);
        assertThat(row.getString(2)).isNull();
      }
    }
  }

  /** InnoDB refuses every change at READ COMMITTED where changes are logged as statements. */
  @Test
  void binary_log_of_statements_is_refused_and_others_are_not() throws SQLException {
    try (MariaDbServer server = MariaDbServer.start("--log-bin", "--binlog-format=STATEMENT")) {
      String url = TestMariaDb.url(server.port(), "test");
      try (HikariDataSource pool = pool(url, null)) {
        assertRefused(pool, "binlog_format=STATEMENT");
      }
      for (String format : new String[] {"MIXED", "ROW"}) {
        try (HikariDataSource pool = pool(url, "set binlog_format=" + format)) {
          HostRun.passesOn(pool);
        }
      }
    }
  }

  private static HikariDataSource pool(String url, String initialization) {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(url);
    pool.setConnectionInitSql(initialization);
    pool.setMaximumPoolSize(4);
    pool.setMinimumIdle(1);
    return pool;
  }
}
