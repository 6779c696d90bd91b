package dev.webhooks.internal.engine.send;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.RetrySchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

  @Test
  void seconds_count_on_429_and_503_only() {
    assertThat(RetryAfter.requested(429, " 120 ", NOW)).isEqualTo(Duration.ofMinutes(2));
    assertThat(RetryAfter.requested(503, "120", NOW)).isEqualTo(Duration.ofMinutes(2));
    assertThat(RetryAfter.requested(500, "120", NOW)).isNull();
    assertThat(RetryAfter.requested(null, "120", NOW)).isNull();
    assertThat(RetryAfter.requested(503, null, NOW)).isNull();
  }

  @Test
  void a_date_counts_from_now_and_a_past_one_not_at_all() {
    assertThat(RetryAfter.requested(503, "Mon, 23 Nov 2026 10:05:00 GMT", NOW))
        .isEqualTo(Duration.ofMinutes(5));
    assertThat(RetryAfter.requested(503, "Mon, 23 Nov 2026 09:05:00 GMT", NOW)).isNull();
  }

  @Test
  void an_endless_number_counts_as_a_day() {
    assertThat(RetryAfter.requested(429, "99999999999999999999", NOW))
        .isEqualTo(Duration.ofHours(24));
    assertThat(RetryAfter.requested(429, "9".repeat(200_000), NOW)).isEqualTo(Duration.ofHours(24));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0", "1", "999999999", "999999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"
      })
  void whatever_is_asked_the_wait_is_between_the_step_and_a_day(String value) {
    RetrySchedule schedule = RetrySchedule.after(Duration.ofMinutes(5)).withoutJitter();

    Duration asked = RetryAfter.requested(429, value, NOW);

    assertThat(schedule.waitAfter(1, asked, new Random(7)).orElseThrow())
        .isBetween(Duration.ofMinutes(5), Duration.ofHours(24));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-1",
        "+1",
        "1.5",
        "1e3",
        "0x10",
        "soon",
        "120, 60",
        "120;x",
        "٣",
        "\0",
        "Mon, 32 Nov 2026 10:05:00 GMT",
        "Tue, 23 Nov 2026 10:05:00 GMT",
        "Mon, 23 Nov +999999999 10:05:00 GMT",
        "2026-11-23T10:05:00Z"
      })
  void what_is_malformed_counts_as_absent(String value) {
    assertThat(RetryAfter.requested(429, value, NOW)).isNull();
  }
}
