package dev.webhooks.store.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;

/** The log on H2. */
class JdbcH2PlanTest extends LogPlanContract {
  private final HikariDataSource pool = new HikariDataSource();

  @Override
  DataSource open() {
    pool.setJdbcUrl("jdbc:h2:mem:" + UUID.randomUUID());
    pool.setMaximumPoolSize(2);
    return pool;
  }

  @Override
  Dialect dialect() {
    return new H2Dialect(new ReentrantLock());
  }

  @AfterAll
  void closePool() {
    pool.close();
  }
}
