package dev.webhooks.internal.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.PublicId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Ids carry any time, and the order of their texts is that in which they were made. */
class IdGeneratorTest {
  private static final Instant LAST = Instant.ofEpochMilli((1L << 48) - 1);

  private static final List<Instant> TIMES = List.of(
      Instant.MIN,
      Instant.parse("0001-01-01T00:00:00Z"),
      Instant.EPOCH.minusMillis(1),
      Instant.EPOCH,
      Instant.parse("2026-11-23T10:00:00.123Z"),
      Instant.parse("6430-01-01T00:00:00Z"),
      LAST,
      LAST.plusMillis(1),
      Instant.MAX);

  @Test
  void ids_grow_with_time_and_when_it_stands_still() {
    IdGenerator ids = new IdGenerator(new Random(1));
    List<String> made = new ArrayList<>();
    for (Instant time : TIMES) {
      made.add(text(ids.next(time)));
      made.add(text(ids.next(time)));
    }

    assertThat(made).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void ids_are_of_version_7_at_any_time() {
    for (Instant time : TIMES) {
      UUID id = new IdGenerator(new Random(1)).next(time);

      assertThat(id.version()).isEqualTo(7);
      assertThat(id.variant()).isEqualTo(2);
    }
  }

  @Test
  void ids_go_on_when_there_is_none_greater() {
    IdGenerator ids = new IdGenerator(new Random(1));
    List<UUID> made = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      made.add(ids.next(Instant.MAX));
    }

    assertThat(made)
        .doesNotHaveDuplicates()
        .allMatch(id -> text(id).startsWith("dlv_ffffffffffff7"));
  }

  @Test
  void bounds_hold_what_is_made_between_them() {
    for (Instant time : TIMES) {
      String id = text(new IdGenerator(new Random(1)).next(time));

      assertThat(text(IdGenerator.lowerBound(time))).as("%s", time).isLessThanOrEqualTo(id);
      assertThat(text(IdGenerator.lowerBound(Instant.MIN))).isLessThanOrEqualTo(id);
      assertThat(text(IdGenerator.upperBound(Instant.MAX))).isGreaterThan(id);
      assertThat(text(IdGenerator.upperBound(LAST.plusNanos(1)))).isGreaterThan(id);
    }
    Instant now = TIMES.get(4);
    String id = text(new IdGenerator(new Random(1)).next(now));
    assertThat(text(IdGenerator.upperBound(now))).isLessThanOrEqualTo(id);
    assertThat(text(IdGenerator.upperBound(now.plusMillis(1)))).isGreaterThan(id);
    assertThat(text(IdGenerator.lowerBound(now.plusMillis(1)))).isGreaterThan(id);
  }

  private static String text(UUID id) {
    return PublicId.DELIVERY.format(id);
  }
}
