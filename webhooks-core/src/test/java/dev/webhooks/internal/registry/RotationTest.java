package dev.webhooks.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.RotatedSecret;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.signing.SignatureScheme;
import dev.webhooks.signing.WebhookVerifier;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RotationTest {
  private static final String URL = "https://hooks.acme.example/in";
  private static final String FIRST = "the first secret of all";
  private static final String SECOND = "the second secret of all";
  private static final String THIRD = "the third secret of all";

  private final TestWebhooks kit = TestWebhooks.inMemory(EventCatalog.acceptingAny());
  private final AccountWebhooks acme = kit.account("acme");
  private final TestReceiver receiver = kit.receiver(URL);
  private final String webhook =
      acme.create(WebhookDraft.to(URL).events("*").secret(FIRST)).webhook().id();

  @AfterEach
  void close() {
    kit.close();
  }

  @Test
  void both_secrets_verify_until_the_overlap_ends_and_then_only_the_new_one() {
    acme.rotateSecret(webhook, SecretRotation.to(SECOND));

    ReceivedRequest atOnce = send();
    kit.advance(Duration.ofHours(24).minusSeconds(1));
    ReceivedRequest atLast = send();
    kit.advance(Duration.ofSeconds(1));
    ReceivedRequest afterwards = send();

    assertSignedWith(atOnce, FIRST, SECOND);
    assertSignedWith(atLast, FIRST, SECOND);
    assertSignedWith(afterwards, SECOND);
  }

  @Test
  void the_new_secret_signs_first() {
    acme.rotateSecret(webhook, SecretRotation.to(SECOND));

    ReceivedRequest request = send();

    String[] signatures = request.header("webhook-signature").split(" ");
    assertThat(signatures).hasSize(2);
    assertThat(verifies(request, signatures[0], SECOND)).isTrue();
    assertThat(verifies(request, signatures[1], FIRST)).isTrue();
  }

  @Test
  void a_second_rotation_drops_the_oldest_secret() {
    acme.rotateSecret(webhook, SecretRotation.to(SECOND).overlapHours(168));
    acme.rotateSecret(webhook, SecretRotation.to(THIRD).overlapHours(1));

    assertSignedWith(send(), SECOND, THIRD);
  }

  @Test
  void without_an_overlap_the_old_secret_is_dropped_at_once() {
    acme.rotateSecret(webhook, SecretRotation.to(SECOND).overlapHours(0));

    assertSignedWith(send(), SECOND);
  }

  @Test
  void a_secret_set_by_an_update_ends_the_overlap() {
    acme.rotateSecret(webhook, SecretRotation.to(SECOND));
    acme.update(webhook, WebhookPatch.empty().secret(THIRD));

    assertSignedWith(send(), THIRD);
  }

  @Test
  void a_generated_secret_is_shown_once_and_signs() {
    kit.advance(Duration.ofMinutes(1));
    RotatedSecret rotated = acme.rotateSecret(webhook, SecretRotation.generated());

    String secret = rotated.secret().orElseThrow().reveal();
    assertThat(secret).startsWith("whsec_").hasSize(50);
    assertThat(rotated.toString()).doesNotContain(secret);
    assertThat(rotated.webhook()).isEqualTo(acme.get(webhook).webhook());
    assertThat(rotated.webhook().updatedAt()).isEqualTo(kit.clock().instant());
    assertThat(acme.rotateSecret(webhook, SecretRotation.to(THIRD)).secret()).isEmpty();
    assertSignedWith(send(), secret, THIRD);
  }

  @Test
  void the_same_key_rotates_once_and_returns_the_generated_secret_again() {
    RotatedSecret first =
        acme.withIdempotencyKey("k1").rotateSecret(webhook, SecretRotation.generated());
    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.PAUSED));

    RotatedSecret again =
        acme.withIdempotencyKey("k1").rotateSecret(webhook, SecretRotation.generated());

    assertThat(again).isEqualTo(first);
    assertThat(again.secret()).isPresent();
    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.ACTIVE));
    assertSignedWith(send(), FIRST, first.secret().orElseThrow().reveal());
    assertThat(codeOf(
            acme.withIdempotencyKey("k1"), webhook, SecretRotation.generated().overlapHours(1)))
        .isEqualTo(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 169, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void an_overlap_out_of_range_is_refused_by_name(int hours) {
    WebhookException refusal = catchThrowableOfType(
        WebhookException.class,
        () -> acme.rotateSecret(webhook, SecretRotation.to(SECOND).overlapHours(hours)));

    assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(refusal).hasMessageContaining("overlapHours").hasMessageContaining("168");
    assertSignedWith(send(), FIRST);
  }

  @Test
  void a_secret_that_is_not_allowed_and_an_unknown_webhook_are_refused() {
    assertThat(codeOf(acme, webhook, SecretRotation.to("too short")))
        .isEqualTo(ErrorCode.SECRET_TOO_SHORT);
    assertThat(codeOf(acme, "wh_unknown", SecretRotation.generated()))
        .isEqualTo(ErrorCode.WEBHOOK_NOT_FOUND);
    assertThat(codeOf(kit.account("other"), webhook, SecretRotation.generated()))
        .isEqualTo(ErrorCode.WEBHOOK_NOT_FOUND);
    assertSignedWith(send(), FIRST);
  }

  /** A receiver changes its secret some time within the overlap, while deliveries are retried. */
  @Test
  void every_request_verifies_with_the_secret_that_its_receiver_holds_at_that_time() {
    int[] failures = new int[40];
    Arrays.fill(failures, 503);
    receiver.answers(failures);
    acme.publish(List.of(order(), order(), order()));
    kit.advance(Duration.ofMinutes(10));
    acme.rotateSecret(webhook, SecretRotation.to(SECOND));
    final Instant overlapEnds = kit.clock().instant().plus(Duration.ofHours(24));
    acme.publish(order());
    kit.advance(Duration.ofHours(9));
    final Instant receiverChanges = kit.clock().instant();
    acme.publish(order());
    kit.advance(Duration.ofDays(4));

    assertThat(receiver.requests())
        .filteredOn(request -> request.attempt() > 1 && !request.at().isBefore(overlapEnds))
        .as("retries after the overlap, of what was published before and during it")
        .hasSizeGreaterThan(5);
    assertThat(receiver.requests()).allSatisfy(request -> {
      String held = request.at().isBefore(receiverChanges) ? FIRST : SECOND;
      assertThat(verifies(request, held)).as("%s", request).isTrue();
      assertThat(verifies(request, FIRST))
          .as("an expired secret signs nothing: %s", request)
          .isEqualTo(request.at().isBefore(overlapEnds));
    });
    assertThat(kit.deliveries("acme"))
        .hasSize(5)
        .allMatch(delivery -> delivery.status() == DeliveryStatus.SUCCESS
            || delivery.status() == DeliveryStatus.FAILED);
  }

  @Test
  void a_request_in_flight_at_the_rotation_verifies_with_the_old_secret_and_its_retry_with_both() {
    receiver
        .answers(500, 200)
        .whileAnswering(() -> acme.rotateSecret(webhook, SecretRotation.to(SECOND)));

    acme.publish(order());
    kit.advance(Duration.ofSeconds(5));

    assertThat(receiver.requests()).hasSize(2);
    assertSignedWith(receiver.requests().get(0), FIRST);
    assertSignedWith(receiver.requests().get(1), FIRST, SECOND);
  }

  @Test
  void a_delivery_published_under_one_secret_is_retried_under_the_one_of_that_time() {
    receiver.answers(500, 500, 200);
    acme.publish(order());
    kit.runUntilIdle();

    acme.rotateSecret(webhook, SecretRotation.to(SECOND).overlapHours(0));
    kit.advance(Duration.ofSeconds(5));
    acme.rotateSecret(webhook, SecretRotation.to(THIRD).overlapHours(1));
    kit.advance(Duration.ofMinutes(5));

    assertThat(receiver.requests()).hasSize(3);
    assertSignedWith(receiver.requests().get(0), FIRST);
    assertSignedWith(receiver.requests().get(1), SECOND);
    assertSignedWith(receiver.requests().get(2), SECOND, THIRD);
  }

  private static Event order() {
    return Event.of("order.paid", Map.of());
  }

  private static boolean verifies(ReceivedRequest request, String secret) {
    return WebhookVerifier.builder()
        .secret(secret)
        .clock(request::at)
        .build()
        .verify(request.headers(), request.body())
        .isAccepted();
  }

  private ReceivedRequest send() {
    receiver.forget();
    acme.publish(Event.of("order.paid", Map.of()));
    kit.runUntilIdle();
    return receiver.requests().get(0);
  }

  private static void assertSignedWith(ReceivedRequest request, String... secrets) {
    String[] signatures = request.header("webhook-signature").split(" ");
    assertThat(signatures).hasSameSizeAs(secrets);
    for (String secret : secrets) {
      assertThat(signatures).as(secret).anyMatch(one -> verifies(request, one, secret));
    }
  }

  private static boolean verifies(ReceivedRequest request, String signature, String secret) {
    Map<String, String> headers = new HashMap<>(request.headers());
    headers.put("webhook-signature", signature);
    return WebhookVerifier.builder()
        .schemes(SignatureScheme.standardWebhooks())
        .secret(secret)
        .clock(request::at)
        .build()
        .verify(headers, request.body())
        .isAccepted();
  }

  private static ErrorCode codeOf(
      AccountWebhooks account, String webhook, SecretRotation rotation) {
    return catchThrowableOfType(
            WebhookException.class, () -> account.rotateSecret(webhook, rotation))
        .code();
  }
}
