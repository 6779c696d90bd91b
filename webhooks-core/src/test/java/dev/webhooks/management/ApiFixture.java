package dev.webhooks.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatterBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A management API on an instance in memory, with a token for each of two accounts. */
final class ApiFixture implements AutoCloseable {
  static final String URL = "https://hooks.acme.example/in";
  static final String NEW_WEBHOOK = "{\"url\":\"" + URL + "\",\"events\":[\"dataset.created\"]}";
  static final String DATA = "{\"b\":1.50,\"datasetId\":\"d1\",\"name\":\"n\",\"type\":\"t\"}";
  static final String ACME = "acme-token";
  static final String OTHER = "other-token";

  final TestWebhooks kit = TestWebhooks.on(
      new InMemoryWebhookStore(),
      EventCatalog.builtIn(),
      builder -> builder.maxWebhooksPerAccount(3));
  final ManagementApi api = ManagementApi.on(
      kit.webhooks(), Authenticator.ofTokens(Map.of(ACME, "acme", OTHER, "other")));

  ApiResponse get(String target) {
    return as(ACME, "GET", target, "");
  }

  ApiResponse post(String target, String body) {
    return as(ACME, "POST", target, body);
  }

  ApiResponse patch(String target, String body) {
    return as(ACME, "PATCH", target, body);
  }

  ApiResponse delete(String target) {
    return as(ACME, "DELETE", target, "");
  }

  ApiResponse as(String token, String method, String target, String body) {
    return send(method, target, Map.of("Authorization", "Bearer " + token), body);
  }

  ApiResponse withKey(String key, String method, String target, String body) {
    return send(
        method, target, Map.of("Authorization", "Bearer " + ACME, "Idempotency-Key", key), body);
  }

  ApiResponse send(String method, String target, Map<String, String> headers, String body) {
    Map<String, List<String>> lists = new HashMap<>();
    headers.forEach((name, value) -> lists.put(name, List.of(value)));
    return api.handle(request(method, target, lists, body.getBytes(StandardCharsets.UTF_8)));
  }

  static ApiRequest request(
      String method, String target, Map<String, List<String>> headers, byte[] body) {
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    @Nullable String query = mark < 0 ? null : target.substring(mark + 1);
    return new ApiRequest(method, path, query, headers, body);
  }

  /** Registers a webhook and returns its id. */
  String webhook() {
    return json(post("/webhooks", NEW_WEBHOOK)).path("id").asText();
  }

  static JsonNode json(ApiResponse response) {
    try {
      return new ObjectMapper().readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(response.text(), e);
    }
  }

  /** Returns status and code, such as {@code 404 WEBHOOK_NOT_FOUND}. */
  static String refusal(ApiResponse response) {
    return response.status() + " " + json(response).path("error").path("code").asText();
  }

  static String message(ApiResponse response) {
    return json(response).path("error").path("message").asText();
  }

  /** Returns an instant as the API writes it. */
  static String time(Instant instant) {
    return new DateTimeFormatterBuilder()
        .appendInstant(3)
        .toFormatter(Locale.ROOT)
        .format(instant);
  }

  @Override
  public void close() {
    kit.close();
  }
}
