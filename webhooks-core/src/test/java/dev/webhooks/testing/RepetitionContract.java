package dev.webhooks.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.management.ApiRequest;
import dev.webhooks.management.ApiResponse;
import dev.webhooks.management.Authenticator;
import dev.webhooks.management.HostRoute;
import dev.webhooks.management.ManagementApi;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.PublishResult;
import dev.webhooks.model.TestResult;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A repetition is known by its content, whatever the form: each JVM iterates over {@code Map.of} in
 * an order of its own, and each client writes JSON in its own way.
 */
public abstract class RepetitionContract extends StoreContract {
  private static final String URL = "https://hooks.acme.example/in";
  private static final String TYPE = "order.paid";
  private static final List<String> ONE_PAYLOAD = List.of(
      "{\"order\":{\"id\":17,\"note\":\"\\u00e9A\"},\"amount\":\"9.90\",\"lines\":[1,{}]}",
      "{\"amount\":\"9.90\",\"lines\":[1,{}],\"order\":{\"note\":\"\u00e9A\",\"id\":17}}",
      " {\n\"lines\" : [ 1 , { } ], \"order\":{\"note\":\"\u00e9\\u0041\",\"id\":17},"
          + "\"\\u0061mount\":\"9.90\"}\r\n");
  private static final List<String> OTHER_PAYLOADS = List.of(
      "{\"order\":{\"id\":17,\"note\":\"\u00e9A\"},\"amount\":\"9.90\",\"lines\":[{},1]}",
      "{\"order\":{\"id\":17,\"note\":\"\u00e9A\"},\"amount\":\"9.9\",\"lines\":[1,{}]}",
      "{\"order\":{\"id\":17.0,\"note\":\"\u00e9A\"},\"amount\":\"9.90\",\"lines\":[1,{}]}",
      "{\"order\":{\"id\":\"17\",\"note\":\"\u00e9A\"},\"amount\":\"9.90\",\"lines\":[1,{}]}",
      "{\"order\":{\"id\":17},\"note\":\"\u00e9A\",\"amount\":\"9.90\",\"lines\":[1,{}]}");

  private TestWebhooks kit;
  private AccountWebhooks acme;
  private String webhook;

  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected RepetitionContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @BeforeEach
  final void register() {
    kit = TestWebhooks.on(store(), EventCatalog.acceptingAny());
    acme = kit.account("acme");
    webhook = acme.create(WebhookDraft.to(URL).events("*")).webhook().id();
  }

  @AfterEach
  final void closeKit() {
    kit.close();
  }

  @Test
  void event_of_maps_in_any_order_is_published_once() {
    Map<String, Object> content = Map.of("orderId", 17, "amount", "9.90", "currency", "EUR");
    List<PublishResult> results = new ArrayList<>();
    for (Map<String, Object> asInOneJvm : orders(content)) {
      Map<String, Object> nested = new LinkedHashMap<>();
      nested.put("order", asInOneJvm);
      results.add(acme.publish(Event.of(TYPE, nested).withId("order-17-paid")));
    }

    assertThat(results).hasSize(6).containsOnly(new PublishResult("order-17-paid", 1));
    assertThat(kit.deliveries("acme")).hasSize(1);
  }

  @Test
  void event_is_the_same_in_every_form_of_its_json_and_another_with_another_value() {
    for (String form : ONE_PAYLOAD) {
      assertThat(acme.publish(Event.ofJson(TYPE, form).withId("order-17")))
          .as(form)
          .isEqualTo(new PublishResult("order-17", 1));
    }
    for (String other : OTHER_PAYLOADS) {
      assertDuplicate(other, () -> acme.publish(Event.ofJson(TYPE, other).withId("order-17")));
    }
    assertThat(kit.deliveries("acme")).hasSize(1);
  }

  @Test
  void forms_of_one_event_in_one_call_are_one_event() {
    List<Event> events = ONE_PAYLOAD.stream()
        .map(form -> Event.ofJson(TYPE, form).withId("order-17"))
        .toList();

    assertThat(acme.publish(events)).hasSize(3).containsOnly(new PublishResult("order-17", 1));
    assertThat(kit.deliveries("acme")).hasSize(1);
  }

  @Test
  void time_counts_as_it_is_sent_in_milliseconds() {
    Event event = Event.ofJson(TYPE, "{}").withId("order-17");
    acme.publish(event.at(Instant.parse("2026-01-02T03:04:05.123456789Z")));

    assertThat(
            acme.publish(event.at(Instant.parse("2026-01-02T03:04:05.123456Z"))).deliveries())
        .isEqualTo(1);
    Event later = event.at(Instant.parse("2026-01-02T03:04:05.124Z"));
    assertDuplicate("a millisecond later", () -> acme.publish(later));
    assertDuplicate("without a time", () -> acme.publish(event));
  }

