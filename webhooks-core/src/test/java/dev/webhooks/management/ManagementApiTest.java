package dev.webhooks.management;

import static dev.webhooks.management.ApiFixture.DATA;
import static dev.webhooks.management.ApiFixture.NEW_WEBHOOK;
import static dev.webhooks.management.ApiFixture.URL;
import static dev.webhooks.management.ApiFixture.json;
import static dev.webhooks.management.ApiFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhooks.model.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what callers of the management API get when they ask as they should. */
class ManagementApiTest {
  private final ApiFixture fixture = new ApiFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void a_webhook_is_created_with_a_secret_that_is_shown_this_once() {
    ApiResponse created = fixture.post("/webhooks", NEW_WEBHOOK);

    JsonNode webhook = json(created);
    assertThat(created.status()).isEqualTo(201);
    assertThat(webhook.path("id").asText()).startsWith("wh_");
    assertThat(webhook.path("name").isNull()).isTrue();
    assertThat(webhook.path("url").asText()).isEqualTo(URL);
    assertThat(webhook.path("status").asText()).isEqualTo("active");
    assertThat(webhook.path("createdAt").asText()).isEqualTo("2026-01-05T09:00:00.000Z");
    assertThat(webhook.path("secret").asText()).startsWith("whsec_");
    assertThat(json(fixture.get("/webhooks/" + webhook.path("id").asText())).has("secret"))
        .isFalse();
  }

  @Test
  void a_given_secret_is_never_shown() {
    String body = "{\"name\":\"Orders\",\"url\":\"" + URL + "\",\"events\":[\"*\"],"
        + "\"headers\":{\"X-Api-Key\":\"k-123\"},\"secret\":\"sixteen-or-longer\"}";

    JsonNode webhook = json(fixture.post("/webhooks", body));

    assertThat(webhook.has("secret")).isFalse();
    assertThat(webhook.path("name").asText()).isEqualTo("Orders");
    assertThat(webhook.path("headers").path("X-Api-Key").asText()).isEqualTo("********");
  }

  @Test
  void a_list_tells_its_page_and_heeds_its_filters() {
    String first = fixture.webhook();
    String second = fixture.webhook();
    fixture.patch("/webhooks/" + first, "{\"status\":\"paused\"}");

    JsonNode page = json(fixture.get("/webhooks?limit=1&page=1"));
    JsonNode paused = json(fixture.get("/webhooks?status=paused&event=dataset.created"));

    assertThat(page.path("data").findValuesAsText("id")).containsExactly(second);
    assertThat(page.path("pagination").toString())
        .startsWith("{\"page\":1,\"limit\":1,\"total\":2,\"hasMore\":true,\"next\":\"")
        .endsWith("\"}");
    assertThat(paused.path("data").findValuesAsText("id")).containsExactly(first);
    assertThat(paused.path("pagination").path("limit").asInt()).isEqualTo(20);
  }

  @Test
  void a_change_keeps_what_is_absent_and_null_clears_the_name() {
    String id = fixture.webhook();
    fixture.patch("/webhooks/" + id, "{\"name\":\"Orders\",\"headers\":{\"Accept\":\"a/b\"}}");

    ApiResponse kept = fixture.patch("/webhooks/" + id, "{\"events\":[\"*\"]}");
    ApiResponse cleared = fixture.patch("/webhooks/" + id, "{\"name\":null}");

    assertThat(kept.status()).isEqualTo(200);
    assertThat(json(kept).path("name").asText()).isEqualTo("Orders");
    assertThat(json(kept).path("headers").path("Accept").asText()).isEqualTo("a/b");
    assertThat(json(kept).path("events").toString()).isEqualTo("[\"*\"]");
    assertThat(json(cleared).path("name").isNull()).isTrue();
    assertThat(json(cleared).path("events").toString()).isEqualTo("[\"*\"]");
  }

