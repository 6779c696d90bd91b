package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.ACME;
import static dev.webhooks.testing.StoreSamples.NOW;
import static dev.webhooks.testing.StoreSamples.bytes;
import static dev.webhooks.testing.StoreSamples.delivered;
import static dev.webhooks.testing.StoreSamples.givenUp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.PublicId;
import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.DeliveryLog.LoggedDelivery;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.StoreSession.NewRetry;
import dev.webhooks.spi.store.StoreSession.NewTest;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Tests: logged like deliveries, but claimed by nobody, counted nowhere and never sent again. */
public abstract class TestDeliveryContract extends StoreContract {
  private static final Instant UNTIL = NOW.plusSeconds(60);
  private static final byte[] BODY = bytes("{\"test\":1}");

  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected TestDeliveryContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @Test
  void test_is_pending_in_the_log_until_it_has_ended() {
    WebhookConfiguration hook = samples().active();
    ClaimRef test = insertTest(hook);

    assertThat(page(hook)).singleElement().satisfies(delivery -> {
      assertThat(delivery.status()).isEqualTo(DeliveryStatus.PENDING);
      assertThat(delivery.event()).isEqualTo(EventCatalog.TEST_EVENT);
      assertThat(delivery.attempts()).isZero();
    });
    assertThat(finish(delivered(test, 1, NOW))).isTrue();

    LoggedDelivery logged = log().find(hook, test.ref().id()).orElseThrow();
    assertThat(logged.body()).isEqualTo(BODY);
    assertThat(logged.delivery().status()).isEqualTo(DeliveryStatus.SUCCESS);
    assertThat(logged.delivery().responseStatus()).isEqualTo(200);
    assertThat(logged.delivery().nextAttemptAt()).isNull();
    assertThat(logged.attempts())
        .singleElement()
        .satisfies(attempt -> assertThat(attempt.responseBody()).isEqualTo("ok"));
    assertThat(page(hook)).containsExactly(logged.delivery());
  }

  @Test
  void failed_test_is_logged_with_its_error_and_cannot_be_retried() {
    WebhookConfiguration hook = samples().active();
    ClaimRef test = insertTest(hook);
    finish(givenUp(test, 1, NOW));

    Delivery logged = log().find(hook, test.ref().id()).orElseThrow().delivery();
    assertThat(logged.status()).isEqualTo(DeliveryStatus.FAILED);
    assertThat(logged.error()).isEqualTo(DeliveryError.HTTP_STATUS);
    NewRetry retry = new NewRetry(test.ref().id(), samples().id(NOW));
    Set<UUID> retried = read(
        session -> session.retry(hook.number(), List.of(retry), NOW, NOW.plus(Duration.ofDays(1))));
    assertThat(retried).isEmpty();
    assertThat(page(hook)).hasSize(1);
  }

  @Test
  void test_counts_in_no_statistics() {
    WebhookConfiguration hook = samples().active();
    ClaimRef first = insertTest(hook);
    ClaimRef second = insertTest(hook);
    assertThat(statistics(hook.number())).containsEntry(hook.number(), WebhookStatistics.NONE);

    finish(delivered(first, 1, NOW));
    finish(givenUp(second, 1, NOW));
    insertTest(hook);
    queue().endUnsendable(UNTIL, NOW.minusSeconds(1), 100);
    queue().foldStatistics();

    assertThat(statistics(hook.number())).containsEntry(hook.number(), WebhookStatistics.NONE);
  }

  @Test
  void nobody_claims_adopts_or_takes_over_a_test() {
    WebhookConfiguration hook = samples().active();
    ClaimRef test = insertTest(hook);
    long owner = instance();

    assertThat(samples().claim(owner, UNTIL.plusSeconds(1))).isEmpty();
    assertThat(queue().claimById(owner, List.of(test.ref()))).isEmpty();
    assertThat(queue().owned(owner, List.of(test.ref()))).isEmpty();
    assertThat(queue().releaseForgotten(owner, StoreSamples.NOTHING)).isZero();

    assertThat(finish(delivered(test, 1, NOW))).isTrue();
  }

  @Test
  void test_whose_time_is_over_ends_as_interrupted_and_its_late_result_changes_nothing() {
    WebhookConfiguration hook = samples().active();
    ClaimRef test = insertTest(hook);

    assertThat(queue().endUnsendable(UNTIL.minusMillis(1), NOW.minusSeconds(1), 100))
        .isEmpty();
    assertThat(queue().endUnsendable(UNTIL, NOW.minusSeconds(1), 100)).hasSize(1);
    assertThat(finish(delivered(test, 1, NOW))).isFalse();

    Delivery logged = log().find(hook, test.ref().id()).orElseThrow().delivery();
    assertThat(logged.status()).isEqualTo(DeliveryStatus.FAILED);
    assertThat(logged.error()).isEqualTo(DeliveryError.INTERRUPTED);
    assertThat(logged.attempts()).isZero();
  }

  @Test
  void test_is_finished_once() {
    WebhookConfiguration hook = samples().active();
    ClaimRef test = insertTest(hook);

    assertThat(finish(delivered(test, 1, NOW))).isTrue();
    assertThat(finish(givenUp(test, 1, NOW))).isFalse();

    assertThat(log().find(hook, test.ref().id()).orElseThrow().delivery().status())
        .isEqualTo(DeliveryStatus.SUCCESS);
  }

  @Test
  void test_in_work_that_is_rolled_back_never_existed() {
    WebhookConfiguration hook = samples().active();
    try (OpenTransaction host = fixture().begin()) {
      doIn(host, session -> session.insertTest(test(hook)));
      host.rollback();
    }

    assertThat(page(hook)).isEmpty();
  }

  private ClaimRef insertTest(WebhookConfiguration hook) {
    NewTest test = test(hook);
    write(session -> session.insertTest(test));
    return new ClaimRef(test.ref(), 0);
  }

  private NewTest test(WebhookConfiguration hook) {
    DeliveryRef ref = new DeliveryRef(hook.number(), samples().id(NOW));
    return new NewTest(
        ref, samples().id(NOW), ACME, BODY, NOW, UNTIL, NOW.plus(Duration.ofDays(35)));
  }

  private boolean finish(AttemptOutcome outcome) {
    return read(session -> session.finishTest(outcome, NOW.plusSeconds(1)));
  }

  private List<Delivery> page(WebhookConfiguration hook) {
    List<Delivery> page = log().page(hook, DeliveryQuery.latest());
    assertThat(page)
        .allSatisfy(delivery ->
            assertThat(delivery.webhookId()).isEqualTo(PublicId.WEBHOOK.format(hook.id())));
    return page;
  }
}
