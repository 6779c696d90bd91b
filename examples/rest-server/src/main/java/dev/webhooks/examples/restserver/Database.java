package dev.webhooks.examples.restserver;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** The pool of connections to the database, be it H2, PostgreSQL or MariaDB. */
final class Database {
  private static final String H2 = "jdbc:h2:";
  private static final List<String> PREFIXES = List.of(H2, "jdbc:postgresql:", "jdbc:mariadb:");
  private static final int CONNECTIONS = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private Database() {}

  /** Returns the URL if there is a driver for it. */
  static String supported(String url) {
    if (PREFIXES.stream().noneMatch(url::startsWith)) {
      throw new IllegalArgumentException("must begin with " + String.join(" or ", PREFIXES));
    }
    return url;
  }

  /** Returns a pool; it connects when the first connection is taken. */
  static HikariDataSource pool(Configuration configuration) {
    HikariConfig pool = new HikariConfig();
    pool.setPoolName("database");
    pool.setJdbcUrl(url(configuration.databaseUrl()));
    if (!configuration.databaseUser().isEmpty()) {
      pool.setUsername(configuration.databaseUser());
    }
    if (!configuration.databasePassword().isEmpty()) {
      pool.setPassword(configuration.databasePassword());
    }
    pool.setMaximumPoolSize(CONNECTIONS);
    pool.setConnectionTimeout(PATIENCE.toMillis());
    pool.setInitializationFailTimeout(-1);
    return new HikariDataSource(pool);
  }

  /**
   * Says why there is no connection, without the driver's words, which may quote the URL and with
   * it a password.
   */
  static String reason(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        return meaning(sql.getSQLState()) + ", SQLSTATE " + sql.getSQLState();
      }
    }
    return "not reachable";
  }

  private static String meaning(String state) {
    if (state.startsWith("28")) {
      return "user or password refused";
    }
    // A code of H2's own.
    return state.equals("90020") ? "in use by another process" : "not reachable";
  }

  private static String url(String url) {
    // H2 would otherwise close itself when the process is asked to end, before the server is done.
    return url.startsWith(H2) && !url.contains("DB_CLOSE_ON_EXIT")
        ? url + ";DB_CLOSE_ON_EXIT=FALSE"
        : url;
  }
}
