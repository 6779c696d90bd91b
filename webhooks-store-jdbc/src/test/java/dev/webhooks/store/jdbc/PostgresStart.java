package dev.webhooks.store.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;

/** Starts PostgreSQL out of a Maven artifact, on a machine that may be busy. */
final class PostgresStart {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final int TRIES = 3;

  private PostgresStart() {}

  /**
   * Starts a server on a port that is free when it is chosen. Some seconds later, when the server
   * listens, another process may have it: then another one is chosen.
   */
  static EmbeddedPostgres with(EmbeddedPostgres.Builder settings) throws IOException {
    settings.setPGStartupWait(TIMEOUT);
    for (int i = 1; ; i++) {
      try {
        return settings.start();
      } catch (IOException e) {
        if (i == TRIES) {
          throw e;
        }
      }
    }
  }
}
