package dev.webhooks.internal.engine.send;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.fuzz.Fuzzing;
import dev.webhooks.fuzz.Inputs;
import dev.webhooks.model.RetrySchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever an endpoint says in {@code Retry-After}, the wait stays between the step and a day. */
class RetryAfterFuzzTest {
  private static final int INPUTS = 40_000;
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
  private static final Duration STEP = Duration.ofSeconds(5);
  private static final List<String> SEEDS = List.of(
      "120",
      "0",
      "-1",
      "999999999",
      "99999999999999999999",
      "1.5",
      "+7",
      " 30 ",
      "Mon, 23 Nov 2026 10:05:00 GMT",
      "Mon, 23 Nov 2026 10:05:00 +0100",
      "Thu, 31 Dec 9999 23:59:59 GMT",
      "Mon, 23 Nov 2026 24:00:00 GMT",
      "Monday, 23-Nov-26 10:05:00 GMT",
      "Mon Nov 23 10:05:00 2026",
      "2026-11-23T10:05:00Z",
      "");
  private static final List<Integer> STATUSES = List.of(429, 503, 500, 200, 301);

  private final RetrySchedule schedule = RetrySchedule.standard().withoutJitter();

  @Test
  void no_retry_after_shortens_a_step_or_lasts_longer_than_a_day() {
    int[] honoured = {0};
    Fuzzing.run("Retry-After", INPUTS, inputs -> honoured[0] += check(inputs) ? 1 : 0);
    assertThat(honoured[0]).as("values that were honoured").isPositive();
  }

  private boolean check(Inputs inputs) {
    inputs.begin();
    int status = inputs.oneIn(4) ? inputs.pick(STATUSES) : 503;

    Duration requested = RetryAfter.requested(status, inputs.text(SEEDS), NOW);

    if (status != 429 && status != 503) {
      assertThat(requested).isNull();
    }
    Duration wait = schedule.waitAfter(1, requested, new Random(1)).orElseThrow();
    assertThat(wait).isBetween(STEP, Duration.ofHours(24));
    return requested != null;
  }
}
