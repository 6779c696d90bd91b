package dev.webhooks.management;

import static dev.webhooks.management.ApiFixture.json;
import static dev.webhooks.management.ApiFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Routes that a host adds: as strict as the built-in ones, with the same callers and errors. */
class HostRouteTest {
  private final ApiFixture fixture = new ApiFixture();
  private final List<HostCall> calls = new ArrayList<>();
  private final ManagementApi api =
      fixture.api.withRoute("POST", "/echo", this::echo).basePath("/api");

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void it_is_told_the_caller_the_key_and_the_fields() {
    ApiResponse response = send("POST", "/api/echo", "k 1", "{\"data\":{},\"text\":\"a\",\"n\":7}");

    assertThat(response.status()).isEqualTo(202);
    assertThat(response.text()).isEqualTo("{\"data\":\"{}\",\"text\":\"a\",\"n\":7,\"none\":null}");
    assertThat(response.headers()).isEqualTo(fixture.get("/webhooks").headers());
    assertThat(calls.get(0).account().id()).isEqualTo("acme");
    assertThat(calls.get(0).idempotencyKey()).contains("k 1");
    ApiResponse nulls = send("POST", "/api/echo", null, "{\"data\":{},\"text\":null,\"n\":null}");
    assertThat(nulls.text()).isEqualTo("{\"data\":\"{}\",\"none\":null}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{ \"b\" : 1.50,\t\"a\":1e400, \"n\":-0 }",
        "{\"data\":{\"data\":[{}, {\"data\":1}]},\"text\":\"}\\\"{\"}",
        "{\"\\u0061\":\"\\ud83d\\ude00\",\"\u00e9\":\"\ud83d\ude00\"}",
        "{\"n\":123456789012345678901234567890.000000000000000000000000001}"
      })
  void an_object_travels_as_it_was_written(String data) {
    ApiResponse first = send("POST", "/api/echo", null, "{\"data\":" + data + "}");
    ApiResponse last = send(
        "POST",
        "/api/echo",
        null,
        "\n{\"n\":1, \"text\":\"{\\\"data\\\":{}}\" , \"data\" :\r\n" + data + " }\n");

    assertThat(json(first).path("data").asText()).isEqualTo(data);
    assertThat(json(last).path("data").asText()).isEqualTo(data);
  }

  /** The parser reads a long text in pieces, and counts across them. */
  @Test
  void a_large_object_travels_as_it_was_written() {
    String data = "{\"a\":\"" + "\u00e9\ud83d\ude00x".repeat(40_000) + "\"  ,\"b\":[1.0,2.00]}";

    ApiResponse response = send(
        "POST",
        "/api/echo",
        null,
        "{\"text\":\"" + "\u00e9".repeat(50_000) + "\",\"data\":" + data + "}");

    assertThat(json(response).path("data").asText()).isEqualTo(data);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{",
        "{\"data\":{}} x",
        "{\"data\":{},\"data\":{}}",
        "{\"data\":{\"a\":1,\"a\":2}}",
        "{\"data\":{},\"more\":1}",
        "{}",
        "{\"data\":null}",
        "{\"data\":[]}",
        "{\"data\":\"{}\"}",
        "{\"data\":{},\"text\":7}",
        "{\"data\":{},\"n\":1.5}",
        "{\"data\":{},\"n\":\"1\"}"
      })
  void a_body_of_another_form_is_refused(String body) {
    assertThat(refusal(send("POST", "/api/echo", null, body))).isEqualTo("400 INVALID_REQUEST");
    assertThat(refusal(fixture.post("/webhooks", body))).isEqualTo("400 INVALID_REQUEST");
  }

  @Test
  void what_is_wrong_before_the_body_never_reaches_the_host() {
    byte[] large = new byte[ManagementApi.MAX_BODY_BYTES + 1];
    Map<String, List<String>> twoKeys =
        Map.of("Authorization", bearer(), "Idempotency-Key", List.of("a", "b"));

    assertThat(refusal(handle("POST", "/api/echo", Map.of(), large))).isEqualTo("401 UNAUTHORIZED");
    assertThat(refusal(handle("POST", "/api/echo", Map.of("Authorization", bearer()), large)))
        .isEqualTo("413 PAYLOAD_TOO_LARGE");
    assertThat(refusal(handle("POST", "/api/echo", twoKeys, new byte[0])))
        .isEqualTo("400 INVALID_REQUEST");
    assertThat(refusal(send("POST", "/api/echo?a=b", null, "{\"data\":{}}")))
        .isEqualTo("400 INVALID_REQUEST");
    assertThat(refusal(send("POST", "/echo", null, "{\"data\":{}}"))).isEqualTo("404 NOT_FOUND");
    assertThat(send("GET", "/api/echo", null, "").headers()).containsEntry("allow", "POST");
    assertThat(calls).isEmpty();
  }

