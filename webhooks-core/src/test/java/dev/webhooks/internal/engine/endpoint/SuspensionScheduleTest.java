package dev.webhooks.internal.engine.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SuspensionScheduleTest {
  private static final RandomGenerator NO_JITTER = () -> 0;

  @Test
  void an_endpoint_that_was_missed_less_than_five_times_is_not_suspended() {
    for (int step = 0; step < 5; step++) {
      assertThat(SuspensionSchedule.duration(step, NO_JITTER)).isNull();
    }
  }

  @Test
  void the_time_begins_with_ten_seconds_doubles_and_ends_at_an_hour() {
    assertThat(SuspensionSchedule.duration(5, NO_JITTER)).isEqualTo(Duration.ofSeconds(10));
    assertThat(SuspensionSchedule.duration(6, NO_JITTER)).isEqualTo(Duration.ofSeconds(20));
    assertThat(SuspensionSchedule.duration(12, NO_JITTER)).isEqualTo(Duration.ofSeconds(1_280));
    assertThat(SuspensionSchedule.duration(14, NO_JITTER)).isEqualTo(Duration.ofHours(1));
    assertThat(SuspensionSchedule.duration(Integer.MAX_VALUE, NO_JITTER))
        .isEqualTo(Duration.ofHours(1));
  }

  @Test
  void the_time_is_shortened_by_up_to_a_fifth() {
    RandomGenerator random = new Random(42);
    for (int i = 0; i < 1_000; i++) {
      assertThat(SuspensionSchedule.duration(20, random))
          .isBetween(Duration.ofMinutes(48), Duration.ofHours(1));
    }
  }

  @Test
  void others_stay_away_for_longer_than_the_probe_can_take() {
    assertThat(SuspensionSchedule.probeTime(Duration.ofSeconds(30)))
        .isEqualTo(Duration.ofSeconds(40));
    assertThat(SuspensionSchedule.probeTime(Duration.ofMinutes(2)))
        .isGreaterThan(Duration.ofMinutes(2));
  }
}
