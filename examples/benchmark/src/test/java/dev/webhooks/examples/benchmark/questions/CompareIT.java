package dev.webhooks.examples.benchmark.questions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.examples.benchmark.report.Figures;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The comparison works, small as it is here; how fast anybody is is none of the build's business.
 */
class CompareIT {
  private static final Question COMPARE = new CompareQuestion();

  @TempDir
  private Path results;

  /** A run fails unless each of its deliveries arrives, signed. */
  @Test
  void on_h2_everything_of_everybody_arrives_and_the_figures_are_printed() throws Exception {
    Options options = Options.of(
        "h2",
        "--runs",
        "1",
        "--warm-ups",
        "0",
        "--scale",
        "0.02",
        "--publishers",
        "8",
        "--heap",
        "128m",
        "--threads",
        "16",
        "--out",
        results.toString());
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    Figures figures =
        Bench.measure(COMPARE, options, new PrintStream(printed, true, StandardCharsets.UTF_8));
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("[5 of 5, ")
        .containsPattern("(?m)^compare\\.h2\\.8_publishers\\.vs_okhttp=[0-9.]+$")
        .containsPattern("(?m)^compare\\.h2\\.8_publishers\\.vs_db_scheduler=[0-9.]+$")
        .containsPattern("(?m)^compare\\.h2\\.8_publishers\\.host_vs_db_scheduler=[0-9.]+$");
    assertThat(figures.keys()).contains("compare.h2.8_publishers.ours_own_per_second");
    assertThat(results.resolve("compare-h2.json")).content().contains("\"median\"");
    assertThat(results.resolve("compare-h2.txt")).isNotEmptyFile();
    assertThat(results.resolve("compare-h2.svg"))
        .content()
        .contains("Deliveries a second, 8 publishers", "bare OkHttp");
  }
}
