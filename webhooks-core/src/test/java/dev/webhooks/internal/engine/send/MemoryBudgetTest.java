package dev.webhooks.internal.engine.send;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.internal.engine.endpoint.Outcomes;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests how the memory for deliveries is shared between endpoints that answer and that hang. */
class MemoryBudgetTest {
  private static final int MAX = 8_192;
  private static final long MAX_BYTES = 64L << 20;
  private static final int SMALL = 500;
  private static final int LARGE = 256 << 10;
  private static final Attempts TRUSTED = new Attempts(false, 6, 0);
  private static final Attempts HANGING = new Attempts(false, 0, 1);
  private static final long HEALTHY = 1_000_000;

  private final Map<Long, WebhookQueue> queues = new HashMap<>();
  private final MemoryBudget budget = new MemoryBudget(MAX, MAX_BYTES, 8, queues.values());

  /**
   * The outcomes of attempts to a webhook.
   *
   * @param slow whether one is slow at this moment
   * @param fast how many were fast
   * @param hung how many hung after that
   */
  private record Attempts(boolean slow, int fast, int hung) {}

  private WebhookQueue queue(long webhook) {
    return queues.computeIfAbsent(webhook, number -> new WebhookQueue(number, 8));
  }

  private boolean admits(long webhook, int size) {
    return budget.admits(queues.get(webhook), size);
  }

  private void judge(long webhook, Attempts attempts) {
    WebhookQueue queue = queue(webhook);
    queue.limit.reset();
    queue.slow = attempts.slow ? 1 : 0;
    for (int i = 0; i < attempts.fast; i++) {
      queue.limit.ended(true, null);
    }
    for (int i = 0; i < attempts.hung; i++) {
      queue.limit.ended(false, Outcomes.outcome(DeliveryError.TIMEOUT, null));
    }
    budget.updateTrust(queue);
  }

  private ClaimRequest claim() {
    return budget.claim(9, Instant.EPOCH, 0, 500);
  }

  /** Adds as many deliveries of a webhook as are admitted, up to a number. */
  private int fill(long webhook, int upTo, int size) {
    int owned = 0;
    while (owned < upTo && admits(webhook, size)) {
      budget.add(queue(webhook), size);
      owned++;
    }
    return owned;
  }

  private int fillAll(int webhooks, int upTo, int size) {
    int owned = 0;
    for (int webhook = 1; webhook <= webhooks; webhook++) {
      owned += fill(webhook, upTo, size);
    }
    return owned;
  }

  private void judgeAll(int webhooks, Attempts attempts) {
    for (int webhook = 1; webhook <= webhooks; webhook++) {
      judge(webhook, attempts);
    }
  }

