package dev.webhooks.examples.restserver;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;

/** The databases of the tests. */
final class Postgres {
  private static final Duration STARTING = Duration.ofMinutes(1);
  private static final int TRIES = 3;

  private Postgres() {}

  /** Starts a server; on another port if somebody else has the free one a moment later. */
  static EmbeddedPostgres start() throws IOException {
    for (int i = 1; ; i++) {
      try {
        return EmbeddedPostgres.builder().setPGStartupWait(STARTING).start();
      } catch (IOException e) {
        if (i == TRIES) {
          throw e;
        }
      }
    }
  }

  static String url(EmbeddedPostgres server) {
    return "jdbc:postgresql://localhost:" + server.getPort() + "/postgres?user=postgres";
  }
}
