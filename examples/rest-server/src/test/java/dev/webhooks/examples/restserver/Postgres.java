package dev.webhooks.examples.restserver;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/** Where a database of the tests is reached. */
final class Postgres {
  private Postgres() {}

  static String url(EmbeddedPostgres server) {
    return "jdbc:postgresql://localhost:" + server.getPort() + "/postgres?user=postgres";
  }
}
