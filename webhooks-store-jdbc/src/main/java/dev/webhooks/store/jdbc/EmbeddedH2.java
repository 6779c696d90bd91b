package dev.webhooks.store.jdbc;

import java.nio.file.Path;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * An H2 database in a file of this process. It is a class of its own, since hosts may run without
 * H2.
 */
final class EmbeddedH2 implements AutoCloseable {
  private static final int CONNECTIONS = 8;
  private static final int LOGIN_TIMEOUT_SECONDS = 5;

  private final JdbcConnectionPool pool;

  private EmbeddedH2(JdbcConnectionPool pool) {
    this.pool = pool;
  }

  /** Returns a database that opens with its first connection. */
  static EmbeddedH2 in(Path file) {
    String path = file.toAbsolutePath().normalize().toString();
    if (path.indexOf(';') >= 0) {
      throw new IllegalArgumentException("the path of an H2 database must not have a semicolon");
    }
    JdbcConnectionPool pool = JdbcConnectionPool.create(
        "jdbc:h2:file:" + path + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE", "sa", "");
    pool.setMaxConnections(CONNECTIONS);
    pool.setLoginTimeout(LOGIN_TIMEOUT_SECONDS);
    return new EmbeddedH2(pool);
  }

  DataSource dataSource() {
    return pool;
  }

  @Override
  public void close() {
    pool.dispose();
  }
}
