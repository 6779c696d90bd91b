package dev.webhooks.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A delivery that waits for its next attempt is sent at once when somebody asks for it. */
public abstract class SendNowContract extends StoreContract {
  private static final String URL = "https://hooks.acme.example/in";
  private static final Event PAID = Event.of("order.paid", Map.of("orderId", 17));

  /** After so long, seven attempts of the standard schedule are over and the next is far. */
  private static final Duration SEVEN_ATTEMPTS = Duration.ofHours(18);

  private TestWebhooks kit;
  private TestWebhooks other;
  private AccountWebhooks acme;
  private TestReceiver receiver;
  private TestReceiver othersReceiver;
  private String webhook;

  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected SendNowContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @BeforeEach
  final void openKits() {
    kit = TestWebhooks.on(store(), EventCatalog.acceptingAny());
    other = TestWebhooks.on(otherStore(), EventCatalog.acceptingAny());
    acme = kit.account("acme");
    receiver = kit.receiver(URL);
    othersReceiver = other.receiver(URL);
    webhook = acme.create(WebhookDraft.to(URL).events("*")).webhook().id();
  }

  @AfterEach
  final void closeKits() {
    kit.close();
    other.close();
  }

  @Test
  void it_is_sent_now_and_its_schedule_goes_on() {
    String delivery = publish();
    advance(SEVEN_ATTEMPTS);
    Instant now = kit.clock().instant();
    assertThat(find(delivery).nextAttemptAt()).isAfter(now.plus(Duration.ofHours(13)));

    Delivery answer = acme.retry(webhook, delivery);
    assertThat(answer.id()).isEqualTo(delivery);
    assertThat(answer.status()).isEqualTo(DeliveryStatus.PENDING);
    assertThat(answer.attempts()).isEqualTo(7);
    assertThat(answer.nextAttemptAt()).isEqualTo(now);
    assertThat(answer).isEqualTo(find(delivery));
    run();

    assertThat(attempts()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(find(delivery).attempts()).isEqualTo(8);
    assertThat(find(delivery).nextAttemptAt()).isEqualTo(now.plus(Duration.ofHours(20)));
    receiver.answers(200);
    advance(Duration.ofHours(20));

    assertThat(attempts()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(find(delivery).status()).isEqualTo(DeliveryStatus.SUCCESS);
    assertThat(find(delivery).retriedBy()).isNull();
    assertThat(kit.deliveries("acme")).hasSize(1);
  }

  @Test
  void one_under_way_stays_as_it_is_whoever_asks() {
    String delivery = publish();
    List<Delivery> answers = new ArrayList<>();
    receiver.forget();
    receiver.whileAnswering(() -> {
      answers.add(acme.retry(webhook, delivery));
      answers.add(other.account("acme").retry(webhook, delivery));
      other.runUntilIdle();
    });
    kit.advance(Duration.ofSeconds(5));

    assertThat(answers).hasSize(2).allSatisfy(answer -> {
      assertThat(answer.id()).isEqualTo(delivery);
      assertThat(answer.attempts()).isEqualTo(1);
    });
    assertThat(attempts()).containsExactly(2);
    assertThat(find(delivery).nextAttemptAt())
        .isEqualTo(kit.clock().instant().plus(Duration.ofMinutes(5)));
  }

  @Test
  void another_instance_may_be_asked_and_may_send() {
    String delivery = publish();

    acme.retry(webhook, delivery);
    other.runUntilIdle();
    kit.runUntilIdle();

    assertThat(othersReceiver.requests()).hasSize(1);
    assertThat(attempts()).containsExactly(1, 2);
  }

  @Test
  void twenty_callers_at_once_cause_one_attempt() {
    String delivery = publish();

    List<Delivery> answers =
        Concurrently.times(20, () -> kit.account("acme").retry(webhook, delivery));
    run();

    assertThat(answers).hasSize(20).allSatisfy(answer -> {
      assertThat(answer.id()).isEqualTo(delivery);
      assertThat(answer.nextAttemptAt()).isEqualTo(kit.clock().instant());
    });
    assertThat(attempts()).containsExactly(1, 2);
  }

  @Test
  void that_of_a_paused_webhook_is_due_and_sent_once_the_webhook_is_active() {
    String delivery = publish();
    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.PAUSED));

    assertThat(acme.retry(webhook, delivery).nextAttemptAt())
        .isEqualTo(kit.clock().instant());
    run();
    assertThat(attempts()).containsExactly(1);

    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.ACTIVE));
    run();
    assertThat(attempts()).containsExactly(1, 2);
  }

  @Test
  void that_of_a_suspended_endpoint_waits_for_the_probe() {
    String delivery = publish();
    receiver.fails(DeliveryError.CONNECT);
    othersReceiver.fails(DeliveryError.CONNECT);
    acme.publish(List.of(PAID, PAID, PAID, PAID, PAID));
    run();
    receiver.forget();

    acme.retry(webhook, delivery);
    run();
    assertThat(attempts()).as("suspended").isEmpty();

    receiver.answers(200);
    othersReceiver.forget();
    othersReceiver.answers(200);
    advance(Duration.ofSeconds(10));
    assertThat(attempts()).contains(2);
    assertThat(find(delivery).status()).isEqualTo(DeliveryStatus.SUCCESS);
    assertThat(find(delivery).attempts()).isEqualTo(2);
  }

  @Test
  void that_of_a_deleted_webhook_does_not_exist() {
    String delivery = publish();
    acme.delete(webhook);

    assertThat(refusal(delivery)).isEqualTo(ErrorCode.WEBHOOK_NOT_FOUND);
  }

  @Test
  void one_never_attempted_or_delivered_is_refused() {
    acme.publish(PAID);
    String fresh = kit.deliveries("acme").get(0).id();
    assertThat(refusal(fresh)).isEqualTo(ErrorCode.DELIVERY_NOT_FAILED);
    run();

    assertThat(refusal(fresh)).isEqualTo(ErrorCode.DELIVERY_NOT_FAILED);
  }

  @Test
  void repetition_with_the_same_key_answers_the_same_and_sends_nothing() {
    String delivery = publish();
    Delivery first = acme.withIdempotencyKey("k1").retry(webhook, delivery);
    run();

    assertThat(acme.withIdempotencyKey("k1").retry(webhook, delivery)).isEqualTo(first);
    run();

    assertThat(attempts()).containsExactly(1, 2);
  }

  @Test
  void in_a_hosts_transaction_it_takes_effect_with_it() {
    String delivery = publish();
    Delivery before = find(delivery);
    try (OpenTransaction host = fixture().begin()) {
      Delivery answer = acme.in(host.handle()).retry(webhook, delivery);
      assertThat(answer.nextAttemptAt()).isEqualTo(kit.clock().instant());
      assertThat(acme.in(host.handle()).retry(webhook, delivery)).isEqualTo(answer);
      host.rollback();
    }
    run();
    assertThat(find(delivery)).isEqualTo(before);

    try (OpenTransaction host = fixture().begin()) {
      acme.in(host.handle()).retry(webhook, delivery);
      run();
      assertThat(attempts()).containsExactly(1);
      host.commit();
      host.handle().committed();
    }
    run();
    assertThat(attempts()).containsExactly(1, 2);
  }

  @Test
  void recovery_includes_those_that_wait_since_then() {
    publish();
    kit.advance(Duration.ofSeconds(1));
    Instant since = kit.clock().instant();
    String waiting = publish();
    receiver.answers(410);
    kit.advance(Duration.ofSeconds(1));

    assertThat(acme.recover(webhook, since)).isEqualTo(1);
    assertThat(acme.recover(webhook, since)).as("due already").isZero();
    assertThat(find(waiting).nextAttemptAt()).isEqualTo(kit.clock().instant());
    assertThat(acme.recover(webhook, since.minusSeconds(1))).as("the older one").isEqualTo(1);
  }

  @Test
  void recovery_counts_failed_and_waiting_ones() {
    publish();
    kit.advance(Duration.ofDays(4));
    Instant since = kit.clock().instant().minus(Duration.ofDays(5));
    publish();
    kit.advance(Duration.ofSeconds(1));

    try (OpenTransaction host = fixture().begin()) {
      assertThat(acme.in(host.handle()).recover(webhook, since)).isEqualTo(2);
      assertThat(acme.in(host.handle()).recover(webhook, since)).isZero();
      host.rollback();
    }
    receiver.forget();
    assertThat(acme.recover(webhook, since)).isEqualTo(2);
    kit.runUntilIdle();

    assertThat(attempts()).containsExactlyInAnyOrder(1, 2);
  }

  /** Publishes an event whose first attempt fails, and returns its delivery. */
  private String publish() {
    receiver.answers(500);
    String event = acme.publish(PAID).eventId();
    kit.runUntilIdle();
    return kit.deliveries("acme").stream()
        .filter(delivery -> delivery.eventId().equals(event))
        .findFirst()
        .orElseThrow()
        .id();
  }

  private void run() {
    kit.runUntilIdle();
    other.runUntilIdle();
  }

  private void advance(Duration duration) {
    other.clock().advance(duration);
    kit.advance(duration);
    other.runUntilIdle();
  }

  /** Returns the numbers of the attempts that arrived, wherever they came from. */
  private List<Integer> attempts() {
    List<ReceivedRequest> requests = new ArrayList<>(receiver.requests());
    requests.addAll(othersReceiver.requests());
    return requests.stream().map(ReceivedRequest::attempt).sorted().toList();
  }

  private Delivery find(String delivery) {
    return acme.delivery(webhook, delivery).delivery();
  }

  private ErrorCode refusal(String delivery) {
    return catchThrowableOfType(WebhookException.class, () -> acme.retry(webhook, delivery))
        .code();
  }
}