  @Test
  void a_refusal_of_the_host_is_answered_with_its_code() {
    ManagementApi refusing = fixture.api.withRoute("POST", "/a", call -> {
      throw new WebhookException(ErrorCode.INVALID_EVENTS, "no such event");
    });
    ApiRequest request =
        ApiFixture.request("POST", "/a", Map.of("Authorization", bearer()), new byte[0]);

    assertThat(refusal(refusing.handle(request))).isEqualTo("400 INVALID_EVENTS");
  }

  @Test
  void the_built_in_routes_stay_and_the_api_it_was_added_to_has_it_not() {
    assertThat(send("GET", "/api/webhooks", null, "").status()).isEqualTo(200);
    assertThat(refusal(fixture.post("/echo", "{\"data\":{}}"))).isEqualTo("404 NOT_FOUND");
  }

  @Test
  void several_methods_of_one_path_are_told_together() {
    ManagementApi two =
        fixture.api.withRoute("POST", "/a", this::echo).withRoute("PUT", "/a", this::echo);

    ApiResponse response = two.handle(ApiFixture.request("GET", "/a", Map.of(), new byte[0]));

    assertThat(response.headers()).containsEntry("allow", "POST, PUT");
  }

  @Test
  void a_route_that_is_there_already_or_malformed_is_refused() {
    for (String path : List.of("/webhooks", "/webhooks/wh_1/recover")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> fixture.api.withRoute("POST", path, this::echo));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> api.withRoute("POST", "/echo", this::echo));
    for (String path : List.of("", "events", "/", "/events/", "/{id}", "/a b")) {
      assertThatIllegalArgumentException()
          .as(path)
          .isThrownBy(() -> fixture.api.withRoute("POST", path, this::echo));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fixture.api.withRoute("post", "/events", this::echo));
  }

  @Test
  void it_is_described_beside_the_built_in_ones() {
    String echo = """
        {"paths":{"/echo":{"post":{"operationId":"echo","responses":{
          "401":{"$ref":"#/components/responses/Unauthorized"}}}},
          "/webhooks":{"head":{"operationId":"countWebhooks"}}},
         "components":{"schemas":{"Echo":{"type":"object"}}}}
        """;
    String health = "{\"paths\":{\"/health\":{\"get\":{\"operationId\":\"health\"}}}}";
    ManagementApi both = api.withDescription(echo).withDescription(health).basePath("/v1");

    var description =
        json(both.handle(ApiFixture.request("GET", "/v1/openapi.json", Map.of(), new byte[0])));

    assertThat(description.at("/paths/~1echo/post/operationId").asText()).isEqualTo("echo");
    assertThat(description.at("/paths/~1health/get/operationId").asText()).isEqualTo("health");
    assertThat(description.at("/paths/~1webhooks/head").isObject()).isTrue();
    assertThat(description.at("/paths/~1webhooks/get/operationId").asText())
        .isEqualTo("listWebhooks");
    assertThat(description.at("/components/schemas/Echo").isObject()).isTrue();
    assertThat(description.at("/components/schemas/Webhook").isObject()).isTrue();
    assertThat(description.at("/servers/0/url").asText()).isEqualTo("/v1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{\"openapi\":\"3.1.0\"}",
        "{\"paths\":[]}",
        "{\"paths\":{\"/a\":1}}",
        "{\"paths\":{\"/webhooks\":{\"post\":{}}}}",
        "{\"components\":{\"schemas\":{\"Webhook\":{}}}}"
      })
  void a_description_that_is_none_or_says_something_again_is_refused(String description) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> api.withDescription(description))
        .withMessageContaining("description");
  }

  @Test
  void a_response_holds_only_what_json_knows() {
    assertThat(ApiResponse.json(200, Map.of("a", List.of(1, true, "b"))).text())
        .isEqualTo("{\"a\":[1,true,\"b\"]}");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ApiResponse.json(200, Map.of("a", new Object())));
  }

  private ApiResponse echo(HostCall call) {
    calls.add(call);
    Body body = call.body("data", "text", "n");
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("data", body.requiredJson("data"));
    Optional<String> text = body.text("text");
    text.ifPresent(given -> answer.put("text", given));
    body.integer("n").ifPresent(given -> answer.put("n", given));
    answer.put("none", null);
    return ApiResponse.json(202, answer);
  }

  private ApiResponse send(String method, String target, String key, String body) {
    Map<String, List<String>> headers = new LinkedHashMap<>(Map.of("Authorization", bearer()));
    if (key != null) {
      headers.put("Idempotency-Key", List.of(key));
    }
    return handle(method, target, headers, body.getBytes(StandardCharsets.UTF_8));
  }

  private ApiResponse handle(
      String method, String target, Map<String, List<String>> headers, byte[] body) {
    return api.handle(ApiFixture.request(method, target, headers, body));
  }

  private static List<String> bearer() {
    return List.of("Bearer " + ApiFixture.ACME);
  }
}
