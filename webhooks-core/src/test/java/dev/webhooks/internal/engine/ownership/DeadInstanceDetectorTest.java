package dev.webhooks.internal.engine.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeadInstanceDetectorTest {
  private static final long SELF = 1;
  private static final long OTHER = 2;

  private final DeadInstanceDetector detector = new DeadInstanceDetector();

  private List<DeadInstanceDetector.Dead> observe(int second, long beat) {
    return detector.observe(
        Map.of(SELF, 5L, OTHER, beat), SELF, Duration.ofSeconds(second).toNanos());
  }

  @Test
  void an_instance_is_dead_when_its_beat_stood_still_for_twelve_seconds() {
    for (int second = 0; second < 12; second += 2) {
      assertThat(observe(second, 7)).isEmpty();
    }

    assertThat(observe(12, 7)).containsExactly(new DeadInstanceDetector.Dead(OTHER, 7));
  }

  @Test
  void a_beat_in_between_starts_the_watch_over() {
    for (int second = 0; second < 12; second += 2) {
      observe(second, 7);
    }

    assertThat(observe(12, 8)).isEmpty();
    for (int second = 14; second < 24; second += 2) {
      assertThat(observe(second, 8)).isEmpty();
    }
    assertThat(observe(24, 8)).containsExactly(new DeadInstanceDetector.Dead(OTHER, 8));
  }

  @Test
  void a_gap_of_more_than_four_seconds_between_reads_starts_every_watch_over() {
    for (int second = 0; second <= 10; second += 2) {
      observe(second, 7);
    }

    assertThat(observe(15, 7)).isEmpty();
    for (int second = 17; second < 27; second += 2) {
      assertThat(observe(second, 7)).isEmpty();
    }
    assertThat(observe(27, 7)).hasSize(1);
  }

  @Test
  void the_watcher_does_not_watch_itself() {
    for (int second = 0; second <= 40; second += 2) {
      assertThat(observe(second, second)).isEmpty();
    }
  }

  @Test
  void an_instance_that_left_is_not_reported() {
    for (int second = 0; second < 12; second += 2) {
      observe(second, 7);
    }

    assertThat(detector.observe(Map.of(SELF, 5L), SELF, Duration.ofSeconds(12).toNanos()))
        .isEmpty();
  }
}
