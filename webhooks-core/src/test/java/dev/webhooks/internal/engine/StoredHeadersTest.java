package dev.webhooks.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.PublicId;
import dev.webhooks.model.TestResult;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers that are stored and not allowed: by hand, or under the rules of an earlier version. */
class StoredHeadersTest {
  private static final String URL = "https://hooks.acme.example/in";
  private static final String NEIGHBOUR = "https://neighbour.example/in";
  private static final Event PAID = Event.of("order.paid", Map.of("orderId", 17));

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();
  private final TestWebhooks kit = TestWebhooks.on(store, EventCatalog.acceptingAny());
  private final AccountWebhooks acme = kit.account("acme");
  private final TestReceiver receiver = kit.receiver(URL);
  private final TestReceiver neighbour = kit.receiver(NEIGHBOUR);
  private final String webhook = acme.create(
          WebhookDraft.to(URL).events("*").header("X-Tier", "gold"))
      .webhook()
      .id();

  @AfterEach
  void close() {
    kit.close();
  }

  static Stream<String> illegal() {
    return Stream.of(
        "{\"Host\":\"169.254.169.254\"}",
        "{\"transfer-encoding\":\"chunked\"}",
        "{\"HTTP2-Settings\":\"x\"}",
        "{\"Metadata-Flavor\":\"Google\"}",
        "{\"Content-Type\":\"text/plain\"}",
        "{\"WEBHOOK-ID\":\"evt_other\"}",
        "{\"X_Webhook_Signature\":\"t=1,v1=00\"}",
        "{\"X-Tier\":\"gold\\r\\nHost: elsewhere\"}",
        "{\"X-Tier\":\"\\u010aHost: elsewhere\"}",
        "{\"X-Tier\\r\\nHost\":\"elsewhere\"}",
        "{\"X-Tier\":\"gold\",\"x-tier\":\"silver\"}",
        "{\"X-Tier\":null}",
        "{\"X-Tier\":\"" + "x".repeat(4097) + "\"}",
        "{\"" + "x".repeat(257) + "\":\"gold\"}",
        many(11, "gold"),
        many(5, "x".repeat(4000)),
        "null");
  }

  @ParameterizedTest
  @MethodSource("illegal")
  void fail_the_attempt_and_are_never_sent(String stored) {
    failTheAttemptAs(DeliveryError.UNSENDABLE, stored);
  }

  /** A text that is no headers at all looks as if it had been encrypted with another key. */
  @ParameterizedTest
  @ValueSource(strings = {"[]", "{\"X-Tier\":", "\u0000"})
  void fail_the_attempt_if_they_cannot_be_read(String stored) {
    failTheAttemptAs(DeliveryError.UNDECRYPTABLE, stored);
  }

  private void failTheAttemptAs(DeliveryError error, String stored) {
    storeByHand(stored);
    acme.create(WebhookDraft.to(NEIGHBOUR).events("*"));
    acme.publish(PAID);

    kit.runUntilIdle();

    assertThat(receiver.requests()).isEmpty();
    Delivery delivery = delivery();
    assertThat(delivery.error()).isEqualTo(error);
    assertThat(delivery.status()).isEqualTo(DeliveryStatus.PENDING);
    assertThat(delivery.attempts()).isEqualTo(1);
    assertThat(neighbour.requests()).hasSize(1);
  }

  @Test
  void fail_once_for_each_step_of_the_schedule_and_then_for_good() {
    storeByHand("{\"Host\":\"elsewhere\"}");
    acme.publish(PAID);

    kit.advance(Duration.ofDays(5));

    assertThat(receiver.requests()).isEmpty();
    assertThat(delivery().status()).isEqualTo(DeliveryStatus.FAILED);
    assertThat(delivery().error()).isEqualTo(DeliveryError.UNSENDABLE);
    assertThat(delivery().attempts()).isEqualTo(10);
  }

  @Test
  void fail_a_test_too() {
    storeByHand("{\"Host\":\"elsewhere\"}");

    TestResult test = acme.test(webhook);

    assertThat(test.error()).isEqualTo(DeliveryError.UNSENDABLE);
    assertThat(receiver.requests()).isEmpty();
  }

  @Test
  void are_sent_again_once_they_are_mended() {
    storeByHand("{\"Host\":\"elsewhere\"}");
    acme.publish(PAID);
    kit.runUntilIdle();

    storeByHand("{\"X-Tier\":\"silver\"}");
    kit.advance(Duration.ofSeconds(10));

    assertThat(receiver.requests()).hasSize(1);
    assertThat(receiver.requests().get(0).header("X-Tier")).isEqualTo("silver");
  }

  @Test
  void cannot_be_kept_by_an_update() {
    storeByHand("{\"Host\":\"elsewhere\"}");
    WebhookPatch keeping = WebhookPatch.empty().headers(Map.of("Host", "********"));

    WebhookException refusal =
        catchThrowableOfType(WebhookException.class, () -> acme.update(webhook, keeping));

    assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_HEADER);
    assertThat(refusal).hasMessageNotContaining("elsewhere");
  }

  private void storeByHand(String headers) {
    store.transact(session -> {
      WebhookRow row = session
          .lockWebhook("acme", PublicId.WEBHOOK.parse(webhook).orElseThrow())
          .orElseThrow();
      session.updateWebhook(new WebhookRow(
          with(headers.getBytes(StandardCharsets.UTF_8), row.configuration()),
          row.name(),
          row.events(),
          row.createdAt(),
          row.updatedAt()));
      return row;
    });
    kit.advance(Duration.ofSeconds(2));
  }

  private static WebhookConfiguration with(byte[] headers, WebhookConfiguration old) {
    return old.change().headers(headers).build();
  }

  private Delivery delivery() {
    return acme.deliveries(webhook, DeliveryQuery.latest()).data().get(0);
  }

  private static String many(int count, String value) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"X-H" + i + "\":\"" + value + "\"")
        .collect(Collectors.joining(",", "{", "}"));
  }
}
