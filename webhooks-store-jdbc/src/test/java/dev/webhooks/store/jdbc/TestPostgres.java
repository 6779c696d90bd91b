package dev.webhooks.store.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** One real PostgreSQL for all tests of this process; each takes a schema of its own. */
final class TestPostgres {
  private static final EmbeddedPostgres SERVER = start();
  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  private TestPostgres() {}

  private static EmbeddedPostgres start() {
    try {
      EmbeddedPostgres server = EmbeddedPostgres.builder().start();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server)));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void stop(EmbeddedPostgres server) {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the port that the server listens on. */
  static int port() {
    return SERVER.getPort();
  }

  /** Creates an empty schema and returns its name. */
  static String schema() {
    String schema = "test_" + SCHEMAS.incrementAndGet();
    try (Connection connection = SERVER.getPostgresDatabase().getConnection();
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
  static HikariDataSource pool(EmbeddedPostgres server, String schema, int size) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url(server.getPort(), schema));
    config.setMaximumPoolSize(size);
    return new HikariDataSource(config);
  }
}
