package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.NOW;
import static dev.webhooks.testing.StoreSamples.claims;
import static dev.webhooks.testing.StoreSamples.delivered;
import static dev.webhooks.testing.StoreSamples.givenUp;
import static dev.webhooks.testing.StoreSamples.later;
import static dev.webhooks.testing.StoreSamples.retried;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.Attempt;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.PublicId;
import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryLog.LoggedDelivery;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of outcomes: written once, by the owner alone. */
public abstract class FinishContract extends StoreContract {
  private long me;
  private long other;
  private WebhookConfiguration hook;

  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected FinishContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @BeforeEach
  final void prepare() {
    me = instance();
    other = instance();
    hook = samples().active();
  }

  @Test
  void success_moves_the_delivery_to_the_log() {
    ClaimRef held = samples().takeOne(me, hook);

    assertThat(queue().finish(me, List.of(delivered(held, 1, later(1))), later(2)))
        .containsExactly(held.ref().id());

    assertThat(queue().depth().pending()).isZero();
    assertThat(queue().owned(me, List.of(held.ref()))).isEmpty();
    Delivery delivery = find(held).delivery();
    assertThat(delivery.status()).isEqualTo(DeliveryStatus.SUCCESS);
    assertThat(delivery.attempts()).isEqualTo(1);
    assertThat(delivery.responseStatus()).isEqualTo(200);
    assertThat(delivery.responseTimeMs()).isEqualTo(12);
    assertThat(delivery.error()).isNull();
    assertThat(delivery.lastAttemptAt()).isEqualTo(later(1));
    assertThat(delivery.nextAttemptAt()).isNull();
    assertThat(find(held).attempts())
        .containsExactly(new Attempt(1, later(1), 12, 200, null, "ok"));
  }

  @Test
  void last_failure_moves_the_delivery_to_the_log() {
    ClaimRef held = samples().takeOne(me, hook);

    assertThat(queue().finish(me, List.of(givenUp(held, 1, later(1))), later(2)))
        .containsExactly(held.ref().id());

    assertThat(queue().depth().pending()).isZero();
    Delivery delivery = find(held).delivery();
    assertThat(delivery.status()).isEqualTo(DeliveryStatus.FAILED);
    assertThat(delivery.error()).isEqualTo(DeliveryError.HTTP_STATUS);
    assertThat(delivery.responseStatus()).isEqualTo(500);
    assertThat(delivery.nextAttemptAt()).isNull();
    assertThat(find(held).attempts())
        .containsExactly(new Attempt(1, later(1), 34, 500, DeliveryError.HTTP_STATUS, "oops"));
  }

  @Test
  void failure_with_a_next_attempt_leaves_the_delivery_pending_and_unowned() {
    ClaimRef held = samples().takeOne(me, hook);

    assertThat(queue().finish(me, List.of(retried(held, 1, later(1), later(60))), later(2)))
        .containsExactly(held.ref().id());

    assertThat(queue().depth().pending()).isEqualTo(1);
    assertThat(queue().owned(me, List.of(held.ref()))).isEmpty();
    Delivery delivery = find(held).delivery();
    assertThat(delivery.status()).isEqualTo(DeliveryStatus.PENDING);
    assertThat(delivery.attempts()).isEqualTo(1);
    assertThat(delivery.responseStatus()).isNull();
    assertThat(delivery.responseTimeMs()).isEqualTo(56);
    assertThat(delivery.error()).isEqualTo(DeliveryError.TIMEOUT);
    assertThat(delivery.lastAttemptAt()).isEqualTo(later(1));
    assertThat(delivery.nextAttemptAt()).isEqualTo(later(60));
    assertThat(find(held).attempts())
        .containsExactly(new Attempt(1, later(1), 56, null, DeliveryError.TIMEOUT, null));
  }

  @Test
  void retried_delivery_is_claimed_when_it_is_due_with_its_attempts_counted() {
    ClaimRef held = samples().takeOne(me, hook);
    queue().finish(me, List.of(retried(held, 1, later(1), later(60))), later(2));

    assertThat(samples().claim(other, later(59))).isEmpty();
    ClaimedDelivery again = samples().claim(other, later(60)).get(0);

    assertThat(again.attempts()).isEqualTo(1);
    assertThat(again.createdAt()).isEqualTo(NOW);
    assertThat(again.claim().number()).isGreaterThan(held.number() + 1);
  }