  @Test
  void id_made_by_the_library_is_known_by_what_was_published_under_it() {
    String id = acme.publish(Event.ofJson(TYPE, ONE_PAYLOAD.get(0))).eventId();

    for (String form : ONE_PAYLOAD) {
      assertThat(acme.publish(Event.ofJson(TYPE, form).withId(id)))
          .isEqualTo(new PublishResult(id, 1));
    }
    assertDuplicate(
        "data", () -> acme.publish(Event.ofJson(TYPE, OTHER_PAYLOADS.get(0)).withId(id)));
    assertDuplicate(
        "type",
        () -> acme.publish(Event.ofJson("order.sent", ONE_PAYLOAD.get(0)).withId(id)));
    assertDuplicate(
        "time",
        () -> acme.publish(Event.ofJson(TYPE, ONE_PAYLOAD.get(0)).withId(id).at(Instant.EPOCH)));
    assertThat(kit.deliveries("acme")).hasSize(1);
  }

  @Test
  void test_is_sent_once_for_every_form_of_its_payload() {
    AccountWebhooks keyed = acme.withIdempotencyKey("test-1");
    TestResult first = keyed.testJson(webhook, ONE_PAYLOAD.get(0));

    for (String form : ONE_PAYLOAD) {
      assertThat(keyed.testJson(webhook, form)).as(form).isEqualTo(first);
    }
    assertDuplicate("other", () -> keyed.testJson(webhook, OTHER_PAYLOADS.get(0)));
    assertThat(kit.deliveries("acme")).hasSize(1);
  }

  @Test
  void request_to_the_management_api_is_the_same_in_every_form_of_its_body() {
    ManagementApi api = ManagementApi.on(
            kit.webhooks(), Authenticator.ofTokens(Map.of("t", "acme")))
        .withRoute("POST", "/events", publishing());
    for (String path : List.of("/webhooks/" + webhook + "/test", "/events")) {
      String field = path.equals("/events") ? "data" : "payload";
      List<ApiResponse> responses = ONE_PAYLOAD.stream()
          .map(form -> api.handle(post(path, "{ \"" + field + "\":" + form + "}")))
          .toList();
      ApiResponse other =
          api.handle(post(path, "{\"" + field + "\":" + OTHER_PAYLOADS.get(0) + "}"));

      assertThat(responses).extracting(ApiResponse::status).containsOnly(200);
      assertThat(responses)
          .extracting(ApiResponse::text)
          .containsOnly(responses.get(0).text());
      assertThat(other.status()).isEqualTo(409);
    }
    assertThat(kit.deliveries("acme")).hasSize(2);
  }

  @Test
  void webhook_is_created_once_for_every_order_of_its_fields() {
    ManagementApi api =
        ManagementApi.on(kit.webhooks(), Authenticator.ofTokens(Map.of("t", "acme")));
    String url = "\"url\":\"" + URL + "/2\"";
    String events = "\"events\":[\"order.paid\"]";
    String first = api.handle(
            post("/webhooks", "{" + url + "," + events + ",\"headers\":{\"A\":\"1\",\"B\":\"2\"}}"))
        .text();

    ApiResponse again = api.handle(post(
        "/webhooks", "{\"headers\": {\"B\":\"2\", \"A\":\"1\"}, " + events + ", " + url + "}"));

    assertThat(again.status()).isEqualTo(201);
    assertThat(again.text()).isEqualTo(first);
    assertThat(webhooks("acme")).isEqualTo(2);
  }

  private static HostRoute publishing() {
    return call -> {
      Event event = Event.ofJson(TYPE, call.body("data").requiredJson("data"));
      PublishResult result =
          call.account().publish(event.withId(call.idempotencyKey().orElseThrow()));
      return ApiResponse.json(200, Map.of("id", result.eventId()));
    };
  }

  private static ApiRequest post(String path, String body) {
    Map<String, List<String>> headers = Map.of(
        "Authorization",
        List.of("Bearer t"),
        "Idempotency-Key",
        List.of("key-of" + path.replaceAll("[^a-z]", "-")));
    return new ApiRequest("POST", path, null, headers, body.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the entries in every order that a JVM could give them. */
  private static List<Map<String, Object>> orders(Map<String, Object> content) {
    if (content.isEmpty()) {
      return List.of(Map.of());
    }
    List<Map<String, Object>> orders = new ArrayList<>();
    content.forEach((key, value) -> {
      Map<String, Object> rest = new LinkedHashMap<>(content);
      rest.remove(key);
      for (Map<String, Object> tail : orders(rest)) {
        Map<String, Object> order = new LinkedHashMap<>();
        order.put(key, value);
        order.putAll(tail);
        orders.add(order);
      }
    });
    return orders;
  }

  private static void assertDuplicate(String what, Runnable call) {
    assertThatThrownBy(call::run)
        .as(what)
        .isInstanceOfSatisfying(
            WebhookException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY));
  }
}