  @Test
  void a_deleted_webhook_is_gone() {
    String id = fixture.webhook();

    ApiResponse deleted = fixture.delete("/webhooks/" + id);

    assertThat(deleted.status()).isEqualTo(204);
    assertThat(deleted.body()).isEmpty();
    assertThat(refusal(fixture.get("/webhooks/" + id))).isEqualTo("404 WEBHOOK_NOT_FOUND");
  }

  @Test
  void a_delivery_shows_its_payload_as_published_and_every_attempt() {
    String id = fixture.webhook();
    fixture.kit.receiver(URL).answers(503, 200);
    fixture.kit.account("acme").publish(Event.ofJson("dataset.created", DATA));
    fixture.kit.runUntilIdle();
    fixture.kit.advance(Duration.ofSeconds(5));

    JsonNode logged =
        json(fixture.get("/webhooks/" + id + "/deliveries")).path("data").path(0);
    ApiResponse details =
        fixture.get("/webhooks/" + id + "/deliveries/" + logged.path("id").asText());

    assertThat(details.text()).contains("\"payload\":" + DATA);
    assertThat(json(details).path("status").asText()).isEqualTo("success");
    assertThat(json(details).path("attemptLog").findValuesAsText("error"))
        .containsExactly("http_status", "null");
    assertThat(json(details).path("lastAttemptAt").asText()).isEqualTo("2026-01-05T09:00:05.000Z");
    assertThat(json(fixture.get("/webhooks/" + id)).path("deliveries").path(0)).isEqualTo(logged);
  }

  @Test
  void deliveries_are_filtered_by_status_event_and_time() {
    String id = fixture.webhook();
    fixture.kit.receiver(URL).answers(200);
    fixture.kit.account("acme").publish(Event.ofJson("dataset.created", DATA));
    fixture.kit.runUntilIdle();

    String log = "/webhooks/" + id + "/deliveries";
    assertThat(total(log + "?status=success&event=dataset.created")).isEqualTo(1);
    assertThat(total(log + "?status=failed")).isZero();
    assertThat(total(log + "?from=2026-01-05")).isEqualTo(1);
    assertThat(total(log + "?to=2026-01-05")).isZero();
    assertThat(total(log + "?from=2026-01-05T10:00:00+01:00")).isEqualTo(1);
    assertThat(total(log + "?to=2026-01-05T10%3A00%3A00%2B01%3A00")).isZero();
  }

  @Test
  void lists_are_read_by_cursor() {
    String first = fixture.webhook();
    String second = fixture.webhook();
    fixture.kit.account("acme").publish(Event.ofJson("dataset.created", DATA));
    fixture.kit.account("acme").publish(Event.ofJson("dataset.created", DATA));

    assertThat(walk("/webhooks?limit=1")).containsExactly(second, first);
    assertThat(walk("/webhooks?status=active&event=dataset.created&limit=1"))
        .containsExactly(second, first);
    assertThat(walk("/webhooks/" + first + "/deliveries?limit=1&from=2026-01-05"))
        .hasSize(2);
  }

  private List<String> walk(String target) {
    List<String> ids = new ArrayList<>();
    JsonNode page = json(fixture.get(target));
    assertThat(page.path("pagination").path("page").asInt()).isEqualTo(1);
    ids.addAll(page.path("data").findValuesAsText("id"));
    while (page.path("pagination").path("hasMore").asBoolean()) {
      String next = page.path("pagination").path("next").asText();
      page = json(fixture.get(target + "&after=" + next));
      assertThat(page.path("pagination").path("page").isNull()).isTrue();
      ids.addAll(page.path("data").findValuesAsText("id"));
    }
    assertThat(page.path("pagination").path("next").isNull()).isTrue();
    return ids;
  }

  @ParameterizedTest
  @ValueSource(strings = {"page=1&after=AAAA", "after=AAAA&page=2", "after=AAAA", "after="})
  void a_cursor_that_is_none_or_beside_a_page_is_refused(String query) {
    for (String list : List.of("/webhooks", "/webhooks/" + fixture.webhook() + "/deliveries")) {
      ApiResponse response = fixture.get(list + "?" + query);

      assertThat(refusal(response)).isEqualTo("400 INVALID_REQUEST");
      assertThat(response.text())
          .contains(query.contains("page") ? "page and after" : "after must");
    }
  }

