package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.NOW;
import static dev.webhooks.testing.StoreSamples.claims;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.InstanceRegister;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The register of instances: beats, and death that is written down. */
public abstract class InstanceContract extends StoreContract {
  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected InstanceContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @Test
  void numbers_are_positive_and_all_different() {
    List<Long> numbers = Concurrently.times(8, () -> otherStore().instances().register("0.1.0"));

    assertThat(numbers).doesNotHaveDuplicates().allMatch(number -> number > 0);
  }

  @Test
  void numbers_are_never_used_again() {
    Set<Long> used = new TreeSet<>();
    for (int i = 0; i < 3; i++) {
      long left = instance();
      long buried = instance();
      assertThat(used.add(left) && used.add(buried)).isTrue();
      instances().leave(left);
      instances().declareDead(buried, beat(buried));
    }

    assertThat(used).doesNotContain(otherStore().instances().register("test"));
  }

  @Test
  void each_beat_adds_one() {
    long me = instance();

    long first = beat(me);
    assertThat(beat(me)).isEqualTo(first + 1);
    assertThat(beat(me)).isEqualTo(first + 2);
  }

  @Test
  void beat_reads_the_beats_of_all_and_the_time() {
    long me = instance();
    long other = otherStore().instances().register("test");
    long theirs = otherStore().instances().beat(other).beats().get(other);

    Instant before = store().currentTime();
    InstanceRegister.Beat heartbeat = instances().beat(me);

    assertThat(heartbeat.alive()).isTrue();
    assertThat(heartbeat.beats()).containsOnlyKeys(me, other).containsEntry(other, theirs);
    assertThat(heartbeat.databaseTime())
        .isBetween(before.minus(1, ChronoUnit.SECONDS), store().currentTime().plusSeconds(1));
    assertThat(Duration.between(Instant.EPOCH, heartbeat.databaseTime())).isPositive();
  }

  @Test
  void beats_are_read_by_one_that_has_none() {
    assertThat(instances().beats()).isEmpty();
    long first = instance();
    long second = otherStore().instances().register("test");
    long beat = beat(first);

    assertThat(instances().beats()).containsOnlyKeys(first, second).containsEntry(first, beat);
    assertThat(beat(first)).isEqualTo(beat + 1);
    instances().leave(second);
    assertThat(otherStore().instances().beats()).containsOnlyKeys(first);
  }

  @Test
  void instance_that_left_is_forgotten() {
    long me = instance();
    long other = instance();

    instances().leave(other);
    instances().leave(other);

    assertThat(instances().beat(me).beats()).containsOnlyKeys(me);
    assertThat(instances().beat(other).alive()).isFalse();
    assertThat(instances().declareDead(other, 1)).isFalse();
  }

  @Test
  void instance_whose_beat_stands_still_is_buried_once() {
    long me = instance();
    long victim = instance();
    long seen = beat(victim);

    assertThat(instances().declareDead(victim, seen)).isTrue();

    assertThat(instances().beat(me).beats()).containsOnlyKeys(me);
    assertThat(instances().declareDead(victim, seen)).isFalse();
  }

  @Test
  void burying_gives_the_rows_back() {
    long victim = instance();
    long me = instance();
    List<ClaimRef> lost = samples().take(victim, samples().active(), 3);
    assertThat(samples().claim(me)).isEmpty();

    instances().declareDead(victim, beat(victim));

    assertThat(samples().claim(me))
        .hasSize(3)
        .allMatch(claimed -> claimed.claim().number() == lost.get(0).number() + 2)
        .allMatch(claimed -> claimed.attempts() == 0);
  }

  @Test
  void burying_gives_many_rows_back() {
    long victim = instance();
    WebhookConfiguration hook = samples().active();
    for (int i = 0; i < 5; i++) {
      samples().take(victim, hook, 500);
    }

    assertThat(instances().declareDead(victim, beat(victim))).isTrue();

    assertThat(queue().claim(StoreSamples.request(instance(), 5_000, 5_000, NOW)))
        .hasSize(2_500);
  }

