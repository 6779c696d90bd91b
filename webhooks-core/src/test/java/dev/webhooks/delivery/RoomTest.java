package dev.webhooks.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.delivery.Standing.Trust;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the memory for deliveries is shared out between endpoints that answer and that hang. */
class RoomTest {
  private static final int MAX = 8_192;
  private static final long MAX_BYTES = 64L << 20;
  private static final int SMALL = 500;
  private static final int LARGE = 256 << 10;
  private static final Standing TRUSTED = new Standing(Trust.TRUSTED, 8);
  private static final Standing HANGING = new Standing(Trust.SUSPECT, 1);
  private static final long HEALTHY = 1_000_000;

  private final Room room = new Room(MAX, MAX_BYTES, 8);

  /** Holds as many deliveries of a webhook as there is room for, up to a number. */
  private int fill(long webhook, int upTo, int size) {
    int held = 0;
    while (held < upTo && room.admits(webhook, size)) {
      room.add(webhook, size);
      held++;
    }
    return held;
  }

  private int fillAll(int webhooks, int upTo, int size) {
    int held = 0;
    for (int webhook = 1; webhook <= webhooks; webhook++) {
      held += fill(webhook, upTo, size);
    }
    return held;
  }

  private void judgeAll(int webhooks, Standing standing) {
    for (int webhook = 1; webhook <= webhooks; webhook++) {
      room.judge(webhook, standing);
    }
  }

