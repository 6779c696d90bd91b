package dev.webhooks.examples.springboot.demo;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * PostgreSQL out of a Maven artifact. Its data stay in their directory; a server that a killed
 * process has left running there is used on.
 */
final class PostgresServer implements AutoCloseable {
  private static final String PID_FILE = "postmaster.pid";
  private static final int PORT_LINE = 3;
  private static final Duration STARTING = Duration.ofMinutes(3);
  private static final long STOPPING_SECONDS = 60;

  /** Ends a server. */
  private interface Stop {
    void now() throws IOException;
  }

  private final String url;
  private final Stop stop;

  private PostgresServer(String url, Stop stop) {
    this.url = url;
    this.stop = stop;
  }

  /** Starts a server, or finds the one that is running. */
  static PostgresServer in(Path data) throws IOException {
    Optional<PostgresServer> running = running(data);
    return running.isPresent() ? running.get() : start(data);
  }

  String url() {
    return url;
  }

  private static PostgresServer start(Path data) throws IOException {
    Files.createDirectories(data.toAbsolutePath().getParent());
    EmbeddedPostgres server = EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        // Or else it would end at the same time as the shop, which still has outcomes to write.
        .setRegisterShutdownHook(false)
        .setServerConfig("fsync", "on")
        .setServerConfig("full_page_writes", "on")
        .setServerConfig("synchronous_commit", "on")
        .setPGStartupWait(STARTING)
        .start();
    return new PostgresServer(url(server.getPort()), server::close);
  }

  /** Returns the server that is running, or empty if there is none. */
  static Optional<PostgresServer> running(Path data) throws IOException {
    Path file = data.resolve(PID_FILE);
    List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
    if (lines.size() <= PORT_LINE) {
      return Optional.empty();
    }
    String url = url(Integer.parseInt(lines.get(PORT_LINE)));
    long process = Long.parseLong(lines.get(0));
    return keeps(url, data)
        ? Optional.of(new PostgresServer(url, () -> end(process)))
        : Optional.empty();
  }

  /** A file of a server that is no more may name the port of another one. */
  private static boolean keeps(String url, Path data) throws IOException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("show data_directory")) {
      return row.next() && Files.isSameFile(Path.of(row.getString(1)), data);
    } catch (SQLException e) {
      return false;
    }
  }

  private static void end(long process) throws IOException {
    Optional<ProcessHandle> server = ProcessHandle.of(process);
    server.ifPresent(ProcessHandle::destroy);
    try {
      if (server.isPresent()) {
        server.get().onExit().get(STOPPING_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("PostgreSQL does not end", e);
    }
  }

  private static String url(int port) {
    return "jdbc:postgresql://localhost:" + port + "/postgres?user=postgres";
  }

  @Override
  public void close() throws IOException {
    stop.now();
  }
}
