package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.NOW;
import static dev.webhooks.testing.StoreSamples.delivered;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Many at once: each row is taken by one, and ended by one. */
public abstract class ConcurrencyContract extends StoreContract {
  private static final int CLAIMERS = 4;
  private static final int ROWS = 2_000;

  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected ConcurrencyContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @Test
  void claimers_share_the_rows_and_each_row_ends_once() {
    List<WebhookConfiguration> hooks = new ArrayList<>();
    List<DeliveryRef> rows = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      hooks.add(samples().active());
      rows.addAll(samples().enqueue(hooks.get(i), ROWS / 10));
    }
    AtomicInteger left = new AtomicInteger(ROWS);

    List<List<DeliveryRef>> taken = Concurrently.run(List.of(
        () -> claimUntilNoneIsLeft(store(), left),
        () -> claimUntilNoneIsLeft(otherStore(), left),
        () -> claimUntilNoneIsLeft(store(), left),
        () -> claimUntilNoneIsLeft(otherStore(), left)));

    assertThat(taken).hasSize(CLAIMERS);
    assertThat(taken.stream().flatMap(List::stream).toList())
        .containsExactlyInAnyOrderElementsOf(rows);
    assertThat(queue().depth().pending()).isZero();
    for (WebhookConfiguration hook : hooks) {
      assertThat(log().count(hook, DeliveryQuery.latest())).isEqualTo(ROWS / 10);
      assertThat(succeeded(hook)).isEqualTo(ROWS / 10);
    }
  }

  @Test
  void outcomes_written_by_two_at_once_are_written_once() {
    long me = instance();
    WebhookConfiguration hook = samples().active();
    List<AttemptOutcome> outcomes = outcomes(samples().take(me, hook, 200));

    List<Integer> changed =
        Concurrently.times(CLAIMERS, () -> queue().finish(me, outcomes, NOW).size());

    assertThat(changed.stream().mapToInt(Integer::intValue).sum()).isEqualTo(200);
    assertThat(log().count(hook, DeliveryQuery.latest())).isEqualTo(200);
    assertThat(succeeded(hook)).isEqualTo(200);
  }

  @Test
  void row_is_either_finished_or_handed_back() {
    long me = instance();
    WebhookConfiguration hook = samples().active();
    List<ClaimRef> held = samples().take(me, hook, 200);
    List<AttemptOutcome> outcomes = outcomes(held);

    List<Integer> changed = Concurrently.run(List.of(
        () -> queue().finish(me, outcomes, NOW).size(),
        () -> queue().release(me, held),
        () -> queue().releaseForgotten(me, StoreSamples.NOTHING)));

    assertThat(changed.stream().mapToInt(Integer::intValue).sum()).isEqualTo(200);
    assertThat(succeeded(hook)).isEqualTo(changed.get(0).longValue());
    assertThat(queue().depth().pending()).isEqualTo(200 - changed.get(0));
  }

  @Test
  void row_is_adopted_or_claimed_but_not_both() {
    long adopter = instance();
    long claimer = instance();
    WebhookConfiguration hook = samples().active();
    List<DeliveryRef> rows = samples().enqueue(hook, 200);

    List<Integer> taken = Concurrently.run(List.of(
        () -> queue().claimById(adopter, rows).size(),
        () -> samples().claim(claimer).size()));

    assertThat(queue().owned(adopter, rows)).hasSize(taken.get(0));
    assertThat(queue().owned(claimer, rows)).hasSize(taken.get(1));
    assertThat(taken.get(0) + taken.get(1) + samples().claim(instance()).size()).isEqualTo(200);
  }

  @Test
  void instance_is_buried_by_one_and_its_rows_are_given_back_once() {
    long victim = instance();
    WebhookConfiguration hook = samples().active();
    samples().take(victim, hook, 50);
    long beat = instances().beat(victim).beats().get(victim);

    List<Boolean> buried =
        Concurrently.times(CLAIMERS, () -> instances().declareDead(victim, beat));

    assertThat(buried).filteredOn(won -> won).hasSize(1);
    assertThat(samples().claim(instance()))
        .hasSize(50)
        .allMatch(claimed -> claimed.claim().number() == 3);
  }

  @Test
  void counters_are_folded_by_many_without_losing_or_doubling_one() {
    long me = instance();
    WebhookConfiguration hook = samples().active();
    List<ClaimRef> held = samples().take(me, hook, 200);
    List<Supplier<Boolean>> works = new ArrayList<>();
    for (List<ClaimRef> part : List.of(held.subList(0, 100), held.subList(100, 200))) {
      works.add(() -> {
        part.forEach(row -> queue().finish(me, outcomes(List.of(row)), NOW));
        return true;
      });
      works.add(() -> {
        LongStream.range(0, 20).forEach(i -> queue().foldStatistics());
        return true;
      });
    }

    Concurrently.run(works);

    assertThat(succeeded(hook)).isEqualTo(200);
    queue().foldStatistics();
    assertThat(succeeded(hook)).isEqualTo(200);
  }

  private static List<DeliveryRef> claimUntilNoneIsLeft(WebhookStore store, AtomicInteger left) {
    long instance = store.instances().register("claimer");
    List<DeliveryRef> taken = new ArrayList<>();
    long deadline =
        System.nanoTime() + Patience.LONG.multipliedBy(9).dividedBy(10).toNanos();
    long last = 0;
    while (left.get() > 0 && System.nanoTime() < deadline) {
      List<ClaimRef> claimed = StoreSamples.claims(
          store.queue().claim(new ClaimRequest(instance, NOW, last, 8, 32, 1 << 20, Map.of())));
      claimed.forEach(row -> taken.add(row.ref()));
      last = claimed.isEmpty() ? 0 : claimed.get(claimed.size() - 1).ref().webhook();
      left.addAndGet(-store.queue().finish(instance, outcomes(claimed), NOW).size());
    }
    return taken;
  }

  private static List<AttemptOutcome> outcomes(List<ClaimRef> held) {
    return held.stream().map(row -> delivered(row, 1, NOW)).toList();
  }

  private long succeeded(WebhookConfiguration hook) {
    return statistics(hook.number()).get(hook.number()).succeeded();
  }
}
