package dev.webhooks.examples.benchmark.chaos;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;

/** PostgreSQL out of a Maven artifact, with fsync and synchronous_commit on. */
final class PostgresDatabase implements TestDatabase {
  private final Path data;
  private final Guardian guardian;
  private EmbeddedPostgres server;

  PostgresDatabase(Path directory) throws IOException {
    data = directory.resolve("postgresql");
    server = start(0);
    guardian = Guardian.over(pidFile());
  }

  private EmbeddedPostgres start(int port) throws IOException {
    EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setPGStartupWait(Duration.ofMinutes(3));
    return port == 0 ? builder.start() : builder.setPort(port).start();
  }

  private Path pidFile() {
    return data.resolve("postmaster.pid");
  }

  @Override
  public String name() {
    return "postgresql";
  }

  private String url(String database) {
    return "jdbc:postgresql://localhost:" + server.getPort() + "/" + database + "?user=postgres";
  }

  @Override
  public String create(String database) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url("postgres"));
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + database);
    }
    return url(database);
  }

  @Override
  public void kill() throws Exception {
    Processes.kill(Long.parseLong(Files.readAllLines(pidFile()).get(0)));
  }

  @Override
  public void restart() throws Exception {
    int port = server.getPort();
    server.close(); // There is nothing left to stop; it gives up its lock on the directory.
    server = start(port);
  }

  @Override
  public String uuid(long millis, String number) {
    String time = String.format(Locale.ROOT, "%012x", millis);
    return "('" + time + "70008000' || lpad(to_hex(" + number + "), 12, '0'))::uuid";
  }

  @Override
  public String bytes(String hex) {
    return "decode('" + hex + "', 'hex')";
  }

  @Override
  public String daysAgo(int days) {
    return "now() - interval '" + days + " days'";
  }

  @Override
  public String numbers(long first, long last) {
    return "generate_series(" + first + ", " + last + ") as series(n)";
  }

  @Override
  public String analyze(String table) {
    return "analyze " + table;
  }

  @Override
  public void close() throws IOException {
    server.close();
    guardian.close();
  }
}
