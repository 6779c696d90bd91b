package dev.webhooks.management;

import static dev.webhooks.management.ApiFixture.NEW_WEBHOOK;
import static dev.webhooks.management.ApiFixture.URL;
import static dev.webhooks.management.ApiFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhooks.fuzz.Fuzzing;
import dev.webhooks.fuzz.Inputs;
import dev.webhooks.model.Event;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Requests that no friend would send: each gets a success or a coded refusal, and never a fault.
 */
class ApiFuzzTest {
  private static final int REQUESTS = 20_000;
  private static final List<String> METHODS =
      List.of("GET", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "get", "", "PUT\r\n");
  private static final List<String> QUERIES = List.of(
      "",
      "page=1",
      "page=2&limit=3",
      "after=AAAA",
      "status=active",
      "status=failed",
      "event=dataset.created",
      "from=2026-01-05&to=2026-01-06T00:00:00%2B02:00",
      "event=%E2%82%AC",
      "page=%31",
      "&&",
      "=",
      "limit=2147483648",
      "from=-999999999-01-01T00:00:00Z");
  private static final Set<Map.Entry<String, String>> SAFE_HEADERS = Set.of(
      Map.entry("content-type", "application/json"),
      Map.entry("cache-control", "no-store"),
      Map.entry("x-content-type-options", "nosniff"),
      Map.entry("www-authenticate", "Bearer"),
      Map.entry("allow", "GET"),
      Map.entry("allow", "POST"),
      Map.entry("allow", "POST, GET"),
      Map.entry("allow", "GET, PATCH, DELETE"));
  private static final List<String> BODIES = List.of(
      NEW_WEBHOOK,
      "{\"url\":\"" + URL + "\",\"events\":[\"*\"],\"headers\":{\"X-A\":\"b\"},\"name\":\"n\","
          + "\"secret\":\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"}",
      "{\"name\":null}",
      "{\"name\":\"\\ud800\",\"url\":\"\\udfff\"}",
      "{\"status\":\"paused\"}",
      "{\"events\":[\"\\ud83d\",\"dataset.*\"],\"secret\":\"\\ud800aaaaaaaaaaaaaaaaaa\"}",
      "{\"headers\":{\"\":\"\",\"X-A\":\"********\"}}",
      "{\"url\":\"https://\\u0000/\"}",
      "",
      "[]",
      "{\"since\":\"2026-01-01T00:00:00.000Z\"}",
      "{\"secret\":\"sixteen-or-longer\",\"overlapHours\":168}",
      "{\"payload\":{\"a\":[1.50,-0,1e400,null,true,\"\\ud83d\\ude00\"]}}",
      "1e999999999");

  private final ApiFixture fixture = new ApiFixture();
  private final Map<Integer, Integer> statuses = new TreeMap<>();
  private String webhook = "";
  private String delivery = "";
  private int requests;

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void no_request_causes_a_fault() {
    Fuzzing.run("management API", REQUESTS, this::check);
    assertThat(statuses.keySet()).contains(200, 201, 204, 400, 401, 404, 405, 409);
  }

  private void check(Inputs inputs) {
    inputs.begin();
    if (requests++ % 100 == 0) {
      webhook = freshWebhook();
      delivery = freshDelivery(webhook);
    }
    ApiRequest request = request(inputs);

    ApiResponse response = fixture.api.handle(request);

    statuses.merge(response.status(), 1, Integer::sum);
    assertThat(isSound(response)).as(describe(request, response)).isTrue();
    // None of what a request says gets into a header.
    assertThat(SAFE_HEADERS).containsAll(response.headers().entrySet());
  }

  /** Makes room if there is none, and registers a webhook. */
  private String freshWebhook() {
    json(fixture.get("/webhooks"))
        .path("data")
        .forEach(webhook -> fixture.delete("/webhooks/" + webhook.path("id").asText()));
    return fixture.webhook();
  }

  private String freshDelivery(String webhook) {
    fixture
        .kit
        .account("acme")
        .publish(
            Event.ofJson("dataset.created", "{\"datasetId\":1,\"name\":\"n\",\"type\":\"t\"}"));
    return json(fixture.get("/webhooks/" + webhook + "/deliveries"))
        .at("/data/0/id")
        .asText();
  }

  private ApiRequest request(Inputs inputs) {
    List<String> paths = List.of(
        "/webhooks",
        "/webhooks/" + webhook,
        "/webhooks/" + webhook + "/deliveries",
        "/webhooks/" + webhook + "/deliveries/" + delivery,
        "/webhooks/" + webhook + "/secret/rotate",
        "/webhooks/" + webhook + "/test",
        "/webhooks/" + webhook + "/recover",
        "/webhooks/" + webhook + "/deliveries/" + delivery + "/retry",
        "/openapi.json");
    Map<String, List<String>> headers = new HashMap<>();
    String token = "Bearer " + ApiFixture.ACME;
    headers.put("Authorization", List.of(inputs.oneIn(20) ? inputs.text(List.of(token)) : token));
    if (inputs.oneIn(3)) {
      String key = "key-" + inputs.below(50);
      headers.put("Idempotency-Key", List.of(inputs.oneIn(4) ? inputs.text(List.of(key)) : key));
    }
    return new ApiRequest(
        inputs.oneIn(10) ? inputs.pick(METHODS) : inputs.pick(METHODS.subList(0, 4)),
        inputs.oneIn(6) ? inputs.text(paths) : inputs.pick(paths),
        inputs.oneIn(3) ? inputs.text(QUERIES) : inputs.pick(QUERIES.subList(0, 2)),
        headers,
        inputs.oneIn(3)
            ? inputs.text(BODIES).getBytes(StandardCharsets.UTF_8)
            : inputs.bytes(inputs.pick(BODIES).getBytes(StandardCharsets.UTF_8)));
  }

  private static boolean isSound(ApiResponse response) {
    if (response.status() == 204) {
      return response.body().length == 0;
    }
    JsonNode body = json(response);
    JsonNode error = body.path("error");
    return response.status() < 300
        ? !body.has("code")
        : response.status() < 500
            && error.path("code").asText().matches("[A-Z_]+")
            && !error.path("message").asText().isEmpty()
            && error.path("message").asText().chars().noneMatch(Character::isISOControl);
  }

  private static String describe(ApiRequest request, ApiResponse response) {
    return request.method() + " " + request.path() + "?" + request.query() + " "
        + request.headers() + " " + new String(request.body(), StandardCharsets.UTF_8) + " -> "
        + response.status() + " " + response.text();
  }
}
