package dev.webhooks.examples.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long now;

  @Test
  void a_line_says_what_is_done_what_remains_how_fast_it_goes_and_how_long_the_rest_takes() {
    Progress.Step step = progress(false).step("seeding", "rows", 10_000);
    after(2_000);
    step.done(4_000);
    assertThat(lines())
        .containsExactly("  seeding: 4,000 of 10,000 rows, 2 s, 2,000 a second, about 3 s to go");
  }

  @Test
  void a_new_line_comes_every_two_seconds_at_most() {
    Progress.Step step = progress(false).step("seeding", "rows", 100);
    for (int done = 1; done <= 100; done++) {
      after(100);
      step.done(done);
    }
    assertThat(lines()).hasSize(5).last().asString().contains("100 of 100 rows, 10 s");
  }

  @Test
  void a_line_that_was_said_puts_the_next_one_off() {
    Progress progress = progress(false);
    Progress.Step step = progress.step("seeding", "rows", 100);
    after(1_999);
    progress.say("something else");
    after(1_999);
    step.done(50);
    assertThat(lines()).containsExactly("something else");
  }

  @Test
  void on_a_terminal_a_line_is_written_over_the_one_before() {
    Progress progress = progress(true);
    Progress.Step step = progress.step("seeding", "rows", 100);
    after(1_000);
    step.done(10);
    after(1_000);
    step.done(20);
    progress.say("done");
    assertThat(printed().split("\r\u001b\\[K"))
        .containsExactly(
            "  seeding: 10 of 100 rows, 1 s, 10 a second, about 9 s to go",
            "  seeding: 20 of 100 rows, 2 s, 10 a second, about 8 s to go",
            "done" + System.lineSeparator());
  }

  @Test
  void the_end_is_always_said() {
    Progress.Step step = progress(false).step("seeding", "rows", 100);
    after(1_000);
    step.end();
    assertThat(lines()).containsExactly("  seeding: 100 of 100 rows, 1 s, 100 a second");
  }

  @Test
  void a_stretch_of_time_has_no_rate_but_what_is_told_beside() {
    Progress.Step stretch = progress(false).stretch("waiting", Duration.ofSeconds(9));
    after(3_000);
    stretch.done(3, () -> "5 instances");
    assertThat(lines()).containsExactly("  waiting: 3 of 9 s, 5 instances");
  }

  @Test
  void what_stands_beside_is_only_asked_for_when_it_is_shown() {
    Progress.Step step = progress(false).step("seeding", "rows", 100);
    after(100);
    step.done(1, () -> {
      throw new AssertionError("was asked");
    });
    assertThat(printed()).isEmpty();
  }

  private Progress progress(boolean inPlace) {
    return new Progress(new PrintStream(bytes, true, StandardCharsets.UTF_8), inPlace, () -> now);
  }

  private void after(long millis) {
    now += Duration.ofMillis(millis).toNanos();
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private List<String> lines() {
    return printed().lines().toList();
  }
}
