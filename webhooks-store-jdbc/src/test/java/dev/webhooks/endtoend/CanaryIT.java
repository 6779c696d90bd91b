package dev.webhooks.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.store.jdbc.PostgresServer;
import dev.webhooks.testing.canary.CanaryProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * That no secret is in any log line, exception, answer or text of a value with the real store and
 * the real transport, at the most talkative levels of theirs; and, with a key, in no column of any
 * table, neither before nor after the key is changed.
 */
class CanaryIT {
  @TempDir
  private Path directory;

  @Test
  void on_h2_no_secret_is_seen() throws Exception {
    noSecretIsSeen(Databases.h2Url(directory), "false");
  }

  @Test
  void on_postgresql_no_secret_is_seen_nor_found_in_the_tables() throws Exception {
    // It need not survive anything.
    try (PostgresServer server = PostgresServer.start()) {
      noSecretIsSeen(Databases.postgresUrl(server), "true");
    }
  }

  private void noSecretIsSeen(String url, String searchTables) throws Exception {
    CanaryProcess process = CanaryProcess.run(CanarySender.class, directory, url, searchTables);

    assertThat(process.controlsFound()).as("what is logged at TRACE is seen").isEqualTo(3);
    assertThat(process.output())
        .contains("requests received: ")
        .contains("a row was refused: ")
        .contains("okhttp3.internal")
        .contains("HikariPool")
        .contains("cannot be signed")
        .contains("cannot be encrypted anew")
        .doesNotContain("requests received: 0");
    assertThat(process.problems()).isEmpty();
    assertThat(process.leaks()).isEmpty();
  }
}
