package dev.webhooks.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookStatus;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * In {@link TestWebhooks} nothing is in flight before it runs: what becomes of a webhook between
 * publishing and running decides what is sent.
 */
public abstract class KitContract extends StoreContract {
  private static final String URL = "https://hooks.acme.example/in";
  private static final String NEW_URL = "https://hooks.acme.example/new";
  private static final String OLD_SECRET = "the secret of the first day";
  private static final String NEW_SECRET = "the secret of the second day";
  private static final Event PAID = Event.of("order.paid", Map.of("orderId", 17));

  private TestWebhooks kit;
  private AccountWebhooks acme;
  private TestReceiver receiver;
  private TestReceiver newReceiver;
  private String webhook;

  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected KitContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @BeforeEach
  final void openKit() {
    kit = TestWebhooks.on(store(), EventCatalog.acceptingAny());
    acme = kit.account("acme");
    receiver = kit.receiver(URL);
    newReceiver = kit.receiver(NEW_URL);
    webhook = acme.create(WebhookDraft.to(URL).events("*").secret(OLD_SECRET))
        .webhook()
        .id();
  }

  @AfterEach
  final void closeKit() {
    kit.close();
  }

  /** Returns the ways in which a host may publish or change something: each commits. */
  private List<Consumer<Consumer<AccountWebhooks>>> ways() {
    return List.of(
        work -> work.accept(acme), work -> inHostsOwn(work, true), work -> inHostsOwn(work, false));
  }

  private void inHostsOwn(Consumer<AccountWebhooks> work, boolean told) {
    try (OpenTransaction transaction = fixture().begin()) {
      work.accept(acme.in(transaction.handle()));
      transaction.commit();
      if (told) {
        transaction.handle().committed();
      }
    }
  }

  /** Publishes and then changes something, in each combination of ways, and runs. */
  private void publishThen(Consumer<AccountWebhooks> change, Runnable check) {
    for (Consumer<Consumer<AccountWebhooks>> publishing : ways()) {
      for (Consumer<Consumer<AccountWebhooks>> changing : ways()) {
        kit.account("acme").erase();
        webhook = acme.create(WebhookDraft.to(URL).events("*").secret(OLD_SECRET))
            .webhook()
            .id();
        kit.runUntilIdle();
        receiver.forget();
        newReceiver.forget();

        publishing.accept(account -> account.publish(PAID));
        changing.accept(change);
        kit.runUntilIdle();

        check.run();
      }
    }
  }

  @Test
  void nothing_is_sent_to_a_webhook_deleted_before_the_run() {
    publishThen(account -> account.delete(webhook), () -> {
      assertThat(receiver.requests()).isEmpty();
      assertThat(kit.webhooks().health().pending()).isZero();
    });
  }

  @Test
  void nothing_is_sent_to_an_account_erased_before_the_run() {
    publishThen(AccountWebhooks::erase, () -> {
      assertThat(receiver.requests()).isEmpty();
      assertThat(kit.webhooks().health().pending()).isZero();
    });
  }

  @Test
  void only_the_url_set_before_the_run_is_sent_to() {
    publishThen(account -> account.update(webhook, WebhookPatch.empty().url(NEW_URL)), () -> {
      assertThat(receiver.requests()).isEmpty();
      assertThat(newReceiver.requests()).hasSize(1);
    });
  }

  @Test
  void a_webhook_paused_before_the_run_is_sent_to_once_it_is_active() {
    publishThen(account -> account.update(webhook, status(WebhookStatus.PAUSED)), () -> {
      assertThat(receiver.requests()).isEmpty();
      assertThat(kit.deliveries("acme"))
          .singleElement()
          .satisfies(delivery -> assertThat(delivery.status()).isEqualTo(DeliveryStatus.PENDING));

      acme.update(webhook, status(WebhookStatus.ACTIVE));
      assertThat(receiver.requests()).isEmpty();
      kit.runUntilIdle();

      assertThat(receiver.requests()).hasSize(1);
    });
  }

  private static WebhookPatch status(WebhookStatus status) {
    return WebhookPatch.empty().status(status);
  }

  @Test
  void the_secret_set_before_the_run_signs() {
    receiver.knows(NEW_SECRET);
    publishThen(
        account -> account.update(webhook, WebhookPatch.empty().secret(NEW_SECRET)),
        () -> assertThat(receiver.onlyRequest().signatureIsValid()).isTrue());
  }

  @Test
  void the_secret_rotated_to_before_the_run_signs() {
    receiver.knows(NEW_SECRET);
    SecretRotation rotation = SecretRotation.to(NEW_SECRET).overlapHours(0);
    publishThen(
        account -> account.rotateSecret(webhook, rotation),
        () -> assertThat(receiver.onlyRequest().signatureIsValid()).isTrue());
  }

  @Test
  void nothing_is_in_flight_between_publishing_and_running() {
    for (Consumer<Consumer<AccountWebhooks>> publishing : ways()) {
      publishing.accept(account -> account.publish(PAID));

      assertThat(kit.webhooks().health().inFlight()).isZero();
    }
    kit.runUntilIdle();

    assertThat(receiver.requests()).hasSize(3);
  }

  @Test
  void what_a_receiver_publishes_while_it_answers_is_sent_in_the_same_run() {
    receiver.whileAnswering(() -> acme.publish(PAID.withId("second")));
    acme.publish(PAID.withId("first"));

    kit.runUntilIdle();

    assertThat(receiver.requests()).hasSize(2);
  }
}
