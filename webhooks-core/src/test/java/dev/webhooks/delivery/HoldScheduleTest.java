package dev.webhooks.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class HoldScheduleTest {
  private static final RandomGenerator NO_JITTER = () -> 0;

  @Test
  void an_endpoint_that_was_missed_less_than_five_times_is_not_left_alone() {
    for (int step = 0; step < 5; step++) {
      assertThat(HoldSchedule.hold(step, NO_JITTER)).isNull();
    }
  }

  @Test
  void the_time_begins_with_ten_seconds_doubles_and_ends_at_an_hour() {
    assertThat(HoldSchedule.hold(5, NO_JITTER)).isEqualTo(Duration.ofSeconds(10));
    assertThat(HoldSchedule.hold(6, NO_JITTER)).isEqualTo(Duration.ofSeconds(20));
    assertThat(HoldSchedule.hold(12, NO_JITTER)).isEqualTo(Duration.ofSeconds(1_280));
    assertThat(HoldSchedule.hold(14, NO_JITTER)).isEqualTo(Duration.ofHours(1));
    assertThat(HoldSchedule.hold(Integer.MAX_VALUE, NO_JITTER)).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void the_time_is_shortened_by_up_to_a_fifth() {
    RandomGenerator random = new Random(42);
    for (int i = 0; i < 1_000; i++) {
      assertThat(HoldSchedule.hold(20, random))
          .isBetween(Duration.ofMinutes(48), Duration.ofHours(1));
    }
  }

  @Test
  void others_stay_away_for_longer_than_the_probe_can_take() {
    assertThat(HoldSchedule.probing(Duration.ofSeconds(30))).isEqualTo(Duration.ofSeconds(40));
    assertThat(HoldSchedule.probing(Duration.ofMinutes(2))).isGreaterThan(Duration.ofMinutes(2));
  }
}
