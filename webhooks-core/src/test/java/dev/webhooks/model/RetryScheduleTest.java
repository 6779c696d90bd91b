package dev.webhooks.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RetryScheduleTest {
  private final RandomGenerator random = new Random(7);

  @Test
  void the_standard_schedule_makes_ten_attempts_within_five_days() {
    RetrySchedule schedule = RetrySchedule.standard();

    assertThat(schedule.attempts()).isEqualTo(10);
    assertThat(schedule.longest()).isBetween(Duration.ofHours(75), Duration.ofDays(5));
  }

  @Test
  void a_wait_is_never_shorter_than_its_step_and_at_most_a_fifth_longer() {
    RetrySchedule schedule = RetrySchedule.after(Duration.ofSeconds(100));

    for (int i = 0; i < 1_000; i++) {
      assertThat(schedule.waitAfter(1, null, random).orElseThrow())
          .isBetween(Duration.ofSeconds(100), Duration.ofSeconds(120));
    }
  }

  @Test
  void the_jitter_spreads_waits() {
    RetrySchedule schedule = RetrySchedule.after(Duration.ofSeconds(100));

    Duration first = schedule.waitAfter(1, null, random).orElseThrow();

    assertThat(schedule.waitAfter(1, null, random).orElseThrow()).isNotEqualTo(first);
  }

  @Test
  void each_step_follows_the_attempt_of_its_number_and_the_last_attempt_has_none() {
    RetrySchedule schedule =
        RetrySchedule.after(Duration.ofSeconds(1), Duration.ofSeconds(9)).withoutJitter();

    assertThat(schedule.waitAfter(1, null, random)).contains(Duration.ofSeconds(1));
    assertThat(schedule.waitAfter(2, null, random)).contains(Duration.ofSeconds(9));
    assertThat(schedule.waitAfter(3, null, random)).isEmpty();
    assertThat(RetrySchedule.after().waitAfter(1, null, random)).isEmpty();
  }

  @Test
  void an_endpoint_can_ask_for_a_longer_wait_but_not_for_a_shorter_one() {
    RetrySchedule schedule = RetrySchedule.after(Duration.ofMinutes(5)).withoutJitter();

    assertThat(schedule.waitAfter(1, Duration.ofMinutes(20), random))
        .contains(Duration.ofMinutes(20));
    assertThat(schedule.waitAfter(1, Duration.ofSeconds(1), random))
        .contains(Duration.ofMinutes(5));
  }

  @Test
  void an_endpoint_cannot_ask_for_more_than_a_day_nor_shorten_a_longer_step() {
    RetrySchedule short_ = RetrySchedule.after(Duration.ofMinutes(5)).withoutJitter();
    RetrySchedule longer = RetrySchedule.after(Duration.ofHours(30)).withoutJitter();

    assertThat(short_.waitAfter(1, Duration.ofDays(9), random)).contains(Duration.ofHours(24));
    assertThat(longer.waitAfter(1, Duration.ofDays(9), random)).contains(Duration.ofHours(30));
  }

  @Test
  void a_negative_wait_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RetrySchedule.after(Duration.ofSeconds(-1)));
  }
}
