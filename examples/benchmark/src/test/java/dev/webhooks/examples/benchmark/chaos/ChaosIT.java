package dev.webhooks.examples.benchmark.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes are killed, frozen and replaced under load, and every promise is checked. */
class ChaosIT {
  @TempDir
  private Path results;

  @Test
  void on_postgresql_nothing_is_lost_and_only_what_was_in_flight_is_repeated() throws Exception {
    assertThat(Chaos.brokenPromisesInShort("postgresql", results)).isEmpty();
    assertThat(results.resolve("chaos-kill-postgresql.svg"))
        .content()
        .contains("dashed: kill × 2", "Over the run");
    assertThat(results.resolve("chaos-rolling-postgresql.txt")).isNotEmptyFile();
  }
}
