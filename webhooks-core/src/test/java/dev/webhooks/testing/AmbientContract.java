package dev.webhooks.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.Webhook;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookImport;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.model.WebhookStatus;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With the port, all that an account can do joins the transaction that is current. */
public abstract class AmbientContract extends StoreContract {
  private static final String URL = "https://hooks.acme.example/in";
  private static final String NEW_URL = "https://hooks.acme.example/new";
  private static final String SECRET = "the secret of the first day";
  private static final Event PAID = Event.of("order.paid", Map.of("orderId", 17));

  private final ThreadTransactions current = new ThreadTransactions();
  private TestWebhooks kit;
  private AccountWebhooks acme;
  private TestReceiver receiver;
  private String webhook;

  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected AmbientContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @BeforeEach
  final void openKit() {
    kit = TestWebhooks.on(
        store(), EventCatalog.acceptingAny(), builder -> builder.ambientTransactions(current));
    acme = kit.account("acme");
    receiver = kit.receiver(URL);
    webhook =
        acme.create(WebhookDraft.to(URL).events("*").secret(SECRET)).webhook().id();
  }

  /** A kit that could not be made has failed the test already. */
  @AfterEach
  final void closeKit() {
    if (kit != null) {
      kit.close();
    }
  }

  private void committed(Runnable work) {
    try (OpenTransaction transaction = fixture().begin()) {
      current.run(transaction.handle(), work);
      transaction.commit();
      transaction.handle().committed();
    }
  }

  private void rolledBack(Runnable work) {
    try (OpenTransaction transaction = fixture().begin()) {
      current.run(transaction.handle(), work);
      transaction.rollback();
      transaction.handle().committed();
    }
  }

  /** Every way to publish. */
  private List<Runnable> publishing() {
    return List.of(
        () -> acme.publish(PAID),
        () -> acme.publish(List.of(PAID)),
        () -> acme.publish(PAID.withId("given")),
        () -> acme.publish(Event.ofJson("order.paid", "{\"orderId\":17}")));
  }

  /** Every operation that changes something. */
  private Map<String, Consumer<AccountWebhooks>> changing() {
    String failed = failedDelivery();
    WebhookDraft draft = WebhookDraft.to(NEW_URL).events("*").secret(SECRET);
    Map<String, Consumer<AccountWebhooks>> operations = new LinkedHashMap<>();
    operations.put("create", account -> account.create(draft));
    operations.put(
        "import", account -> account.importWebhooks(List.of(WebhookImport.of("old-1", draft))));
    operations.put(
        "update", account -> account.update(webhook, WebhookPatch.empty().url(NEW_URL)));
    operations.put(
        "rotate", account -> account.rotateSecret(webhook, SecretRotation.to("another secret 1")));
    operations.put("retry", account -> account.retry(webhook, failed));
    operations.put(
        "recover", account -> account.recover(webhook, kit.clock().instant().minusSeconds(60)));
    operations.put("delete", account -> account.delete(webhook));
    operations.put("erase", AccountWebhooks::erase);
    return operations;
  }

