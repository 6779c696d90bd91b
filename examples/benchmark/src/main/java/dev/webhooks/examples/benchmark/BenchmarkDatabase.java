package dev.webhooks.examples.benchmark;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.examples.benchmark.process.TemporaryDirectory;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The database that a measurement runs on: a new and durable one of its own, gone when it is
 * closed, or one that is named by a JDBC URL.
 */
final class BenchmarkDatabase implements AutoCloseable {
  private final String product;
  private final HikariDataSource pool;
  private final AutoCloseable removal;

  private BenchmarkDatabase(String product, String url, int connections, AutoCloseable removal) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(connections);
    this.product = product;
    this.pool = new HikariDataSource(config);
    this.removal = removal;
  }

  /**
   * Opens a database.
   *
   * @param name {@code postgresql}, {@code h2} or a JDBC URL
   */
  static BenchmarkDatabase open(String name, int connections) throws IOException {
    if (name.startsWith("jdbc:")) {
      return new BenchmarkDatabase(name.split(":")[1], name, connections, () -> {});
    }
    if (name.equals("h2")) {
      Path directory = Files.createTempDirectory("webhooks-benchmark");
      String url = "jdbc:h2:file:" + directory.resolve("host");
      return new BenchmarkDatabase(
          name, url, connections, () -> TemporaryDirectory.delete(directory));
    }
    if (!name.equals("postgresql")) {
      throw new IllegalArgumentException(name + " is neither postgresql, h2 nor a JDBC URL");
    }
    EmbeddedPostgres server = EmbeddedPostgres.builder()
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setPGStartupWait(Duration.ofMinutes(3))
        .start();
    String url = "jdbc:postgresql://localhost:" + server.getPort()
        + "/postgres?user=postgres&reWriteBatchedInserts=true";
    return new BenchmarkDatabase(name, url, connections, server);
  }

  /** Returns {@code postgresql} or {@code h2}. */
  String product() {
    return product;
  }

  HikariDataSource pool() {
    return pool;
  }

  @Override
  public void close() throws Exception {
    pool.close();
    removal.close();
  }
}
