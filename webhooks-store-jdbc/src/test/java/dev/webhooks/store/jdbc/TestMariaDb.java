package dev.webhooks.store.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.testing.Patience;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** One real MariaDB for all tests of this process; each takes a database of its own. */
public final class TestMariaDb {
  private static final MariaDbServer SERVER = start();
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private TestMariaDb() {}

  private static MariaDbServer start() {
    MariaDbServer server = MariaDbServer.start();
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    return server;
  }

  /** Returns the port that the server listens on. */
  static int port() {
    return SERVER.port();
  }

  /** Creates an empty database and returns its name. */
  static String database() {
    String database = "test_" + DATABASES.incrementAndGet();
    try (Connection connection = DriverManager.getConnection(url(port(), "test"));
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + database);
      return database;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Creates an empty database and returns where it is reached. */
  public static String url() {
    return url(port(), database());
  }

  /** Returns where a database is reached. */
  static String url(int port, String database) {
    return "jdbc:mariadb://localhost:" + port + "/" + database + "?user=root";
  }

  /**
   * Executes statements that wait as long as they must for locks that others hold; one that gives
   * up all the same says who held which.
   */
  static void withLockTimeout(String database, String... statements) {
    try (Connection connection = DriverManager.getConnection(url(port(), database));
        Statement statement = connection.createStatement()) {
      statement.execute("set innodb_lock_wait_timeout = " + Patience.SECONDS);
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("open transactions: " + openTransactions(), e);
    }
  }

  private static List<String> openTransactions() {
    String query = """
        select concat_ws(' ', trx_started, trx_state, p.id, p.db, p.command, p.info, trx_query)
        from information_schema.innodb_trx
        left join information_schema.processlist p on p.id = trx_mysql_thread_id""";
    List<String> transactions = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url(port(), "test"));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        transactions.add(rows.getString(1));
      }
    } catch (SQLException e) {
      transactions.add("not to be read: " + e.getMessage());
    }
    return transactions;
  }

  /** Opens a pool on a database. */
  static HikariDataSource pool(String database, int size) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url(port(), database));
    config.setMaximumPoolSize(size);
    return new HikariDataSource(config);
  }
}
