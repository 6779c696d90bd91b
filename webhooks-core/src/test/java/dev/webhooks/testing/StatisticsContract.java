package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.delivered;
import static dev.webhooks.testing.StoreSamples.givenUp;
import static dev.webhooks.testing.StoreSamples.later;
import static dev.webhooks.testing.StoreSamples.retried;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of a webhook's counters, folded or not. */
public abstract class StatisticsContract extends StoreContract {
  private long me;
  private WebhookConfiguration hook;

  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected StatisticsContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @BeforeEach
  final void prepare() {
    me = instance();
    hook = samples().active();
  }

  @Test
  void webhook_that_nothing_was_sent_to_has_none() {
    Map<Long, WebhookStatistics> statistics = statistics(hook.number(), 4711L);

    assertThat(statistics)
        .containsOnly(
            Map.entry(hook.number(), WebhookStatistics.NONE),
            Map.entry(4711L, WebhookStatistics.NONE));
    assertThat(statistics(new Long[0])).isEmpty();
  }

  @Test
  void pending_deliveries_are_counted_whoever_holds_them() {
    samples().enqueue(hook, 2);
    samples().take(me, hook, 1);
    WebhookConfiguration paused = samples().withStatus(WebhookStatus.PAUSED);
    samples().enqueue(paused, 4);

    assertThat(statistics()).isEqualTo(new WebhookStatistics(0, 0, 3, 0, null, null, null));
    assertThat(statistics(hook.number(), paused.number()))
        .hasSize(2)
        .extractingByKey(paused.number())
        .isEqualTo(new WebhookStatistics(0, 0, 4, 0, null, null, null));
  }

  @Test
  void success_is_counted() {
    finish(delivered(take(), 1, later(5)));

    assertThat(statistics()).isEqualTo(new WebhookStatistics(1, 0, 0, 0, later(5), later(5), null));
  }

  @Test
  void last_failure_is_counted() {
    finish(givenUp(take(), 1, later(5)));

    assertThat(statistics()).isEqualTo(new WebhookStatistics(0, 1, 0, 1, later(5), null, later(5)));
  }

  @Test
  void failed_attempt_with_another_to_come_counts_as_an_attempt_only() {
    finish(retried(take(), 1, later(5), later(900)));

    assertThat(statistics()).isEqualTo(new WebhookStatistics(0, 0, 1, 1, later(5), null, later(5)));
  }

  @Test
  void failures_count_on_until_a_success() {
    finish(retried(take(), 1, later(1), later(900)));
    finish(givenUp(take(), 1, later(2)), retried(take(), 1, later(3), later(900)));
    assertThat(statistics().consecutiveFailures()).isEqualTo(3);

    finish(delivered(take(), 1, later(4)));
    assertThat(statistics().consecutiveFailures()).isZero();

    finish(retried(take(), 1, later(5), later(900)));
    assertThat(statistics())
        .isEqualTo(new WebhookStatistics(1, 1, 3, 1, later(5), later(4), later(5)));
  }

  @Test
  void attempts_of_a_batch_count_in_the_order_they_began() {
    finish(
        givenUp(take(), 1, later(4)),
        delivered(take(), 1, later(3)),
        givenUp(take(), 1, later(1)),
        retried(take(), 1, later(5), later(900)),
        givenUp(take(), 1, later(2)));

    assertThat(statistics())
        .isEqualTo(new WebhookStatistics(1, 3, 1, 2, later(5), later(3), later(5)));
  }

  @Test
  void success_that_began_last_ends_the_row_of_failures_wherever_it_stands_in_the_batch() {
    finish(givenUp(take(), 1, later(1)));
    finish(
        delivered(take(), 1, later(9)), givenUp(take(), 1, later(8)), givenUp(take(), 1, later(7)));

    assertThat(statistics())
        .isEqualTo(new WebhookStatistics(1, 3, 0, 0, later(9), later(9), later(8)));
  }

  @Test
  void folding_changes_no_number() {
    finish(givenUp(take(), 1, later(1)), delivered(take(), 1, later(2)));
    finish(givenUp(take(), 1, later(3)));
    WebhookStatistics before = statistics();

    queue().foldStatistics();

    assertThat(statistics()).isEqualTo(before);
    queue().foldStatistics();
    assertThat(statistics()).isEqualTo(before);
  }

  @Test
  void counting_goes_on_after_folding() {
    finish(givenUp(take(), 1, later(1)));
    finish(givenUp(take(), 1, later(2)));
    queue().foldStatistics();
    finish(givenUp(take(), 1, later(3)));

    assertThat(statistics()).isEqualTo(new WebhookStatistics(0, 3, 0, 3, later(3), null, later(3)));

    queue().foldStatistics();
    finish(delivered(take(), 1, later(4)));
    queue().foldStatistics();

    assertThat(statistics())
        .isEqualTo(new WebhookStatistics(1, 3, 0, 0, later(4), later(4), later(3)));
  }

  @Test
  void each_webhook_has_its_own_numbers() {
    WebhookConfiguration another = samples().active();
    finish(delivered(take(), 1, later(1)), givenUp(samples().takeOne(me, another), 1, later(2)));
    queue().foldStatistics();

    assertThat(statistics()).isEqualTo(new WebhookStatistics(1, 0, 0, 0, later(1), later(1), null));
    assertThat(statistics(another.number()).get(another.number()))
        .isEqualTo(new WebhookStatistics(0, 1, 0, 1, later(2), null, later(2)));
  }

  private ClaimRef take() {
    return samples().takeOne(me, hook);
  }

  private void finish(AttemptOutcome... outcomes) {
    assertThat(queue().finish(me, List.of(outcomes), later(10))).hasSize(outcomes.length);
  }

  private WebhookStatistics statistics() {
    return statistics(hook.number()).get(hook.number());
  }
}