  @Test
  void burying_leaves_the_rows_of_others() {
    long victim = instance();
    long me = instance();
    ClaimRef mine = samples().takeOne(me, samples().active());

    instances().declareDead(victim, beat(victim));

    assertThat(queue().owned(me, List.of(mine.ref()))).containsExactly(mine);
  }

  @Test
  void beat_that_came_in_between_defeats_the_burial() {
    long victim = instance();
    ClaimRef held = samples().takeOne(victim, samples().active());
    long seen = beat(victim);
    beat(victim);

    assertThat(instances().declareDead(victim, seen)).isFalse();

    assertThat(instances().beat(victim).alive()).isTrue();
    assertThat(queue().owned(victim, List.of(held.ref()))).containsExactly(held);
  }

  @Test
  void beat_of_a_buried_instance_tells_it_that_it_is_dead() {
    long me = instance();
    long victim = instance();
    instances().declareDead(victim, beat(victim));

    InstanceRegister.Beat heartbeat = instances().beat(victim);

    assertThat(heartbeat.alive()).isFalse();
    assertThat(heartbeat.beats()).containsOnlyKeys(me);
    assertThat(instances().beat(me).beats()).as("it did not come back").containsOnlyKeys(me);
  }

  @Test
  void buried_instance_can_write_nothing_any_more() {
    long zombie = instance();
    WebhookConfiguration hook = samples().active();
    ClaimRef held = samples().takeOne(zombie, hook);
    instances().declareDead(zombie, beat(zombie));

    assertThat(queue().finish(zombie, List.of(StoreSamples.delivered(held, 1, NOW)), NOW))
        .isEmpty();
    assertThat(queue().release(zombie, List.of(held))).isZero();
    assertThat(queue().owned(zombie, List.of(held.ref()))).isEmpty();

    ClaimedDelivery taken = samples().claim(instance()).get(0);
    assertThat(taken.claim().number()).isEqualTo(held.number() + 2);
    assertThat(log().find(hook, held.ref().id()).orElseThrow().delivery().status())
        .isEqualTo(DeliveryStatus.PENDING);
  }

  @Test
  void rows_that_a_buried_instance_still_gets_are_swept_by_anyone() {
    long zombie = instance();
    long me = instance();
    WebhookConfiguration hook = samples().active();
    samples().enqueue(hook, 1);
    instances().declareDead(zombie, beat(zombie));
    List<ClaimedDelivery> late = samples().claim(zombie);
    samples().publish(samples().event().ownedBy(zombie).to(hook).build());

    assertThat(queue().releaseForgotten(me, StoreSamples.NOTHING)).isEqualTo(late.size() + 1);
    assertThat(samples().claim(me)).hasSize(2);
    assertThat(queue()
            .finish(
                zombie,
                claims(late).stream()
                    .map(row -> StoreSamples.delivered(row, 1, NOW))
                    .toList(),
                NOW))
        .isEmpty();
  }

  @Test
  void rows_that_a_buried_instance_commits_after_its_burial_are_swept_and_sent_once() {
    long zombie = instance();
    long me = instance();
    WebhookConfiguration hook = samples().active();
    try (OpenTransaction open = fixture().begin()) {
      publishIn(open, samples().event().ownedBy(zombie).to(hook).build());
      assertThat(instances().declareDead(zombie, beat(zombie))).isTrue();
      assertThat(queue().releaseForgotten(me, StoreSamples.NOTHING))
          .as("not committed yet")
          .isZero();
      open.commit();
    }
    assertThat(samples().claim(me)).as("still under the dead number").isEmpty();

    assertThat(queue().releaseForgotten(me, StoreSamples.NOTHING)).isEqualTo(1);

    ClaimRef taken = samples().claim(me).get(0).claim();
    assertThat(queue().finish(me, List.of(StoreSamples.delivered(taken, 1, NOW)), NOW))
        .hasSize(1);
    assertThat(queue().releaseForgotten(me, StoreSamples.NOTHING)).isZero();
    assertThat(statistics(hook.number()).get(hook.number()).succeeded()).isEqualTo(1);
  }

  private long beat(long instance) {
    return instances().beat(instance).beats().get(instance);
  }
}
