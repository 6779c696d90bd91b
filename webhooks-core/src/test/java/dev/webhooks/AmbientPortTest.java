package dev.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.spi.store.AmbientTransactions;
import dev.webhooks.spi.store.HostTransaction;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryTransaction;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A port that cannot tell, or tells something wrong, is named, and nothing is stored. */
class AmbientPortTest {
  private static final String URL = "https://hooks.acme.example/in";
  private static final Event PAID = Event.of("order.paid", Map.of("orderId", 17));

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();
  private AmbientTransactions port = () -> null;
  private final TestWebhooks kit = TestWebhooks.on(
      store,
      EventCatalog.acceptingAny(),
      builder -> builder.ambientTransactions(() -> port.current()));
  private final AccountWebhooks acme = kit.account("acme");
  private String webhook;

  @BeforeEach
  void subscribe() {
    kit.receiver(URL);
    webhook = acme.create(WebhookDraft.to(URL).events("*")).webhook().id();
  }

  @AfterEach
  void close() {
    kit.close();
  }

  private void assertNothingWasPublished() {
    port = () -> null;
    kit.runUntilIdle();
    assertThat(kit.deliveries("acme")).isEmpty();
  }

  @Test
  void a_port_that_throws_is_named_with_its_reason() {
    IllegalStateException fault = new IllegalStateException("two transactions at once");
    port = () -> {
      throw fault;
    };

    assertThatThrownBy(() -> acme.publish(PAID))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the host's current transaction cannot be joined")
        .hasMessageContaining("two transactions at once")
        .hasCause(fault);
    assertNothingWasPublished();
  }

  @Test
  void a_port_whose_database_is_away_is_unavailable() {
    StoreUnavailableException away =
        new StoreUnavailableException("the host's connection is broken", false, null);
    port = () -> {
      throw away;
    };

    assertThatThrownBy(() -> acme.publish(PAID)).isSameAs(away);
    assertNothingWasPublished();
  }

  @Test
  void a_transaction_of_another_store_is_refused() {
    port = new InMemoryWebhookStore()::begin;

    assertThatThrownBy(() -> acme.publish(PAID))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the transaction was not begun by this store");
    assertNothingWasPublished();
  }

  @Test
  void a_transaction_of_another_kind_is_refused() {
    port = () -> new HostTransaction() {};

    assertThatThrownBy(() -> acme.publish(PAID))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the transaction was not begun by this store");
    assertNothingWasPublished();
  }

  @Test
  void a_transaction_that_has_ended_is_refused() {
    InMemoryTransaction ended = store.begin();
    ended.commit();
    port = () -> ended;

    assertThatThrownBy(() -> acme.publish(PAID))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the transaction has ended");
    assertNothingWasPublished();
  }

  @Test
  void without_committed_it_is_sent_by_the_next_poll() {
    try (InMemoryTransaction transaction = store.begin()) {
      port = () -> transaction;
      acme.publish(PAID);
      transaction.commit();
    }
    port = () -> null;
    kit.runUntilIdle();

    assertThat(kit.receiver(URL).requests()).hasSize(1);
  }

  /** They show what is committed, so nothing is to be joined. */
  @Test
  void logs_and_views_do_not_ask_the_port() {
    port = () -> {
      throw new AssertionError("asked");
    };

    assertThat(acme.deliveries(webhook, DeliveryQuery.latest()).data()).isEmpty();
    assertThat(acme.withIdempotencyKey("k").id()).isEqualTo("acme");
    try (InMemoryTransaction given = store.begin()) {
      assertThat(acme.in(given).publish(PAID).deliveries()).isEqualTo(1);
      given.rollback();
    }
  }
}
