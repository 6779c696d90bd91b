package dev.webhooks.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.CreatedWebhook;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryTransaction;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Erasing an account, as a host sees it. */
class ErasureTest {
  private static final String URL = "https://hooks.acme.example/in";
  private static final WebhookDraft DRAFT = WebhookDraft.to(URL).events("*");
  private static final Event PAID = Event.of("order.paid", Map.of("orderId", 17));

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();
  private final TestWebhooks kit = TestWebhooks.on(store, EventCatalog.acceptingAny());
  private final AccountWebhooks acme = kit.account("acme");
  private final AccountWebhooks globex = kit.account("globex");
  private final TestReceiver receiver = kit.receiver(URL);

  @AfterEach
  void close() {
    kit.close();
  }

  @Test
  void an_erased_account_has_nothing_any_more_and_others_have_all_they_had() {
    CreatedWebhook mine = acme.create(DRAFT);
    CreatedWebhook theirs = globex.create(DRAFT);
    acme.publish(PAID);
    globex.publish(PAID);
    kit.runUntilIdle();

    acme.erase();
    kit.advance(Duration.ofDays(2));

    assertThat(acme.list(WebhookQuery.all()).data()).isEmpty();
    WebhookException refusal = catchThrowableOfType(
        WebhookException.class, () -> acme.deliveries(mine.webhook().id(), DeliveryQuery.latest()));
    assertThat(refusal.code()).isEqualTo(ErrorCode.WEBHOOK_NOT_FOUND);
    assertThat(globex.deliveries(theirs.webhook().id(), DeliveryQuery.latest()).data())
        .hasSize(1);
    globex.publish(PAID);
    kit.runUntilIdle();
    assertThat(receiver.requests()).hasSize(3);
  }

  @Test
  void nothing_is_sent_once_the_call_has_returned() {
    acme.create(DRAFT);
    acme.publish(Collections.nCopies(100, PAID));
    receiver.whileAnswering(acme::erase);

    kit.runUntilIdle();
    kit.advance(Duration.ofSeconds(2));

    assertThat(receiver.requests()).as("those begun before").hasSizeBetween(1, 8);
    assertThat(kit.webhooks().health().pending()).isZero();
  }

  @Test
  void an_account_that_has_nothing_can_be_erased_and_erased_again() {
    acme.erase();
    acme.withIdempotencyKey("k").erase();
    kit.runUntilIdle();

    assertThat(acme.create(DRAFT).webhook().id()).startsWith("wh_");
  }

  @Test
  void an_account_used_anew_starts_with_free_ids_and_keys() {
    CreatedWebhook old = acme.withIdempotencyKey("k").create(DRAFT);
    acme.publish(PAID.withId("a"));
    kit.runUntilIdle();
    acme.erase();
    kit.advance(Duration.ofSeconds(10));

    CreatedWebhook fresh = acme.withIdempotencyKey("k").create(DRAFT);
    acme.publish(Event.of("order.paid", Map.of("orderId", 18)).withId("a"));
    kit.runUntilIdle();
    kit.advance(Duration.ofDays(2));

    assertThat(fresh.webhook().id()).isNotEqualTo(old.webhook().id());
    assertThat(receiver.requests()).hasSize(2);
    assertThat(acme.deliveries(fresh.webhook().id(), DeliveryQuery.latest()).data())
        .hasSize(1)
        .allMatch(delivery -> acme.delivery(fresh.webhook().id(), delivery.id()).payload() != null);
  }

  @Test
  void an_erasure_in_a_hosts_transaction_takes_effect_with_it() {
    acme.create(DRAFT);
    try (InMemoryTransaction host = store.begin()) {
      acme.in(host).erase();
      host.rollback();
    }
    acme.publish(PAID);
    kit.runUntilIdle();
    assertThat(receiver.requests()).hasSize(1);

    acme.publish(Collections.nCopies(100, PAID));
    receiver.whileAnswering(() -> {
      try (InMemoryTransaction host = store.begin()) {
        acme.in(host).erase();
        host.commit();
        host.committed();
      }
    });
    kit.runUntilIdle();

    assertThat(receiver.requests()).as("one, and those begun before").hasSizeBetween(2, 9);
    assertThat(acme.list(WebhookQuery.all()).data()).isEmpty();
  }
}
