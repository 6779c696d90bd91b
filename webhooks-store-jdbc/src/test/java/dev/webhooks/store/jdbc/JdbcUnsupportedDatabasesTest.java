package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Databases that speak another one's protocol. None of them is there to be asked, so a real server
 * gives their documented answers: the statement that asks is replaced on its way.
 */
class JdbcUnsupportedDatabasesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "YugabyteDB | PostgreSQL 15.2-YB-2.25.0.0-b0 on x86_64-pc-linux-gnu, compiled by clang"
            + " version 17.0.6, 64-bit",
        "YugabyteDB | PostgreSQL 11.2-YB-2.20.1.0-b0 on x86_64-pc-linux-gnu, compiled by clang",
        "CockroachDB | CockroachDB CCL v23.1.11 (x86_64-pc-linux-gnu, built 2023/09/27 01:53:43,"
            + " go1.19.10)",
        "Amazon Redshift | PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2"
            + " 20041017 (Red Hat 3.4.2-6.fc3), Redshift 1.0.48805",
        "Greenplum | PostgreSQL 12.12 (Greenplum Database 7.0.0 build commit:bf073b87) on x86_64",
        "Apache Cloudberry | PostgreSQL 14.4 (Cloudberry Database 1.5.4 build 1) on x86_64",
        "QuestDB | PostgreSQL 12.3, compiled by Visual C++ build 1914, 64-bit, QuestDB",
        "RisingWave | PostgreSQL 13.14.0-RisingWave-2.0.0 (0f0e4d1)",
        "openGauss | PostgreSQL 9.2.4 (openGauss 2.0.0 build 78689da9) compiled at 2021-03-31",
        "CrateDB | CrateDB 5.9.3 (built ab12cd3, Linux 5.15 amd64, OpenJDK 64-Bit Server VM)",
        "Something 1.0 | Something 1.0",
      })
  void other_databases_with_postgresqls_protocol_are_refused_by_name(String name, String version) {
    assertRefused(
        postgres("version()", "'" + version + "'"),
        name,
        "which speaks the protocol of PostgreSQL but is another database");
  }

  @Test
  void a_database_without_ctid_is_refused() {
    assertRefused(
        postgres("select ctid", "select no_such_column"),
        "PostgreSQL ",
        "which speaks the protocol of PostgreSQL but is another database");
  }

  /** Aurora and AlloyDB say nothing of themselves, and are PostgreSQL above their storage. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "PostgreSQL 16.3 (Debian 16.3-1.pgdg120+1) on x86_64-pc-linux-gnu, compiled by gcc",
        "PostgreSQL 16.2 - Percona Distribution on x86_64-pc-linux-gnu, compiled by gcc",
        "PostgreSQL 17.4 (EnterpriseDB Advanced Server 17.4.0) on x86_64-pc-linux-gnu",
        "PostgreSQL 14.6 on x86_64-pc-linux-gnu, compiled by x86_64-pc-linux-gnu-gcc (GCC) 9.5.0",
        "PostgreSQL 17.0 on x86_64-windows, compiled by msvc-19.41.34123, 64-bit",
        "PostgreSQL 18beta1 on aarch64-unknown-linux-gnu, compiled by gcc, 64-bit",
      })
  void postgresql_is_opened(String version) {
    JdbcWebhookStore store = JdbcWebhookStore.on(postgres("version()", "'" + version + "'"));
    store.open();
    assertThat(store.describe()).startsWith("PostgreSQL ");
    store.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MySQL | 8.0.36 | MySQL Community Server - GPL",
        "MySQL | 8.0.28 | Source distribution",
        "TiDB | 8.0.11-TiDB-v7.5.0 | TiDB Server (Apache License 2.0) Community Edition",
        "SingleStore | 5.7.32 | SingleStoreDB source distribution (compatible; MySQL Enterprise)",
        "Percona Server for MySQL | 8.0.36-28 | Percona Server (GPL), Release 28, Revision 47601f1",
        "OceanBase | 5.7.25-OceanBase-v4.2.1.0 | OceanBase_CE 4.2.1.0",
        "Vitess | 8.0.30-Vitess | Version: 19.0.0",
      })
  void other_databases_with_mysqls_protocol_are_refused_by_name(
      String name, String version, String comment) {
    for (String option : new String[] {"", "&useMysqlMetadata=true"}) {
      DataSource database = rewriting(
          TestMariaDb.url() + option,
          "version()",
          "'" + version + "'",
          "@@version_comment",
          "'" + comment + "'",
          "/*M! + 1 */",
          "");
      assertRefused(
          database,
          name + " (" + version + ")",
          "supported are PostgreSQL 12 and later, MariaDB 10.6 and later");
    }
  }

  @Test
  void driver_that_takes_mariadb_for_mysql_is_refused_with_the_remedy() {
    assertRefused(
        rewriting(TestMariaDb.url() + "&useMysqlMetadata=true"),
        "a driver that takes MariaDB 11",
        "use MariaDB Connector/J, without its option useMysqlMetadata");
  }

  private static void assertRefused(DataSource database, String... parts) {
    JdbcWebhookStore store = JdbcWebhookStore.on(database);
    assertThatThrownBy(store::open)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("webhooks cannot be stored ")
        .hasMessageContainingAll(parts);
  }

  private static DataSource postgres(String... replacements) {
    return rewriting(TestPostgres.url(TestPostgres.port(), TestPostgres.schema()), replacements);
  }

  /** Returns connections that replace parts of plain statements: each old one, then the new one. */
  private static DataSource rewriting(String url, String... replacements) {
    return Wrapped.dataSource(
        () -> DriverManager.getConnection(url), connection -> rewriting(connection, replacements));
  }

  private static Connection rewriting(Connection real, String... replacements) {
    return Wrapped.proxy(Connection.class, (method, arguments) -> {
      Object result = Wrapped.call(real, method, arguments);
      return method.getName().equals("createStatement")
          ? rewriting((Statement) result, replacements)
          : result;
    });
  }

  private static Statement rewriting(Statement real, String... replacements) {
    return Wrapped.proxy(Statement.class, (method, arguments) -> {
      if (method.getName().equals("executeQuery")) {
        return real.executeQuery(replaced((String) arguments[0], replacements));
      }
      return Wrapped.call(real, method, arguments);
    });
  }

  private static String replaced(String sql, String... replacements) throws SQLException {
    String replaced = sql;
    for (int i = 0; i < replacements.length; i += 2) {
      replaced = replaced.replace(replacements[i], replacements[i + 1]);
    }
    return replaced;
  }
}
