package dev.webhooks.store.jdbc;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** One real PostgreSQL for all tests of this process; each takes a schema of its own. */
final class TestPostgres {
  private static final PostgresServer SERVER = start();
  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  private TestPostgres() {}

  private static PostgresServer start() {
    PostgresServer server = PostgresServer.start();
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    return server;
  }

  /** Returns the port that the server listens on. */
  static int port() {
    return SERVER.port();
  }

  /** Creates an empty schema and returns its name. */
  static String schema() {
    String schema = "test_" + SCHEMAS.incrementAndGet();
    try (Connection connection = DriverManager.getConnection(url(port(), "public"));
        Statement statement = connection.createStatement()) {
      statement.execute("create schema " + schema);
      return schema;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns where a schema is reached. */
  static String url(int port, String schema) {
    return "jdbc:postgresql://localhost:" + port + "/postgres?user=postgres&currentSchema="
        + schema;
  }

  /** Opens a pool on a schema. */
  static HikariDataSource pool(String schema, int size) {
    return pool(SERVER, schema, size);
  }

  /** Opens a pool on a schema of another server. */
  static HikariDataSource pool(PostgresServer server, String schema, int size) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url(server.port(), schema));
    config.setMaximumPoolSize(size);
    return new HikariDataSource(config);
  }

  /**
   * Creates an empty database of its own, for what concerns all schemas, and opens a pool on it.
   */
  static HikariDataSource databasePool(int size) {
    String database = "database_" + SCHEMAS.incrementAndGet();
    try (Connection connection = DriverManager.getConnection(url(port(), "public"));
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + database);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:postgresql://localhost:" + port() + "/" + database + "?user=postgres");
    config.setMaximumPoolSize(size);
    return new HikariDataSource(config);
  }

  /** Leaves out a test of a setting that PostgreSQL has from version 17 on, on an older one. */
  static void assumeKnows(String setting) throws SQLException {
    if (setting.matches("(set )?transaction_timeout.*")) {
      try (Connection connection = DriverManager.getConnection(url(port(), "public"))) {
        int version = connection.getMetaData().getDatabaseMajorVersion();
        assumeTrue(version >= 17, "PostgreSQL " + version + " has no transaction_timeout");
      }
    }
  }
}