  /** Releases the excess; returns how much that was. */
  private int release(int size) {
    Map<Long, Integer> excess = budget.excess();
    excess.forEach((webhook, count) -> {
      for (int i = 0; i < count; i++) {
        budget.remove(queue(webhook), size);
      }
    });
    return excess.values().stream().mapToInt(count -> count).sum();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30, 300, 5_000})
  void newcomers_with_long_queues_leave_memory_for_a_fast_one(int hanging) {
    judge(HEALTHY, TRUSTED);

    fillAll(hanging, 10_000, SMALL);

    assertThat(fill(HEALTHY, 10_000, SMALL)).isEqualTo(512);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30, 300, 5_000})
  void suspects_with_long_queues_leave_room_for_a_fast_one_and_for_newcomers(int hanging) {
    judge(HEALTHY, TRUSTED);
    judgeAll(hanging, HANGING);

    assertThat(fillAll(hanging, 10_000, SMALL)).isEqualTo(Math.min(2 * hanging, MAX / 4));

    assertThat(fill(HEALTHY, 10_000, SMALL)).isEqualTo(512);
    assertThat(fill(HEALTHY + 1, 10_000, SMALL)).isEqualTo(16);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30, 300})
  void fast_ones_that_begin_to_hang_leave_others_their_turn_and_release_the_rest(int hanging) {
    judge(HEALTHY, TRUSTED);
    judgeAll(hanging, TRUSTED);
    fillAll(hanging, 10_000, SMALL);

    int owned = fill(HEALTHY, 16, SMALL);
    assertThat(owned).as("before anyone knows").isGreaterThanOrEqualTo(4);

    judgeAll(hanging, new Attempts(true, 6, 0));
    int released = release(SMALL);

    assertThat(released > 0).as("one alone is in nobody's way").isEqualTo(hanging > 1);
    assertThat(fill(HEALTHY, 10_000, SMALL)).isEqualTo(512 - owned);
  }

  @Test
  void a_few_that_own_much_when_they_begin_to_hang_leave_room_for_other_suspects() {
    judgeAll(6, TRUSTED);
    assertThat(fillAll(6, 512, SMALL)).isLessThan(MAX / 2);
    judgeAll(6, HANGING);

    release(SMALL);

    judge(HEALTHY, HANGING);
    assertThat(fill(HEALTHY, 10, SMALL)).isEqualTo(2);
  }

  @Test
  void released_deliveries_are_not_claimed_again() {
    judgeAll(30, TRUSTED);
    fillAll(30, 10_000, SMALL);
    judgeAll(30, HANGING);
    assertThat(release(SMALL)).isPositive();

    assertThat(budget.excess()).isEmpty();
    for (long webhook = 1; webhook <= 30; webhook++) {
      assertThat(claim().limits()).containsEntry(webhook, 0);
    }
  }

  @Test
  void thirty_hanging_webhooks_with_the_largest_bodies_leave_room_for_a_fast_one() {
    judge(HEALTHY, TRUSTED);
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

    assertThat(budget.free()).isBetween(MAX / 4 + 32, MAX / 4 + 128);
    assertThat(fill(HEALTHY, 10_000, SMALL)).as("unknown").isEqualTo(16);
  }

  @Test
  void the_last_quarter_is_for_trusted_ones_that_own_little() {
    judgeAll(6_144 / 16, TRUSTED);
    fillAll(6_144 / 16, 16, SMALL);
    assertThat(budget.free()).isEqualTo(MAX / 4);

    assertThat(fill(HEALTHY, 1, SMALL)).as("unknown").isZero();
    judge(HEALTHY, HANGING);
    assertThat(fill(HEALTHY, 1, SMALL)).as("suspect").isZero();
    judge(HEALTHY, TRUSTED);
    assertThat(fill(HEALTHY, 10_000, SMALL)).as("trusted").isEqualTo(4);
  }

  @Test
  void a_claim_brings_newcomers_a_little_and_trusted_ones_the_rest_with_the_next() {
    judge(1, TRUSTED);
    judge(2, HANGING);

    ClaimRequest first = claim();
    assertThat(first.perWebhook()).isEqualTo(16);
    assertThat(first.limits()).containsExactly(Map.entry(2L, 2));
    assertThat(first.total()).isEqualTo(500);
    fill(1, 16, SMALL);
    fill(2, 2, SMALL);

    assertThat(claim().limits()).containsOnly(Map.entry(1L, 512 - 16), Map.entry(2L, 0));
  }

  @Test
  void a_claim_is_for_trusted_ones_only_while_the_others_fill_their_half() {
    judge(HEALTHY, TRUSTED);
    assertThat(fillAll(5_000, 10_000, SMALL)).isEqualTo(MAX / 2);

    ClaimRequest request = claim();

    assertThat(request.perWebhook()).isZero();
    assertThat(request.limits()).containsOnly(Map.entry(HEALTHY, 512));
    assertThat(request.total()).isEqualTo(500);
  }

  @Test
  void no_claim_is_made_while_nobody_has_memory() {
    fillAll(5_000, 10_000, SMALL);

    assertThat(claim().total()).isZero();
  }

  @Test
  void memory_that_had_to_be_waited_for_is_reported_once() {
    judge(1, HANGING);
    fill(1, 10, SMALL);
    assertThat(budget.takeFreed()).isFalse();

    budget.remove(queue(1), SMALL);

    assertThat(budget.takeFreed()).isTrue();
    assertThat(budget.takeFreed()).isFalse();
  }

  @Test
  void a_newcomer_that_turns_out_to_be_fast_is_served_at_once() {
    fill(1, 100, SMALL);

    judge(1, TRUSTED);

    assertThat(budget.takeFreed()).isTrue();
  }

  @Test
  void newcomers_that_found_no_memory_wait_until_a_claim_is_worth_while() {
    fillAll(256, 16, SMALL);
    assertThat(fill(HEALTHY, 1, SMALL)).isZero();

    for (long webhook = 1; webhook <= 511; webhook++) {
      budget.remove(queue(1 + webhook % 256), SMALL);
    }
    assertThat(budget.takeFreed()).isFalse();
    budget.remove(queue(1), SMALL);

    assertThat(budget.takeFreed()).isTrue();
  }

  @Test
  void neither_bound_is_exceeded_whatever_is_owned() {
    Random random = new Random(7);
    for (long webhook = 1; webhook <= 200; webhook++) {
      judge(webhook, random.nextBoolean() ? TRUSTED : HANGING);
    }
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      long webhook = random.nextInt(300);
      int size = random.nextInt(4) == 0 ? random.nextInt(LARGE) : random.nextInt(2_000);
      if (admits(webhook, size)) {
        budget.add(queue(webhook), size);
        sizes.add(size);
      }
    }

    assertThat(sizes).hasSizeLessThanOrEqualTo(MAX);
    assertThat(sizes.stream().mapToLong(size -> size).sum()).isBetween(MAX_BYTES / 8, MAX_BYTES);
  }

  @Test
  void one_delivery_of_any_size_is_admitted_alone() {
    int huge = Integer.MAX_VALUE;
    assertThat(fill(1, 10, huge)).isEqualTo(1);
    assertThat(admits(2, 1)).isFalse();

    budget.remove(queue(1), huge);

    assertThat(budget.free()).isEqualTo(MAX);
    assertThat(admits(2, 1)).isTrue();
  }

  @Test
  void clearing_returns_all_memory_and_keeps_trust() {
    judge(1, HANGING);
    fillAll(100, 16, SMALL);

    budget.clear();

    assertThat(budget.free()).isEqualTo(MAX);
    assertThat(fill(1, 100, SMALL)).isEqualTo(2);
  }
}
