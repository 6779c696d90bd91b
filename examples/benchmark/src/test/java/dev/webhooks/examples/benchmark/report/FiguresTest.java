package dev.webhooks.examples.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FiguresTest {
  private final Figures figures = new Figures();

  @Test
  void a_ratio_is_taken_run_by_run_and_its_median_is_what_counts() {
    figures.add("some.ratio", samples(4, 10, 30).dividedBy(samples(2, 10, 10)));
    assertThat(printed()).contains("some.ratio=2").contains("1 to 3");
  }

  @Test
  void the_median_of_an_even_number_of_runs_lies_between_the_two_in_the_middle() {
    assertThat(samples(1, 9, 3, 5).median()).isEqualTo(4);
  }

  @Test
  void a_figure_on_the_right_side_of_its_bar_meets_it() {
    figures.add("compare.postgresql.vs_okhttp", 0.61);
    figures.add("latency.postgresql.p50_vs_okhttp", 4.9);
    assertThat(figures.meetsBars()).isTrue();
    assertThat(printed()).contains(">= 0.600").contains("met").doesNotContain("MISSED");
  }

  @Test
  void a_figure_on_the_wrong_side_of_its_bar_misses_it() {
    figures.add("latency.postgresql.p50_vs_okhttp", 5.1);
    assertThat(figures.meetsBars()).isFalse();
    assertThat(printed()).contains("MISSED");
  }

  @Test
  void a_figure_without_runs_is_left_out() {
    figures.add("nothing", new Samples());
    assertThat(figures.keys()).isEmpty();
  }

  private String printed() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    figures.print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static Samples samples(double... values) {
    Samples samples = new Samples();
    for (double value : values) {
      samples.add(value);
    }
    return samples;
  }
}
