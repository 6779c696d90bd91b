package dev.webhooks.management;

import static dev.webhooks.management.ApiFixture.DATA;
import static dev.webhooks.management.ApiFixture.NEW_WEBHOOK;
import static dev.webhooks.management.ApiFixture.URL;
import static dev.webhooks.management.ApiFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests that another account's things answer, on every route, to the byte like what does not exist,
 * and that nothing becomes of them. The routes are those of the table, so that a new one needs a
 * line in {@link #BODIES}.
 */
class CrossAccountTest {
  /** A body with which each route succeeds for whoever owns what it names. */
  private static final Map<String, String> BODIES = Map.ofEntries(
      Map.entry("POST /webhooks", NEW_WEBHOOK),
      Map.entry("GET /webhooks", ""),
      Map.entry("GET /webhooks/{id}", ""),
      Map.entry("PATCH /webhooks/{id}", "{\"name\":\"mine now\"}"),
      Map.entry("DELETE /webhooks/{id}", ""),
      Map.entry("POST /webhooks/{id}/secret/rotate", "{\"secret\":\"sixteen-or-longer\"}"),
      Map.entry("POST /webhooks/{id}/test", "{\"payload\":{\"n\":1}}"),
      Map.entry("POST /webhooks/{id}/recover", "{\"since\":\"2026-01-04\"}"),
      Map.entry("GET /webhooks/{id}/deliveries", ""),
      Map.entry("GET /webhooks/{id}/deliveries/{deliveryId}", ""),
      Map.entry("POST /webhooks/{id}/deliveries/{deliveryId}/retry", ""),
      Map.entry("GET /event-types", ""),
      Map.entry("GET /openapi.json", ""));

  private final ApiFixture fixture = new ApiFixture();
  private int keys;
  private String theirWebhook;
  private String theirDelivery;
  private String ownWebhook;
  private String ownDelivery;
  private String otherOwnWebhook;

  @BeforeEach
  void register() {
    fixture.kit.receiver(URL).answers(410);
    theirWebhook = register(ApiFixture.ACME);
    ownWebhook = register(ApiFixture.OTHER);
    otherOwnWebhook = register(ApiFixture.OTHER);
    for (String account : List.of("acme", "other")) {
      fixture.kit.account(account).publish(Event.ofJson("dataset.created", DATA));
    }
    fixture.kit.runUntilIdle();
    theirDelivery = delivery(ApiFixture.ACME, theirWebhook);
    ownDelivery = delivery(ApiFixture.OTHER, ownWebhook);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void every_route_takes_part() {
    assertThat(BODIES.keySet())
        .as("a route of ManagementApi needs a line in CrossAccountTest.BODIES")
        .isEqualTo(Set.copyOf(routes().map(CrossAccountTest::name).toList()));
  }

  @ParameterizedTest
  @MethodSource("routesWithIds")
  void what_is_not_the_callers_answers_like_what_is_not_there(Route route) {
    List<String> before = all(ApiFixture.ACME);
    String unknownWebhook = "wh_" + "0".repeat(32);
    String unknownDelivery = "dlv_" + "0".repeat(32);
    String body = BODIES.get(name(route));

    assertAlike(
        ask(route, theirWebhook, theirDelivery, body),
        ask(route, unknownWebhook, theirDelivery, body),
        Map.of(theirWebhook, unknownWebhook));
    assertAlike(
        ask(route, theirWebhook, ownDelivery, body),
        ask(route, unknownWebhook, ownDelivery, body),
        Map.of(theirWebhook, unknownWebhook));
    if (route.template().contains("{deliveryId}")) {
      for (String webhook : List.of(ownWebhook, otherOwnWebhook)) {
        String notOfIt = webhook.equals(ownWebhook) ? theirDelivery : ownDelivery;
        assertAlike(
            ask(route, webhook, notOfIt, body),
            ask(route, webhook, unknownDelivery, body),
            Map.of(notOfIt, unknownDelivery));
      }
    }
    assertThat(all(ApiFixture.ACME)).as("nothing became of it").isEqualTo(before);
    assertThat(ask(route, ownWebhook, ownDelivery, body).status())
        .as("the same request of the owner")
        .isBetween(200, 299);
  }

  @ParameterizedTest
  @MethodSource("routesWithIds")
  void a_refusal_of_the_body_does_not_tell_whether_the_webhook_is_there(Route route) {
    for (String body : List.of("{\"secret\":7}", "{\"since\":1,\"overlapHours\":\"x\"}", "[]")) {
      assertAlike(
          ask(route, theirWebhook, theirDelivery, body),
          ask(route, "wh_" + "0".repeat(32), theirDelivery, body),
          Map.of(theirWebhook, "wh_" + "0".repeat(32)));
    }
  }

  @ParameterizedTest
  @MethodSource("routesWithoutIds")
  void what_names_nothing_shows_nothing_of_others(Route route) {
    ApiResponse answer = ask(route, "", "", BODIES.get(name(route)));

    assertThat(answer.status()).isBetween(200, 299);
    assertThat(answer.text()).doesNotContain(theirWebhook, theirDelivery);
  }

  static Stream<Route> routesWithIds() {
    return routes().filter(route -> route.template().contains("{"));
  }

  static Stream<Route> routesWithoutIds() {
    return routes().filter(route -> !route.template().contains("{"));
  }

  private static Stream<Route> routes() {
    try (TestWebhooks kit =
        TestWebhooks.on(new InMemoryWebhookStore(), EventCatalog.acceptingAny())) {
      return ManagementApi.on(kit.webhooks(), token -> null).routes().stream();
    }
  }

  private static String name(Route route) {
    return route.method() + " " + route.template();
  }

  private String register(String token) {
    return json(fixture.as(token, "POST", "/webhooks", NEW_WEBHOOK)).path("id").asText();
  }

  private String delivery(String token, String webhook) {
    return json(fixture.as(token, "GET", "/webhooks/" + webhook + "/deliveries", ""))
        .at("/data/0/id")
        .asText();
  }

  /** Asks as the other account, with an idempotency key of its own every second time. */
  private ApiResponse ask(Route route, String webhook, String delivery, String body) {
    String target = route.template().replace("{id}", webhook).replace("{deliveryId}", delivery);
    Map<String, String> headers = Map.of("Authorization", "Bearer " + ApiFixture.OTHER);
    Map<String, String> withKey =
        Map.of("Authorization", "Bearer " + ApiFixture.OTHER, "Idempotency-Key", "key-" + keys / 4);
    return fixture.send(route.method(), target, keys++ % 4 < 2 ? headers : withKey, body);
  }

  private static void assertAlike(
      ApiResponse foreign, ApiResponse absent, Map<String, String> ids) {
    String expected = foreign.text();
    for (Map.Entry<String, String> id : ids.entrySet()) {
      expected = expected.replace(id.getKey(), id.getValue());
    }
    assertThat(foreign.status()).isIn(400, 404);
    assertThat(absent.status()).isEqualTo(foreign.status());
    assertThat(absent.headers()).isEqualTo(foreign.headers());
    assertThat(absent.text()).isEqualTo(expected);
  }

  /** Returns all that an account can see of what it has. */
  private List<String> all(String token) {
    List<String> all = new ArrayList<>();
    all.add(fixture.as(token, "GET", "/webhooks?limit=100", "").text());
    json(fixture.as(token, "GET", "/webhooks?limit=100", "")).path("data").forEach(webhook -> {
      String path = "/webhooks/" + webhook.path("id").asText();
      all.add(fixture.as(token, "GET", path, "").text());
      all.add(fixture.as(token, "GET", path + "/deliveries?limit=500", "").text());
    });
    return all;
  }
}
