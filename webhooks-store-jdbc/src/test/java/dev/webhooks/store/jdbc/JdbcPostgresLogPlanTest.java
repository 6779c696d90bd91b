package dev.webhooks.store.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;

/** The log on PostgreSQL, whose planner may or may not know what the tables hold. */
class JdbcPostgresLogPlanTest {
  abstract static class OnPostgres extends LogPlanContract {
    private final HikariDataSource pool = TestPostgres.pool(TestPostgres.schema(), 2);

    @Override
    DataSource open() {
      return pool;
    }

    @Override
    Dialect dialect() {
      return new PostgresDialect();
    }

    @AfterAll
    void closePool() {
      pool.close();
    }
  }

  @Nested
  class WithoutStatistics extends OnPostgres {}

  @Nested
  class WithStatistics extends OnPostgres {
    @Override
    void filled(DataSource database) {
      try (Connection connection = database.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("analyze");
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