  @Test
  void every_attempt_is_logged_in_order() {
    ClaimRef first = samples().takeOne(me, hook);
    queue().finish(me, List.of(retried(first, 1, later(1), later(10))), later(2));
    ClaimRef second = claims(samples().claim(me, later(10))).get(0);
    queue().finish(me, List.of(retried(second, 2, later(11), later(20))), later(12));
    ClaimRef third = claims(samples().claim(other, later(20))).get(0);
    queue().finish(other, List.of(delivered(third, 3, later(21))), later(22));

    assertThat(find(first).delivery().attempts()).isEqualTo(3);
    assertThat(find(first).attempts())
        .containsExactly(
            new Attempt(1, later(1), 56, null, DeliveryError.TIMEOUT, null),
            new Attempt(2, later(11), 56, null, DeliveryError.TIMEOUT, null),
            new Attempt(3, later(21), 12, 200, null, "ok"));
  }

  @Test
  void batch_of_all_kinds_is_written_together() {
    WebhookConfiguration another = samples().active();
    List<ClaimRef> held = new ArrayList<>(samples().take(me, hook, 2));
    held.addAll(samples().take(me, another, 2));

    Set<UUID> changed = queue()
        .finish(
            me,
            List.of(
                delivered(held.get(0), 1, NOW),
                retried(held.get(1), 1, NOW, later(5)),
                givenUp(held.get(2), 1, NOW),
                delivered(held.get(3), 1, NOW)),
            NOW);

    assertThat(changed).isEqualTo(StoreSamples.ids(held));
    assertThat(log().page(hook, DeliveryQuery.latest()))
        .extracting(Delivery::status)
        .containsExactlyInAnyOrder(DeliveryStatus.SUCCESS, DeliveryStatus.PENDING);
    assertThat(log().page(another, DeliveryQuery.latest()))
        .extracting(Delivery::status)
        .containsExactlyInAnyOrder(DeliveryStatus.SUCCESS, DeliveryStatus.FAILED);
    assertThat(queue().finish(me, List.of(), NOW)).isEmpty();
  }

  @Test
  void what_a_receiver_sends_back_cannot_spoil_a_batch() {
    ClaimRef hostile = samples().takeOne(me, hook);
    ClaimRef harmless = samples().takeOne(me, hook);
    byte[] excerpt = {'a', 0, (byte) 0xff, 'b', (byte) 0xc3};

    queue()
        .finish(
            me,
            List.of(
                new AttemptOutcome(
                    hostile, 1, NOW, 1, 200, null, excerpt, DeliveryStatus.SUCCESS, null),
                delivered(harmless, 1, NOW)),
            NOW);

    assertThat(queue().depth().pending()).isZero();
    assertThat(find(hostile).attempts())
        .extracting(Attempt::responseBody)
        .containsExactly("a\0\ufffdb\ufffd");
  }

  @Test
  void hostile_text_is_kept_whatever_becomes_of_the_delivery() {
    List<byte[]> hostile = List.of(
        StoreSamples.bytes("<script>alert('x')</script>'; drop table whd_log; --"),
        StoreSamples.bytes("\ud83d\udd11\u202e\ufeff\u0085\u2028\\ % _ {0} ${x}"),
        new byte[16 << 10],
        everyByte(),
        new byte[] {(byte) 0xf0, (byte) 0x9f, (byte) 0x94},
        new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80});
    List<AttemptOutcome> outcomes = new ArrayList<>();
    List<ClaimRef> held = new ArrayList<>();
    for (byte[] excerpt : hostile) {
      for (DeliveryStatus status : DeliveryStatus.values()) {
        held.add(samples().takeOne(me, hook));
        outcomes.add(outcome(held.get(held.size() - 1), excerpt, status));
      }
    }

    assertThat(queue().finish(me, outcomes, NOW)).isEqualTo(StoreSamples.ids(held));

