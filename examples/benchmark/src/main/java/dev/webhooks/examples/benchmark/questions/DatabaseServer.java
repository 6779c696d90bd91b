package dev.webhooks.examples.benchmark.questions;

import dev.webhooks.examples.benchmark.chaos.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** Where the databases of a measurement are. */
interface DatabaseServer extends AutoCloseable {
  /** Returns {@code postgresql}, {@code mariadb} or {@code h2}. */
  String product();

  /** Creates an empty database and returns its JDBC URL. */
  String create(String name) throws SQLException;

  /** Lets what earlier runs left to do be done now rather than during the next. */
  void settle() throws SQLException;

  @Override
  void close() throws Exception;

  /**
   * Opens one.
   *
   * @param options name a JDBC URL or a product
   * @param directory where the files of a server of its own go
   */
  static DatabaseServer open(Options options, Path directory) throws Exception {
    if (!options.url().isEmpty()) {
      return new Given(options.url());
    }
    return options.product().equals("h2")
        ? new H2Files(directory)
        : new Embedded(TestDatabase.start(options.product(), directory));
  }

  /** A server out of a Maven artifact, as durable as in production. */
  final class Embedded implements DatabaseServer {
    private final TestDatabase server;
    private String settleUrl = "";

    private Embedded(TestDatabase server) {
      this.server = server;
    }

    @Override
    public String product() {
      return server.name();
    }

    @Override
    public String create(String name) throws SQLException {
      settleUrl = server.create(name);
      return settleUrl;
    }

    @Override
    public void settle() throws SQLException {
      if (server.name().equals("postgresql")) {
        try (Connection connection = DriverManager.getConnection(settleUrl);
            Statement statement = connection.createStatement()) {
          statement.execute("checkpoint");
        }
      }
    }

    @Override
    public void close() throws Exception {
      server.close();
    }
  }

  /**
   * Files of H2, each opened by one process; no acknowledged commit is lost when that is killed.
   */
  record H2Files(Path directory) implements DatabaseServer {
    @Override
    public String product() {
      return "h2";
    }

    @Override
    public String create(String name) {
      return "jdbc:h2:file:" + directory.resolve(name) + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE";
    }

    @Override
    public void settle() {}

    @Override
    public void close() {}
  }

  /** A database of the user's, used by all; its tables stay. */
  record Given(String url) implements DatabaseServer {
    @Override
    public String product() {
      return url.split(":")[1];
    }

    @Override
    public String create(String name) {
      return url;
    }

    @Override
    public void settle() {}

    @Override
    public void close() {}
  }
}