  @Test
  void a_repeated_request_gets_its_first_answer() {
    ApiResponse first = fixture.withKey("k1", "POST", "/webhooks", NEW_WEBHOOK);
    ApiResponse again = fixture.withKey("k1", "POST", "/webhooks", NEW_WEBHOOK);
    String target = "/webhooks/" + json(first).path("id").asText();

    assertThat(again.status()).isEqualTo(201);
    assertThat(again.text()).isEqualTo(first.text()).contains("secret");
    assertThat(fixture.withKey("k2", "DELETE", target, "").status()).isEqualTo(204);
    assertThat(fixture.withKey("k2", "DELETE", target, "").status()).isEqualTo(204);
    assertThat(refusal(fixture.withKey("k1", "DELETE", target, "")))
        .isEqualTo("409 DUPLICATE_IDEMPOTENCY_KEY");
  }

  @Test
  void it_answers_below_its_base_path_and_nowhere_else() {
    ManagementApi below = fixture.api.basePath("/api/v1");
    Map<String, List<String>> headers =
        Map.of("Authorization", List.of("Bearer " + ApiFixture.ACME));
    List<Integer> statuses = new ArrayList<>();
    for (String path : List.of("/api/v1/webhooks", "/webhooks", "/api/v1webhooks", "/api/v1", "")) {
      statuses.add(
          below.handle(ApiFixture.request("GET", path, headers, new byte[0])).status());
    }

    assertThat(statuses).containsExactly(200, 404, 404, 404, 404);
    assertThatThrownBy(() -> fixture.api.basePath("api/"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "PUT, /webhooks, 'POST, GET'",
    "HEAD, /webhooks, 'POST, GET'",
    "OPTIONS, /webhooks/wh_1, 'GET, PATCH, DELETE'",
    "get, /webhooks, 'POST, GET'",
    "POST, /openapi.json, GET"
  })
  void a_wrong_method_is_told_the_right_ones(String method, String path, String allow) {
    ApiResponse response = fixture.as(ApiFixture.ACME, method, path, "");

    assertThat(refusal(response)).isEqualTo("405 METHOD_NOT_ALLOWED");
    assertThat(response.headers()).containsEntry("allow", allow);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/webhook",
        "/webhooks/",
        "/webhooks//deliveries",
        "/Webhooks",
        "/webhooks/wh_1/deliveries/dlv_1/x",
        "//webhooks",
        "webhooks",
        "/%77ebhooks",
        "*"
      })
  void an_unknown_path_is_not_found(String path) {
    assertThat(refusal(fixture.get(path))).isEqualTo("404 NOT_FOUND");
  }

  @Test
  void every_response_is_json_that_nobody_stores_or_sniffs() {
    String target = "/webhooks/" + fixture.webhook();
    List<ApiResponse> responses = List.of(
        fixture.get("/openapi.json"),
        fixture.get("/webhooks"),
        fixture.get("/nowhere"),
        fixture.as(ApiFixture.ACME, "PUT", "/webhooks", ""),
        fixture.as("unknown", "GET", "/webhooks", ""),
        fixture.delete(target));

    assertThat(responses)
        .allSatisfy(response -> assertThat(response.headers())
            .containsEntry("content-type", "application/json")
            .containsEntry("cache-control", "no-store")
            .containsEntry("x-content-type-options", "nosniff"));
  }

  @Test
  void requests_and_responses_are_printed_without_what_they_hold() {
    ApiRequest request = ApiFixture.request(
        "GET", "/canary", Map.of("Authorization", List.of("canary")), new byte[0]);
    ApiResponse created = fixture.post("/webhooks", NEW_WEBHOOK);

    assertThat(request.toString()).doesNotContain("canary");
    assertThat(created.toString()).doesNotContain("whsec_");
  }

  private long total(String target) {
    return json(fixture.get(target)).path("pagination").path("total").asLong(-1);
  }
}
