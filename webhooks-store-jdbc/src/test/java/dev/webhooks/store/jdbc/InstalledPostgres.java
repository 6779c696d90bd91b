package dev.webhooks.store.jdbc;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A server of a PostgreSQL that is installed on this machine, with its data in a temporary
 * directory.
 *
 * <p>PostgreSQL refuses to run as root. Where root runs the tests, the server runs as the user
 * {@code postgres}, which the packages of Debian and others create.
 */
final class InstalledPostgres implements PostgresServer {
  private static final String USER = "postgres";
  private static final boolean ROOT = "root".equals(System.getProperty("user.name"));
  /** As long as a machine may take that does something else at the same time. */
  private static final String PATIENCE_SECONDS = "300";

  private final Path bin;
  private final Path directory;
  private final int port;

  private InstalledPostgres(Path bin, Path directory, int port) {
    this.bin = bin;
    this.directory = directory;
    this.port = port;
  }

  /**
   * Starts a server on a free port of this machine.
   *
   * @param bin the directory with {@code initdb} and {@code pg_ctl}
   * @throws IllegalStateException if there is none there, or no user that it may run as
   */
  static PostgresServer start(Path bin, Map<String, String> settings) {
    if (!Files.isExecutable(bin.resolve("initdb")) || !Files.isExecutable(bin.resolve("pg_ctl"))) {
      throw new IllegalStateException(
          "no initdb and pg_ctl in " + bin + ", where -D" + BIN + " says that PostgreSQL is");
    }
    try {
      InstalledPostgres server = new InstalledPostgres(bin, ownDirectory(), freePort());
      server.start(settings);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path ownDirectory() throws IOException {
    Path directory = Files.createTempDirectory("postgres");
    if (ROOT) {
      Files.setOwner(directory, unprivileged(directory));
    }
    return directory;
  }

  private static UserPrincipal unprivileged(Path directory) throws IOException {
    try {
      return directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER);
    } catch (UserPrincipalNotFoundException e) {
      throw new IllegalStateException(
          "PostgreSQL refuses to run as root, and there is no user " + USER
              + ": run the tests as another user",
          e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private void start(Map<String, String> settings) throws IOException {
    String data = data();
    run("initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync");
    StringBuilder options = new StringBuilder(
        "-c listen_addresses=localhost -c port=" + port + " -c unix_socket_directories=''");
    settings.forEach(
        (name, value) -> options.append(" -c ").append(name).append('=').append(value));
    String log = directory.resolve("log").toString();
    run(
        "pg_ctl",
        "start",
        "-w",
        "-t",
        PATIENCE_SECONDS,
        "-D",
        data,
        "-l",
        log,
        "-o",
        options.toString());
  }

  private String data() {
    return directory.resolve("data").toString();
  }

  /** Runs a program of PostgreSQL to its end. */
  private void run(String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    if (ROOT) {
      command.addAll(
          List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--init-groups", "--"));
    }
    command.add(bin.resolve(program).toString());
    command.addAll(Arrays.asList(arguments));
    File output = Files.createTempFile("postgres", ".out").toFile();
    try {
      Process process = new ProcessBuilder(command)
          .directory(directory.toFile())
          .redirectErrorStream(true)
          .redirectOutput(output)
          .start();
      if (process.waitFor() != 0) {
        throw new IllegalStateException(command + ": " + Files.readString(output.toPath()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      Files.delete(output.toPath());
    }
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void close() {
    try {
      run("pg_ctl", "stop", "-w", "-t", PATIENCE_SECONDS, "-m", "immediate", "-D", data());
      try (Stream<Path> files = Files.walk(directory)) {
        files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