  /** Hands back what is held in excess; returns how much that was. */
  private int release(int size) {
    Map<Long, Integer> excess = room.excess();
    excess.forEach((webhook, count) -> {
      for (int i = 0; i < count; i++) {
        room.remove(webhook, size);
      }
    });
    return excess.values().stream().mapToInt(count -> count).sum();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30, 300, 5_000})
  void newcomers_with_long_queues_leave_room_for_a_fast_one(int hanging) {
    room.judge(HEALTHY, TRUSTED);

    fillAll(hanging, 10_000, SMALL);

    assertThat(fill(HEALTHY, 10_000, SMALL)).isEqualTo(512);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30, 300, 5_000})
  void suspects_with_long_queues_leave_room_for_a_fast_one_and_for_newcomers(int hanging) {
    room.judge(HEALTHY, TRUSTED);
    judgeAll(hanging, HANGING);

    assertThat(fillAll(hanging, 10_000, SMALL)).isEqualTo(Math.min(2 * hanging, MAX / 4));

    assertThat(fill(HEALTHY, 10_000, SMALL)).isEqualTo(512);
    assertThat(fill(HEALTHY + 1, 10_000, SMALL)).isEqualTo(16);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30, 300})
  void fast_ones_that_begin_to_hang_leave_others_their_turn_and_hand_the_rest_back(int hanging) {
    room.judge(HEALTHY, TRUSTED);
    judgeAll(hanging, TRUSTED);
    fillAll(hanging, 10_000, SMALL);

    int held = fill(HEALTHY, 16, SMALL);
    assertThat(held).as("before anyone knows").isGreaterThanOrEqualTo(4);

    judgeAll(hanging, new Standing(Trust.SUSPECT, 8));
    int handedBack = release(SMALL);

    assertThat(handedBack > 0).as("one alone is in nobody's way").isEqualTo(hanging > 1);
    assertThat(fill(HEALTHY, 10_000, SMALL)).isEqualTo(512 - held);
  }

  @Test
  void a_few_that_hold_much_when_they_begin_to_hang_leave_room_for_other_suspects() {
    judgeAll(6, TRUSTED);
    assertThat(fillAll(6, 512, SMALL)).isLessThan(MAX / 2);
    judgeAll(6, HANGING);

    release(SMALL);

    room.judge(HEALTHY, HANGING);
    assertThat(fill(HEALTHY, 10, SMALL)).isEqualTo(2);
  }

  @Test
  void what_was_handed_back_is_not_claimed_again() {
    judgeAll(30, TRUSTED);
    fillAll(30, 10_000, SMALL);
    judgeAll(30, HANGING);
    assertThat(release(SMALL)).isPositive();

    assertThat(room.excess()).isEmpty();
    for (long webhook = 1; webhook <= 30; webhook++) {
      assertThat(room.allowance(500).limits()).containsEntry(webhook, 0);
    }
  }

  @Test
  void thirty_hanging_webhooks_with_the_largest_bodies_leave_room_for_a_fast_one() {
    room.judge(HEALTHY, TRUSTED);
    fillAll(30, 10_000, LARGE);
    assertThat(fill(HEALTHY, 10_000, LARGE)).as("a sixteenth of the bytes").isEqualTo(16);

    judgeAll(30, HANGING);
    release(LARGE);

    assertThat(fill(HEALTHY + 1, 10_000, LARGE)).as("nothing is known of it").isEqualTo(4);
  }

  @Test
  void the_more_trusted_ones_have_long_queues_the_less_each_gets_and_something_is_left() {
    judgeAll(100, TRUSTED);
    for (int round = 0; round < 512; round++) {
      fillAll(100, 1, SMALL);
    }

    assertThat(room.free()).isBetween(MAX / 4 + 32, MAX / 4 + 128);
    assertThat(fill(HEALTHY, 10_000, SMALL)).as("unknown").isEqualTo(16);
  }

  @Test
  void the_last_quarter_is_for_trusted_ones_that_hold_little() {
    judgeAll(6_144 / 16, TRUSTED);
    fillAll(6_144 / 16, 16, SMALL);
    assertThat(room.free()).isEqualTo(MAX / 4);

    assertThat(fill(HEALTHY, 1, SMALL)).as("unknown").isZero();
    room.judge(HEALTHY, HANGING);
    assertThat(fill(HEALTHY, 1, SMALL)).as("suspect").isZero();
    room.judge(HEALTHY, TRUSTED);
    assertThat(fill(HEALTHY, 10_000, SMALL)).as("trusted").isEqualTo(4);
  }

  @Test
  void a_claim_brings_newcomers_a_little_and_trusted_ones_the_rest_with_the_next() {
    room.judge(1, TRUSTED);
    room.judge(2, HANGING);

    Allowance first = room.allowance(500);
    assertThat(first.perWebhook()).isEqualTo(16);
    assertThat(first.limits()).containsExactly(Map.entry(2L, 2));
    assertThat(first.total()).isEqualTo(500);
    fill(1, 16, SMALL);
    fill(2, 2, SMALL);

    assertThat(room.allowance(500).limits())
        .containsOnly(Map.entry(1L, 512 - 16), Map.entry(2L, 0));
  }

  @Test
  void a_claim_is_for_trusted_ones_only_while_the_others_fill_their_half() {
    room.judge(HEALTHY, TRUSTED);
    assertThat(fillAll(5_000, 10_000, SMALL)).isEqualTo(MAX / 2);

    Allowance allowance = room.allowance(500);

    assertThat(allowance.perWebhook()).isZero();
    assertThat(allowance.limits()).containsOnly(Map.entry(HEALTHY, 512));
    assertThat(allowance.total()).isEqualTo(500);
  }

  @Test
  void no_claim_is_made_while_nobody_has_room() {
    fillAll(5_000, 10_000, SMALL);

    assertThat(room.allowance(500).total()).isZero();
  }

  @Test
  void room_for_what_had_none_is_told_once() {
    room.judge(1, HANGING);
    fill(1, 10, SMALL);
    assertThat(room.takeFreed()).isFalse();

    room.remove(1, SMALL);

    assertThat(room.takeFreed()).isTrue();
    assertThat(room.takeFreed()).isFalse();
  }

  @Test
  void a_newcomer_that_turns_out_to_be_fast_is_served_at_once() {
    fill(1, 100, SMALL);

    room.judge(1, TRUSTED);

    assertThat(room.takeFreed()).isTrue();
  }

  @Test
  void newcomers_that_found_no_room_wait_until_a_claim_is_worth_while() {
    fillAll(256, 16, SMALL);
    assertThat(fill(HEALTHY, 1, SMALL)).isZero();

    for (long webhook = 1; webhook <= 511; webhook++) {
      room.remove(1 + webhook % 256, SMALL);
    }
    assertThat(room.takeFreed()).isFalse();
    room.remove(1, SMALL);

    assertThat(room.takeFreed()).isTrue();
  }

  @Test
  void neither_bound_is_exceeded_whatever_is_held() {
    Random random = new Random(7);
    for (long webhook = 1; webhook <= 200; webhook++) {
      room.judge(webhook, random.nextBoolean() ? TRUSTED : HANGING);
    }
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      long webhook = random.nextInt(300);
      int size = random.nextInt(4) == 0 ? random.nextInt(LARGE) : random.nextInt(2_000);
      if (room.admits(webhook, size)) {
        room.add(webhook, size);
        sizes.add(size);
      }
    }

    assertThat(sizes).hasSizeLessThanOrEqualTo(MAX);
    assertThat(sizes.stream().mapToLong(size -> size).sum()).isBetween(MAX_BYTES / 8, MAX_BYTES);
  }

  @Test
  void one_delivery_of_any_size_is_let_into_an_empty_room_and_no_other_beside_it() {
    int huge = Integer.MAX_VALUE;
    assertThat(fill(1, 10, huge)).isEqualTo(1);
    assertThat(room.admits(2, 1)).isFalse();

    room.remove(1, huge);

    assertThat(room.free()).isEqualTo(MAX);
    assertThat(room.admits(2, 1)).isTrue();
  }

  @Test
  void clearing_forgets_what_is_held_and_not_what_is_thought() {
    room.judge(1, HANGING);
    fillAll(100, 16, SMALL);

    room.clear();

    assertThat(room.free()).isEqualTo(MAX);
    assertThat(fill(1, 100, SMALL)).isEqualTo(2);
  }
}
