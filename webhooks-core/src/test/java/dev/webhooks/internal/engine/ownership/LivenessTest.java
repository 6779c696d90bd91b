package dev.webhooks.internal.engine.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.internal.engine.Clocks;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests the age of the last beat, by the clock that says more. */
class LivenessTest {
  private static final Duration JUST_YOUNG = Duration.ofMillis(7_999);

  private final Clocks clocks = new Clocks();
  private final Liveness liveness = new Liveness(clocks, clocks.wall());

  private void beat() {
    liveness.succeeded(liveness.begin());
  }

  @Test
  void nothing_starts_before_the_first_beat() {
    assertThat(liveness.mayStart()).isFalse();
    assertThat(liveness.age()).isNull();
  }

  @Test
  void attempts_start_for_less_than_eight_seconds_after_a_beat() {
    beat();
    clocks.pass(JUST_YOUNG);
    assertThat(liveness.mayStart()).isTrue();
    clocks.pass(Duration.ofMillis(1));

    assertThat(liveness.mayStart()).isFalse();
    assertThat(liveness.age()).isEqualTo(Duration.ofSeconds(8));
  }

  @Test
  void age_counts_from_the_beginning_of_the_beat() {
    Liveness.Beat slow = liveness.begin();
    clocks.pass(Duration.ofSeconds(7));
    liveness.succeeded(slow);
    assertThat(liveness.age()).isEqualTo(Duration.ofSeconds(7));

    clocks.pass(Duration.ofSeconds(1));

    assertThat(liveness.mayStart()).isFalse();
  }

  @Test
  void sleep_of_the_machine_counts_although_the_monotonic_clock_stood_still() {
    beat();
    clocks.sleep(Duration.ofSeconds(8));

    assertThat(liveness.mayStart()).isFalse();
    assertThat(liveness.age()).isEqualTo(Duration.ofSeconds(8));
    beat();
    assertThat(liveness.mayStart()).isTrue();
  }

  @Test
  void wall_clock_that_is_set_back_makes_no_beat_younger() {
    beat();
    clocks.stepWall(Duration.ofHours(-25));
    clocks.pass(JUST_YOUNG);
    assertThat(liveness.age()).isEqualTo(JUST_YOUNG);
    assertThat(liveness.mayStart()).isTrue();
    clocks.pass(Duration.ofMillis(1));

    assertThat(liveness.mayStart()).isFalse();
  }

  @Test
  void wall_clock_that_is_set_forward_stops_attempts_until_the_next_beat_only() {
    beat();
    clocks.stepWall(Duration.ofHours(25));
    assertThat(liveness.mayStart()).isFalse();
    beat();

    assertThat(liveness.mayStart()).isTrue();
    assertThat(liveness.age()).isZero();
  }

  @Test
  void instance_that_was_declared_dead_starts_nothing() {
    beat();
    liveness.lost();

    assertThat(liveness.mayStart()).isFalse();
    assertThat(liveness.age()).isNull();
  }
}
