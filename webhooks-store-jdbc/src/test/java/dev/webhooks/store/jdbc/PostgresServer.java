package dev.webhooks.store.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A real PostgreSQL for tests: the one of the Maven repository, or with {@code -Dpostgres.bin=…}
 * the one whose programs are in that directory, such as {@code /usr/lib/postgresql/15/bin}. Only
 * the latter may have the JIT compiler, which is on by default.
 */
public interface PostgresServer extends AutoCloseable {
  /** The system property that names a directory with {@code initdb} and {@code pg_ctl}. */
  String BIN = "postgres.bin";

  /** Starts a server on a free port; a commit may be lost with the machine. */
  static PostgresServer start() {
    return start(Map.of());
  }

  /** Starts a server on a free port, every commit of which reaches the disk. */
  static PostgresServer durable() {
    return start(Map.of("fsync", "on", "synchronous_commit", "on"));
  }

  /** Starts a server on a free port, with further settings; see {@link #start()}. */
  static PostgresServer start(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(Map.of(
        "timezone", "UTC", "synchronous_commit", "off", "max_connections", "300", "jit", "on"));
    all.putAll(settings);
    String bin = System.getProperty(BIN);
    return bin == null ? embedded(all) : InstalledPostgres.start(Path.of(bin), all);
  }

  private static PostgresServer embedded(Map<String, String> settings) {
    EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder();
    settings.forEach(builder::setServerConfig);
    try {
      return new Embedded(PostgresStart.with(builder));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the port that the server listens on. */
  int port();

  /** Stops the server and deletes its data. */
  @Override
  void close();

  /** The server of the Maven repository. */
  record Embedded(EmbeddedPostgres server) implements PostgresServer {
    @Override
    public int port() {
      return server.getPort();
    }

    @Override
    public void close() {
      try {
        server.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