    for (int i = 0; i < held.size(); i++) {
      assertThat(find(held.get(i)).delivery().status())
          .isEqualTo(outcomes.get(i).status());
      assertThat(find(held.get(i)).attempts())
          .extracting(Attempt::responseBody)
          .containsExactly(new String(outcomes.get(i).excerpt(), StandardCharsets.UTF_8));
    }
  }

  private static AttemptOutcome outcome(ClaimRef held, byte[] excerpt, DeliveryStatus status) {
    return new AttemptOutcome(
        held,
        1,
        NOW,
        1,
        status == DeliveryStatus.SUCCESS ? 200 : 500,
        status == DeliveryStatus.SUCCESS ? null : DeliveryError.HTTP_STATUS,
        excerpt,
        status,
        status == DeliveryStatus.PENDING ? later(5) : null);
  }

  private static byte[] everyByte() {
    byte[] bytes = new byte[16 << 10];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }

  @Test
  void long_excerpt_is_kept() {
    ClaimRef held = samples().takeOne(me, hook);
    byte[] excerpt = StoreSamples.bytes("x".repeat(16 << 10));

    queue()
        .finish(
            me,
            List.of(new AttemptOutcome(
                held,
                1,
                NOW,
                1,
                503,
                DeliveryError.HTTP_STATUS,
                excerpt,
                DeliveryStatus.PENDING,
                later(5))),
            NOW);

    assertThat(find(held).attempts().get(0).responseBody()).hasSize(16 << 10);
  }

  @Test
  void same_outcomes_again_change_nothing() {
    List<ClaimRef> held = samples().take(me, hook, 2);
    List<AttemptOutcome> outcomes =
        List.of(delivered(held.get(0), 1, NOW), retried(held.get(1), 1, NOW, later(5)));
    queue().finish(me, outcomes, NOW);
    WebhookStatistics before = statistics();

    assertThat(queue().finish(me, outcomes, NOW)).isEmpty();

    assertThat(statistics()).isEqualTo(before);
    assertThat(log().count(hook, DeliveryQuery.latest())).isEqualTo(2);
    assertThat(find(held.get(1)).attempts()).hasSize(1);
  }

  @Test
  void only_the_rows_still_held_are_written() {
    List<ClaimRef> held = samples().take(me, hook, 2);
    queue().release(me, held.subList(0, 1));

    assertThat(queue()
            .finish(
                me, List.of(delivered(held.get(0), 1, NOW), delivered(held.get(1), 1, NOW)), NOW))
        .containsExactly(held.get(1).ref().id());

    assertThat(statistics().succeeded()).isEqualTo(1);
    assertThat(find(held.get(0)).delivery().status()).isEqualTo(DeliveryStatus.PENDING);
    assertThat(find(held.get(0)).attempts()).isEmpty();
  }

  @Test
  void outcome_of_another_instance_changes_nothing() {
    ClaimRef held = samples().takeOne(me, hook);

    assertThat(queue().finish(other, List.of(delivered(held, 1, NOW)), NOW)).isEmpty();

    assertThat(queue().owned(me, List.of(held.ref()))).containsExactly(held);
    assertThat(statistics().succeeded()).isZero();
  }

  @Test
  void outcome_for_a_row_that_nobody_owns_changes_nothing() {
    ClaimRef unowned = new ClaimRef(samples().enqueue(hook, 1).get(0), 0);

    assertThat(queue().finish(me, List.of(delivered(unowned, 1, NOW)), NOW)).isEmpty();

    assertThat(queue().depth().pending()).isEqualTo(1);
  }

  @Test
  void outcome_of_an_earlier_claim_of_the_same_instance_changes_nothing() {
    ClaimRef old = samples().takeOne(me, hook);
    queue().releaseForgotten(me, StoreSamples.NOTHING);
    ClaimRef taken = claims(samples().claim(other)).get(0);
    queue().release(other, List.of(taken));
    ClaimRef present = claims(samples().claim(me)).get(0);

    assertThat(queue().finish(me, List.of(delivered(old, 1, NOW)), NOW))
        .as("taken over, handed back, claimed again: owner and attempt number are the same")
        .isEmpty();

    assertThat(queue().owned(me, List.of(old.ref()))).containsExactly(present);
    assertThat(queue().finish(me, List.of(delivered(present, 1, NOW)), NOW)).hasSize(1);
    assertThat(statistics().succeeded()).isEqualTo(1);
  }

  @Test
  void outcome_for_a_deleted_webhook_ends_the_row() {
    ClaimRef held = samples().takeOne(me, hook);
    samples().delete(hook);

    assertThat(queue().finish(me, List.of(delivered(held, 1, NOW)), NOW)).hasSize(1);

    assertThat(queue().depth().pending()).isZero();
  }

  @Test
  void delivery_keeps_its_names() {
    samples()
        .publish(samples().event().givenId("e-1").type("user.created").to(hook).build());
    ClaimRef held = claims(samples().claim(me)).get(0);
    Delivery pending = find(held).delivery();

    queue().finish(me, List.of(delivered(held, 1, NOW)), NOW);

    for (Delivery delivery : List.of(pending, find(held).delivery())) {
      assertThat(delivery.id()).isEqualTo(PublicId.DELIVERY.format(held.ref().id()));
      assertThat(delivery.webhookId()).isEqualTo(PublicId.WEBHOOK.format(hook.id()));
      assertThat(delivery.eventId()).isEqualTo("e-1");
      assertThat(delivery.event()).isEqualTo("user.created");
      assertThat(delivery.createdAt()).isEqualTo(NOW);
      assertThat(delivery.retryOf()).isNull();
      assertThat(delivery.retriedBy()).isNull();
    }
  }

  private LoggedDelivery find(ClaimRef held) {
    return log().find(hook, held.ref().id()).orElseThrow();
  }

  private WebhookStatistics statistics() {
    return statistics(hook.number()).get(hook.number());
  }
}
