package dev.webhooks.examples.restserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.examples.restserver.Api.Answer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The database goes away under a running server. */
@ExtendWith(ServersErrors.class)
class OutageIT {
  @TempDir
  private Path directory;

  @Test
  void everything_says_so_and_the_server_still_ends_in_order() throws Exception {
    try (EmbeddedPostgres postgres = Postgres.start();
        RestServerProcess server = RestServerProcess.start(
            directory,
            Map.of("API_TOKENS", "token-a=acct_a", "DATABASE_URL", Postgres.url(postgres)))) {
      Api acme = Api.of(server, "token-a");
      acme.publish();
      postgres.close();

      CompletableFuture<Answer> read = acme.sendLater("GET", "/webhooks", null);
      CompletableFuture<Answer> publish = acme.sendLater("POST", "/events", Api.EVENT);
      Answer health = Api.anonymous(server, "GET", "/health");
      Answer published = publish.join();

      assertThat(read.join().refusal()).isEqualTo("503 STORE_UNAVAILABLE");
      assertThat(published.refusal()).isEqualTo("503 STORE_UNAVAILABLE");
      assertThat(published.text()).contains("nothing was changed").doesNotContain("jdbc");
      assertThat(health.expect(503).json().path("status").asText()).isEqualTo("down");
      assertThat(acme.get("/webhooks?page=0").refusal()).isEqualTo("400 INVALID_REQUEST");
      server.terminate();
      assertThat(server.exitCode()).isEqualTo(128 + 15);
    }
  }
}
