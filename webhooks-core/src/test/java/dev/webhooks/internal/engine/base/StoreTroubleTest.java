package dev.webhooks.internal.engine.base;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.internal.engine.Clocks;
import dev.webhooks.internal.engine.Logged;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Tests how often a database that is away is logged, and how long the engine waits for it. */
class StoreTroubleTest {
  /** Jitter at its smallest, and at its largest. */
  private static final RandomGenerator LOWEST = () -> 0;

  private static final RandomGenerator HIGHEST = () -> -1;

  private final Clocks clocks = new Clocks();
  private final List<String> told = new ArrayList<>();
  private final StoreTrouble trouble = trouble(LOWEST);

  private StoreTrouble trouble(RandomGenerator random) {
    return new StoreTrouble(
        "polling",
        clocks,
        random,
        (fault, since) -> told.add(fault.getMessage() + " for " + since.toSeconds() + " s"));
  }

  private Duration fails(String fault) {
    return trouble.failed(new IllegalStateException(fault));
  }

  private static List<Long> pauses(StoreTrouble trouble, int count) {
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pauses.add(trouble.failed(new IllegalStateException("away")).toMillis());
    }
    return pauses;
  }

  @Test
  void first_failure_is_told_and_warned_of_and_those_after_it_are_not() {
    String log = Logged.by(() -> {
      fails("cut");
      clocks.pass(Duration.ofSeconds(1));
      fails("refused");
      fails("refused");
    });

    assertThat(told).containsExactly("cut for 0 s");
    assertThat(log).containsOnlyOnce("WARN").contains("polling").contains("cut");
    assertThat(log).doesNotContain("refused");
  }

  @Test
  void listener_is_reminded_once_a_minute_and_the_log_is_not() {
    String log = Logged.by(() -> {
      for (int second = 0; second <= 150; second++) {
        fails("second " + second);
        clocks.pass(Duration.ofSeconds(1));
      }
    });

    assertThat(told)
        .containsExactly("second 0 for 0 s", "second 60 for 60 s", "second 120 for 120 s");
    assertThat(log).containsOnlyOnce("WARN");
  }

  @Test
  void next_reminder_comes_a_minute_after_the_last_one_was_made() {
    fails("a");
    clocks.pass(Duration.ofSeconds(100));
    fails("b");
    clocks.pass(Duration.ofSeconds(59));
    fails("c");
    clocks.pass(Duration.ofSeconds(1));
    fails("d");

    assertThat(told).containsExactly("a for 0 s", "b for 100 s", "d for 160 s");
  }

  @Test
  void pauses_double_up_to_three_seconds_and_are_halved_at_most_by_jitter() {
    assertThat(pauses(trouble(LOWEST), 9))
        .containsExactly(50L, 100L, 200L, 400L, 800L, 1_500L, 1_500L, 1_500L, 1_500L);
    assertThat(pauses(trouble(HIGHEST), 9))
        .containsExactly(100L, 200L, 400L, 800L, 1_600L, 3_000L, 3_000L, 3_000L, 3_000L);
  }

  @Test
  void pauses_differ_so_that_instances_do_not_come_back_together() {
    assertThat(pauses(trouble(new Random(1)), 200).subList(6, 200))
        .allMatch(pause -> pause >= 1_500 && pause <= 3_000)
        .satisfies(pauses -> assertThat(pauses.stream().distinct()).hasSizeGreaterThan(100));
  }

  @Test
  void after_a_success_trouble_starts_anew() {
    pauses(trouble, 20);
    clocks.pass(Duration.ofMinutes(2));
    trouble.over();
    told.clear();

    String log = Logged.by(() -> {
      assertThat(fails("again").toMillis()).isEqualTo(50);
      clocks.pass(Duration.ofSeconds(59));
      fails("again");
      clocks.pass(Duration.ofSeconds(1));
      fails("again");
    });

    assertThat(told).containsExactly("again for 0 s", "again for 60 s");
    assertThat(log).containsOnlyOnce("WARN");
  }

  @Test
  void success_without_trouble_changes_nothing() {
    String log = Logged.by(trouble::over);
    assertThat(log).isEmpty();
    assertThat(told).isEmpty();

    assertThat(fails("first").toMillis()).isEqualTo(50);
    assertThat(told).containsExactly("first for 0 s");
  }
}
