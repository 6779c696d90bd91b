package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.UUID;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** H2 as hosts set it up, mostly to make it look like the database that they have in production. */
class JdbcH2ModesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "MODE=REGULAR",
        "MODE=LEGACY",
        "MODE=DB2",
        "MODE=HSQLDB",
        "MODE=MariaDB",
        "MODE=MySQL",
        "MODE=PostgreSQL",
        "DATABASE_TO_UPPER=FALSE",
        "DATABASE_TO_LOWER=TRUE",
        "DATABASE_TO_UPPER=FALSE;CASE_INSENSITIVE_IDENTIFIERS=TRUE",
        "MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH",
        "MODE=MySQL;DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE",
        "IGNORECASE=TRUE",
        "COLLATION=GERMAN STRENGTH PRIMARY",
        "DEFAULT_NULL_ORDERING=HIGH",
        "OLD_INFORMATION_SCHEMA=TRUE",
        "MODE=PostgreSQL;OLD_INFORMATION_SCHEMA=TRUE;DATABASE_TO_LOWER=TRUE",
      })
  void everything_works(String setup) throws SQLException {
    JdbcConnectionPool pool = pool(setup);
    try {
      HostRun.passesOn(pool);
    } finally {
      pool.dispose();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Derby", "MSSQLServer", "Oracle", "STRICT"})
  void mode_that_does_not_know_the_statements_is_refused_by_its_name(String mode) {
    JdbcConnectionPool pool = pool("MODE=" + mode);
    try {
      JdbcWebhookStore store = JdbcWebhookStore.on(pool);
      assertThatThrownBy(store::open)
          .isInstanceOf(IllegalStateException.class)
          .hasNoCause()
          .hasMessageStartingWith("webhooks cannot be stored in H2 ")
          .hasMessageContaining(" with MODE=" + mode);
    } finally {
      pool.dispose();
    }
  }

  private static JdbcConnectionPool pool(String setup) {
    return JdbcConnectionPool.create(
        "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;" + setup, "sa", "");
  }
}