  /** Leaves a failed delivery behind, and the webhook active. */
  private String failedDelivery() {
    receiver.answers(410, 200);
    acme.publish(PAID);
    kit.runUntilIdle();
    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.ACTIVE));
    receiver.forget();
    return acme.deliveries(webhook, DeliveryQuery.latest().status(DeliveryStatus.FAILED))
        .data()
        .get(0)
        .id();
  }

  private List<Webhook> webhooks() {
    return acme.list(WebhookQuery.all()).data();
  }

  @Test
  void what_is_published_is_sent_once_the_current_transaction_has_committed() {
    for (Runnable publish : publishing()) {
      receiver.forget();

      committed(() -> {
        publish.run();
        kit.runUntilIdle();
        assertThat(receiver.requests()).as("before the commit").isEmpty();
      });
      kit.runUntilIdle();

      assertThat(receiver.onlyRequest().signatureIsValid()).isTrue();
    }
  }

  @Test
  void what_is_published_in_a_transaction_that_rolls_back_is_never_sent() {
    publishing().forEach(this::rolledBack);
    kit.advance(Duration.ofDays(1));

    assertThat(receiver.requests()).isEmpty();
    assertThat(kit.deliveries("acme")).isEmpty();
  }

  @Test
  void every_operation_that_changes_something_is_undone_by_the_rollback() {
    Map<String, Consumer<AccountWebhooks>> operations = changing();
    List<Webhook> before = webhooks();
    List<Delivery> deliveries = kit.deliveries("acme");

    operations.forEach((name, operation) -> {
      rolledBack(() -> operation.accept(acme));

      assertThat(webhooks()).as(name).isEqualTo(before);
      assertThat(kit.deliveries("acme")).as(name).isEqualTo(deliveries);
    });
    acme.publish(PAID);
    kit.runUntilIdle();
    assertThat(receiver.onlyRequest().signatureIsValid()).as("the secret").isTrue();
  }

  @Test
  void the_current_transaction_reads_what_it_has_done_itself() {
    rolledBack(() -> {
      String created =
          acme.create(WebhookDraft.to(NEW_URL).events("*")).webhook().id();

      assertThat(acme.get(created).webhook().url()).isEqualTo(NEW_URL);
      assertThat(webhooks()).hasSize(2);
    });
    assertThat(webhooks()).hasSize(1);
  }

  @Test
  void without_a_current_transaction_each_operation_has_its_own() {
    publishing().forEach(Runnable::run);
    kit.runUntilIdle();

    assertThat(receiver.requests()).hasSize(publishing().size());
  }

  @Test
  void a_transaction_that_is_given_wins_over_the_current_one() {
    try (OpenTransaction given = fixture().begin()) {
      rolledBack(() -> acme.in(given.handle()).publish(PAID.withId("given")));
      given.commit();
      given.handle().committed();
    }
    kit.runUntilIdle();

    assertThat(receiver.onlyRequest().eventId()).isEqualTo("given");
  }

  @Test
  void an_inner_transaction_commits_though_the_outer_one_rolls_back() {
    rolledBack(() -> {
      acme.publish(PAID.withId("before"));
      committed(() -> acme.publish(PAID.withId("inner")));
      acme.publish(PAID.withId("after"));
    });
    kit.advance(Duration.ofDays(1));

    assertThat(receiver.onlyRequest().eventId()).isEqualTo("inner");
  }

  @Test
  void another_thread_does_not_join() {
    rolledBack(() -> {
      acme.publish(PAID.withId("here"));
      Concurrently.times(1, () -> acme.publish(PAID.withId("there")));
    });
    kit.advance(Duration.ofDays(1));

    assertThat(receiver.onlyRequest().eventId()).isEqualTo("there");
  }

  @Test
  void an_operation_that_is_refused_leaves_the_current_transaction_usable() {
    committed(() -> {
      acme.publish(PAID.withId("e-1"));
      Event other = Event.of("order.paid", Map.of("orderId", 18)).withId("e-1");
      assertThatThrownBy(() -> acme.publish(other))
          .isInstanceOfSatisfying(
              WebhookException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY));
      assertThatThrownBy(() -> acme.delete("wh_unknown")).isInstanceOf(WebhookException.class);
    });
    kit.runUntilIdle();

    assertThat(receiver.onlyRequest().data()).containsEntry("orderId", 17);
  }

  /** The key, the effect and the answer are stored by the same commit. */
  @Test
  void an_idempotency_key_is_free_again_after_the_rollback_and_taken_after_the_commit() {
    AccountWebhooks keyed = acme.withIdempotencyKey("k-1");
    WebhookDraft draft = WebhookDraft.to(NEW_URL).events("*");
    rolledBack(() -> keyed.create(draft));
    assertThat(webhooks()).hasSize(1);

    committed(() -> {
      String created = keyed.create(draft).webhook().id();
      assertThat(keyed.create(draft).webhook().id()).as("repeated inside").isEqualTo(created);
    });

    assertThat(webhooks()).hasSize(2);
    String first = webhooks().get(0).id();
    assertThat(keyed.create(draft).webhook().id()).as("repeated outside").isEqualTo(first);
    committed(() -> assertThat(keyed.create(draft).webhook().id())
        .as("repeated in another transaction")
        .isEqualTo(first));
    assertThat(webhooks()).hasSize(2);
  }

  @Test
  void a_test_is_refused_in_the_current_transaction() {
    rolledBack(() -> assertThatThrownBy(() -> acme.test(webhook))
        .isInstanceOfSatisfying(
            WebhookException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
        .hasMessageContaining("cannot be part of a transaction"));
    assertThat(receiver.requests()).isEmpty();
  }
}
