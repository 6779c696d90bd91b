package dev.webhooks.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
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
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "-1", "1.5", "soon", "Mon, 32 Nov 2026 10:05:00 GMT", "٣", "1e3"})
  void what_is_malformed_counts_as_absent(String value) {
    assertThat(RetryAfter.requested(429, value, NOW)).isNull();
  }
}
