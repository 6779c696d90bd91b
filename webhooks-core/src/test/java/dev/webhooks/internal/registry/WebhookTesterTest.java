package dev.webhooks.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.idempotency.IdempotencyCache;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.TestResult;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.store.WebhookStore;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryTransaction;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebhookTesterTest {
  private static final String URL = "https://hooks.acme.example/in";

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();
  private boolean dead;
  private final TestWebhooks kit = TestWebhooks.on(
      mortal(store), EventCatalog.acceptingAny(), builder -> builder.maxPayloadBytes(1_000));
  private final AccountWebhooks acme = kit.account("acme");
  private final TestReceiver receiver = kit.receiver(URL);
  private final String webhook = acme.create(
          WebhookDraft.to(URL).events("order.paid").header("X-Api-Key", "k-1"))
      .webhook()
      .id();

  @AfterEach
  void close() {
    kit.close();
  }

  @Test
  void a_test_is_sent_at_once_signed_and_with_the_webhooks_headers() {
    TestResult result = acme.test(webhook, Map.of("hello", "world"));

    assertThat(result.delivered()).isTrue();
    assertThat(result.responseStatus()).isEqualTo(200);
    assertThat(result.responseBody()).isEqualTo("scripted 200");
    assertThat(result.error()).isNull();
    assertThat(receiver.requests()).singleElement().satisfies(request -> {
      assertThat(request.signatureIsValid()).isTrue();
      assertThat(request.header("x-webhook-event")).isEqualTo("webhook.test");
      assertThat(request.header("x-webhook-delivery")).isEqualTo(result.deliveryId());
      assertThat(request.header("x-webhook-attempt")).isEqualTo("1");
      assertThat(request.header("webhook-id")).isEqualTo(result.eventId());
      assertThat(request.header("X-Api-Key")).isEqualTo("k-1");
      assertThat(text(request))
          .isEqualTo("{\"id\":\"" + result.eventId() + "\",\"type\":\"webhook.test\","
              + "\"timestamp\":\"2026-01-05T09:00:00.000Z\","
              + "\"data\":{\"testPayload\":{\"hello\":\"world\"}}}");
    });
  }

  @Test
  void a_test_is_logged_and_sent_once_whatever_came_of_it() {
    receiver.answers(500, 200);

    TestResult result = acme.test(webhook);
    kit.advance(Duration.ofDays(1));

    assertThat(result.delivered()).isFalse();
    assertThat(result.responseStatus()).isEqualTo(500);
    assertThat(result.error()).isEqualTo(DeliveryError.HTTP_STATUS);
    assertThat(receiver.requests()).hasSize(1);
    Delivery logged = log().get(0);
    assertThat(log()).hasSize(1);
    assertThat(logged.id()).isEqualTo(result.deliveryId());
    assertThat(logged.event()).isEqualTo("webhook.test");
    assertThat(logged.status()).isEqualTo(DeliveryStatus.FAILED);
    assertThat(acme.deliveries(webhook, DeliveryQuery.latest().event("webhook.test"))
            .data())
        .containsExactly(logged);
    assertThat(acme.delivery(webhook, logged.id()).payload()).startsWith("{\"testPayload\":{");
    assertThat(acme.delivery(webhook, logged.id()).attemptLog()).hasSize(1);
    assertThat(codeOf(() -> acme.retry(webhook, logged.id())))
        .isEqualTo(ErrorCode.DELIVERY_NOT_FAILED);
    assertThat(acme.recover(webhook, kit.clock().instant().minus(Duration.ofDays(2))))
        .isZero();
    assertThat(acme.get(webhook).webhook().statistics()).isEqualTo(WebhookStatistics.NONE);
  }

  @Test
  void a_paused_webhook_can_be_tested() {
    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.PAUSED));

    assertThat(acme.test(webhook).delivered()).isTrue();
  }

  @Test
  void an_endpoint_that_is_not_there_is_a_result_and_no_exception() {
    String nowhere = acme.create(
            WebhookDraft.to("https://nowhere.acme.example/").events("*"))
        .webhook()
        .id();

    TestResult result = acme.test(nowhere);

    assertThat(result.delivered()).isFalse();
    assertThat(result.responseStatus()).isNull();
    assertThat(result.error()).isEqualTo(DeliveryError.CONNECT);
  }

  @Test
  void json_is_embedded_as_it_is_written() {
    acme.testJson(webhook, "{\"b\":1.50,\"a\":1e3}");

    assertThat(text(receiver.requests().get(0)))
        .contains("{\"testPayload\":{\"b\":1.50,\"a\":1e3}}");
  }

  @Test
  void what_is_no_json_object_or_too_large_is_refused_and_nothing_is_sent() {
    assertThat(codeOf(() -> acme.test(webhook, List.of(1)))).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(codeOf(() -> acme.testJson(webhook, "{\"a\":1,\"a\":2}")))
        .isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(codeOf(() -> acme.test(webhook, Map.of("a", "x".repeat(1_000)))))
        .isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE);
    assertThat(codeOf(() -> acme.test("wh_0"))).isEqualTo(ErrorCode.WEBHOOK_NOT_FOUND);
    assertThat(codeOf(() -> kit.account("other").test(webhook)))
        .isEqualTo(ErrorCode.WEBHOOK_NOT_FOUND);
    assertThat(receiver.requests()).isEmpty();
    assertThat(log()).isEmpty();
  }

  @Test
  void a_test_cannot_be_part_of_a_transaction() {
    try (InMemoryTransaction transaction = store.begin()) {
      assertThat(codeOf(() -> acme.in(transaction).test(webhook)))
          .isEqualTo(ErrorCode.INVALID_REQUEST);
      transaction.commit();
    }
    assertThat(receiver.requests()).isEmpty();
  }

  @Test
  void a_repeated_key_replays_the_first_result_and_sends_nothing() {
    receiver.answers(503, 200);
    TestResult first = acme.withIdempotencyKey("k").test(webhook, Map.of("n", 1));

    TestResult again = acme.withIdempotencyKey("k").test(webhook, Map.of("n", 1));

    assertThat(again).isEqualTo(first);
    assertThat(receiver.requests()).hasSize(1);
    assertThat(codeOf(() -> acme.withIdempotencyKey("k").test(webhook, Map.of("n", 2))))
        .isEqualTo(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY);
    assertThat(codeOf(() -> acme.withIdempotencyKey("k").delete(webhook)))
        .isEqualTo(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY);
    acme.delete(webhook);
    assertThat(acme.withIdempotencyKey("k").test(webhook, Map.of("n", 1)))
        .as("whatever happened to the webhook since")
        .isEqualTo(first);
    kit.advance(IdempotencyCache.LIFETIME);
    assertThat(codeOf(() -> acme.withIdempotencyKey("k").test(webhook, Map.of("n", 1))))
        .isEqualTo(ErrorCode.WEBHOOK_NOT_FOUND);
  }

  @Test
  void a_refused_test_frees_its_key() {
    assertThat(codeOf(() -> acme.withIdempotencyKey("k").test("wh_0")))
        .isEqualTo(ErrorCode.WEBHOOK_NOT_FOUND);

    assertThat(acme.withIdempotencyKey("k").test(webhook).delivered()).isTrue();
  }

  @Test
  void the_same_request_that_comes_while_the_first_one_waits_gets_its_result() {
    CompletableFuture<TestResult> second = new CompletableFuture<>();
    receiver.whileAnswering(() -> {
      CompletableFuture<Boolean> looked = new CompletableFuture<>();
      second.completeAsync(() -> {
        looked.complete(true);
        return acme.withIdempotencyKey("k").test(webhook);
      });
      looked.join();
    });

    TestResult first = acme.withIdempotencyKey("k").test(webhook);

    assertThat(second.join()).isEqualTo(first);
    assertThat(receiver.requests()).hasSize(1);
  }

  @Test
  void while_the_first_one_waits_for_longer_the_key_is_refused() {
    receiver.whileAnswering(() -> {
      assertThat(codeOf(() -> acme.withIdempotencyKey("k").test(webhook)))
          .isEqualTo(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY);
      assertThat(codeOf(() -> acme.withIdempotencyKey("k").delete(webhook)))
          .isEqualTo(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY);
    });

    assertThat(acme.withIdempotencyKey("k").test(webhook).delivered()).isTrue();
    assertThat(receiver.requests()).hasSize(1);
  }

  @Test
  void a_test_whose_process_died_ends_as_interrupted_and_frees_its_key() {
    receiver.whileAnswering(() -> dead = true);
    AssertionError death = catchThrowableOfType(
        AssertionError.class, () -> acme.withIdempotencyKey("k").test(webhook));
    assertThat(death).isNotNull();
    dead = false;
    assertThat(log().get(0).status()).isEqualTo(DeliveryStatus.PENDING);

    kit.advance(Duration.ofSeconds(60));

    assertThat(log()).singleElement().satisfies(delivery -> {
      assertThat(delivery.status()).isEqualTo(DeliveryStatus.FAILED);
      assertThat(delivery.error()).isEqualTo(DeliveryError.INTERRUPTED);
    });
    assertThat(receiver.requests()).hasSize(1);
    assertThat(acme.withIdempotencyKey("k").test(webhook).delivered()).isTrue();
  }

  /** Returns a store that runs no transaction while the process is dead. */
  private WebhookStore mortal(WebhookStore living) {
    return (WebhookStore) Proxy.newProxyInstance(
        getClass().getClassLoader(),
        new Class<?>[] {WebhookStore.class},
        (proxy, method, arguments) -> {
          if (dead && method.getName().equals("transact")) {
            throw new AssertionError("the process is dead");
          }
          try {
            return method.invoke(living, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  private List<Delivery> log() {
    return acme.deliveries(webhook, DeliveryQuery.latest()).data();
  }

  private static ErrorCode codeOf(ThrowingCallable call) {
    return catchThrowableOfType(WebhookException.class, call).code();
  }

  private static String text(ReceivedRequest request) {
    return new String(request.body(), StandardCharsets.UTF_8);
  }
}
