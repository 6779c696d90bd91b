package dev.webhooks.management;

import static dev.webhooks.management.ApiFixture.NEW_WEBHOOK;
import static dev.webhooks.management.ApiFixture.URL;
import static dev.webhooks.management.ApiFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhooks.model.Event;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
      "1e999999999");

  private final Random random = new Random(20_260_105);
  private final ApiFixture fixture = new ApiFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void no_request_causes_a_fault() {
    Map<Integer, Integer> statuses = new TreeMap<>();
    String webhook = "";
    String delivery = "";
    for (int i = 0; i < REQUESTS; i++) {
      if (i % 100 == 0) {
        webhook = freshWebhook();
        delivery = freshDelivery(webhook);
      }
      ApiRequest request = request(webhook, delivery);

      ApiResponse response = fixture.api.handle(request);

      statuses.merge(response.status(), 1, Integer::sum);
      assertThat(isSound(response))
          .as("request " + i + ": " + describe(request, response))
          .isTrue();
    }
    assertThat(statuses.keySet()).contains(200, 201, 204, 400, 401, 404, 405, 409);
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

  private ApiRequest request(String webhook, String delivery) {
    List<String> paths = List.of(
        "/webhooks",
        "/webhooks/" + webhook,
        "/webhooks/" + webhook + "/deliveries",
        "/webhooks/" + webhook + "/deliveries/" + delivery,
        "/openapi.json");
    Map<String, List<String>> headers = new HashMap<>();
    headers.put("Authorization", List.of(mutated("Bearer " + ApiFixture.ACME, 20)));
    if (random.nextInt(3) == 0) {
      headers.put("Idempotency-Key", List.of(mutated("key-" + random.nextInt(50), 4)));
    }
    return new ApiRequest(
        random.nextInt(10) == 0 ? pick(METHODS) : pick(METHODS.subList(0, 4)),
        mutated(pick(paths), 6),
        mutated(random.nextBoolean() ? "" : pick(QUERIES), 3),
        headers,
        mutated(pick(BODIES).getBytes(StandardCharsets.UTF_8)));
  }

  /** Returns the text, or one time in so many with a few characters changed. */
  private String mutated(String text, int oneIn) {
    if (random.nextInt(oneIn) > 0) {
      return text;
    }
    StringBuilder mutated = new StringBuilder(text);
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(mutated.length() + 1);
      switch (random.nextInt(3)) {
        case 0 -> mutated.insert(at, character());
        case 1 -> mutated.setLength(at);
        default -> mutated.replace(at, Math.min(at + 1, mutated.length()), "" + character());
      }
    }
    return mutated.toString();
  }

  private char character() {
    String likely = "%/&=?+\"{}[]:,.-_\0\r\n\t \ud800\udc00\u00e9\uffff09azAZ";
    return random.nextInt(4) == 0
        ? (char) random.nextInt(0x10000)
        : likely.charAt(random.nextInt(likely.length()));
  }

  private byte[] mutated(byte[] body) {
    if (random.nextBoolean()) {
      return body;
    }
    byte[] mutated = Arrays.copyOf(body, random.nextInt(body.length + 2));
    for (int i = random.nextInt(4); i > 0 && mutated.length > 0; i--) {
      mutated[random.nextInt(mutated.length)] =
          random.nextBoolean() ? (byte) random.nextInt(256) : (byte) character();
    }
    return mutated;
  }

  private <T> T pick(List<T> values) {
    return values.get(random.nextInt(values.size()));
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
