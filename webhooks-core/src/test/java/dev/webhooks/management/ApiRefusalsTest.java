package dev.webhooks.management;

import static dev.webhooks.management.ApiFixture.NEW_WEBHOOK;
import static dev.webhooks.management.ApiFixture.URL;
import static dev.webhooks.management.ApiFixture.json;
import static dev.webhooks.management.ApiFixture.message;
import static dev.webhooks.management.ApiFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way a request can be refused: status, code, and a message that names the culprit. */
class ApiRefusalsTest {
  private static final String INVALID = "400 INVALID_REQUEST";

  private final ApiFixture fixture = new ApiFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  static Stream<Arguments> creates() {
    return Stream.of(
        // The rules of a webhook
        body("{\"url\":\"http://a.example\",\"events\":[\"*\"]}", "400 INVALID_URL", "https"),
        body("{\"url\":\"https://10.0.0.1\",\"events\":[\"*\"]}", "400 INVALID_URL", "public"),
        body("{\"url\":\"" + URL + "\"}", "400 INVALID_EVENTS", "at least one"),
        body(with("\"events\":[\"no.such\"]"), "400 INVALID_EVENTS", "no.such"),
        body(with("\"events\":[\"*\"],\"secret\":\"short\""), "400 SECRET_TOO_SHORT", "16"),
        body(
            with("\"events\":[\"*\"],\"headers\":{" + headers(11) + "}"),
            "400 TOO_MANY_HEADERS",
            "10"),
        body(with("\"events\":[\"*\"],\"headers\":{\"Host\":\"a\"}"), "400 INVALID_HEADER", "Host"),
        body(with("\"events\":[\"*\"],\"name\":\" \""), INVALID, "name"),
        // Half a surrogate pair
        body(with("\"events\":[\"*\"],\"name\":\"x\\ud800\""), INVALID, "name"),
        body(with("\"events\":[\"*\"],\"secret\":\"0123456789abcdef\\udc00\""), INVALID, "secret"),
        body(with("\"events\":[\"*\"],\"headers\":{\"A\":\"\\ud800\"}"), "400 INVALID_HEADER", "A"),
        // JSON
        body("", INVALID, "JSON object"),
        body(" ", INVALID, "JSON object"),
        body("null", INVALID, "JSON object"),
        body("[]", INVALID, "JSON object"),
        body("\"text\"", INVALID, "JSON object"),
        body("{", INVALID, "line 1"),
        body("{\"url\":}", INVALID, "line 1"),
        body("{'url':'x'}", INVALID, "line 1"),
        body("{\"url\":\"x\",}", INVALID, "line 1"),
        body("{/**/}", INVALID, "line 1"),
        body("{\"n\":NaN}", INVALID, "line 1"),
        body(NEW_WEBHOOK + "x", INVALID, "JSON object"),
        body(NEW_WEBHOOK + NEW_WEBHOOK, INVALID, "JSON object"),
        body("{\"url\":\"x\",\"url\":\"y\"}", INVALID, "duplicate"),
        body(
            with("\"events\":[\"*\"],\"headers\":{\"A\":\"1\",\"A\":\"2\"}"), INVALID, "duplicate"),
        body("{\"a\":" + "[".repeat(200) + "]".repeat(200) + "}", INVALID, "levels"),
        // Fields
        body("{}", INVALID, "url is missing"),
        body(with("\"color\":1"), INVALID, "\"color\""),
        body(with("\"status\":\"paused\""), INVALID, "\"status\""),
        body(with("\"bad \\r\\n\\\"name\\u00e9\":1"), INVALID, "\"bad????name?\""),
        body("{\"url\":1}", INVALID, "url must be a string"),
        body("{\"url\":null}", INVALID, "url is missing"),
        body(with("\"name\":1"), INVALID, "name must be a string"),
        body(with("\"events\":null"), "400 INVALID_EVENTS", "at least one"),
        body(with("\"events\":[null]"), INVALID, "events must be an array of strings"),
        body(with("\"events\":\"*\""), INVALID, "events must be an array"),
        body(with("\"events\":[1]"), INVALID, "events must be an array of strings"),
        body(with("\"headers\":[]"), INVALID, "headers must be an object"),
        body(with("\"headers\":{\"A\":null}"), INVALID, "headers must be an object"),
        body(with("\"headers\":{\"A\":1}"), INVALID, "headers must be an object"),
        body(with("\"secret\":{}"), INVALID, "secret must be a string"));
  }

  @ParameterizedTest
  @MethodSource("creates")
  void a_create_is_refused(String body, String refusal, String message) {
    ApiResponse response = fixture.post("/webhooks", body);

    assertThat(refusal(response)).isEqualTo(refusal);
    assertThat(message(response)).contains(message);
    assertThat(json(fixture.get("/webhooks")).path("data")).isEmpty();
  }

  static Stream<Arguments> changes() {
    return Stream.of(
        body("{\"url\":null}", INVALID, "url"),
        body("{\"events\":null}", INVALID, "events"),
        body("{\"headers\":null}", INVALID, "headers"),
        body("{\"secret\":null}", INVALID, "secret"),
        body("{\"status\":null}", INVALID, "status"),
        body("{\"name\":1}", INVALID, "name"),
        body("{\"name\":\"\\udc00\"}", INVALID, "name"),
        body("{\"secret\":\" whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"}", INVALID, "whsec_"),
        body("{\"status\":\"failed\"}", INVALID, "status"),
        body("{\"status\":\"PAUSED\"}", INVALID, "status"),
        body("{\"status\":true}", INVALID, "status"),
        body("{\"id\":\"wh_1\"}", INVALID, "\"id\""),
        body("{\"events\":[]}", "400 INVALID_EVENTS", "at least one"),
        body("{\"headers\":{\"X-A\":\"********\"}}", "400 INVALID_HEADER", "X-A"),
        body("", INVALID, "JSON object"));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void a_change_is_refused(String body, String refusal, String message) {
    String target = "/webhooks/" + fixture.webhook();
    String before = fixture.get(target).text();

    ApiResponse response = fixture.patch(target, body);

    assertThat(refusal(response)).isEqualTo(refusal);
    assertThat(message(response)).contains(message);
    assertThat(fixture.get(target).text()).isEqualTo(before);
  }

  static Stream<Arguments> queries() {
    return Stream.of(
        body("page=0", INVALID, "page"),
        body("page=-1", INVALID, "page"),
        body("page=x", INVALID, "page must be an integer"),
        body("page=", INVALID, "page must be an integer"),
        body("page=1.0", INVALID, "page must be an integer"),
        body("page=99999999999", INVALID, "page must be an integer"),
        body("page=%D9%A1", INVALID, "page must be an integer"),
        body("limit=0", INVALID, "limit"),
        body("limit=501", INVALID, "limit"),
        body("page=201&limit=50", INVALID, "narrow"),
        body("page=1&page=1", INVALID, "page must be given once"),
        body("page=1&p%61ge=1", INVALID, "page must be given once"),
        body("color=red", INVALID, "\"color\""),
        body("Page=1", INVALID, "\"Page\""),
        body("page", INVALID, "name=value"),
        body("page=1&", INVALID, "name=value"),
        body("event=%", INVALID, "percent"),
        body("event=%4", INVALID, "percent"),
        body("event=%zz", INVALID, "percent"),
        body("event=%-1", INVALID, "percent"),
        body("event=%ff", INVALID, "percent"),
        body("event=%c0%ae", INVALID, "percent"),
        body("event=\u00e9", INVALID, "percent"),
        body("event=a b", INVALID, "percent"),
        body("event=no.such", "400 INVALID_EVENTS", "no.such"),
        body("event=%0d%0a", "400 INVALID_EVENTS", ""));
  }

  @ParameterizedTest
  @MethodSource("queries")
  void a_query_is_refused(String query, String refusal, String message) {
    ApiResponse log = fixture.get("/webhooks/" + fixture.webhook() + "/deliveries?" + query);

    assertThat(refusal(log)).isEqualTo(refusal);
    assertThat(message(log)).contains(message);
    assertThat(refusal(fixture.get("/webhooks?" + query))).isEqualTo(refusal);
  }

  static Stream<Arguments> logQueries() {
    return Stream.of(
        body("status=active", INVALID, "status"),
        body("status=SUCCESS", INVALID, "status must be one of pending, success, failed"),
        body("status=", INVALID, "status"),
        body("from=yesterday", INVALID, "from"),
        body("from=", INVALID, "from"),
        body("from=2026-01-05T09:00:00", INVALID, "offset"),
        body("from=2026-02-30", INVALID, "from"),
        body("to=20260105", INVALID, "to"),
        body("to=1767603600", INVALID, "to"),
        body("to=%2B12026-01-05T09:00:00Z", INVALID, "to"),
        body("to=0000-01-01", INVALID, "to"),
        body("from=2026-01-06&to=2026-01-05", INVALID, "from must not be after to"));
  }

  @ParameterizedTest
  @MethodSource("logQueries")
  void a_query_of_the_log_is_refused(String query, String refusal, String message) {
    ApiResponse log = fixture.get("/webhooks/" + fixture.webhook() + "/deliveries?" + query);

    assertThat(refusal(log)).isEqualTo(refusal);
    assertThat(message(log)).contains(message);
  }

  @Test
  void a_route_without_parameters_takes_none() {
    assertThat(refusal(fixture.get("/webhooks/" + fixture.webhook() + "?page=1")))
        .isEqualTo(INVALID);
    assertThat(refusal(fixture.post("/webhooks?x=1", NEW_WEBHOOK))).isEqualTo(INVALID);
  }

  @Test
  void an_account_has_no_more_webhooks_than_it_may() {
    IntStream.range(0, 3).forEach(i -> fixture.webhook());

    assertThat(refusal(fixture.post("/webhooks", NEW_WEBHOOK)))
        .isEqualTo("403 WEBHOOK_LIMIT_EXCEEDED");
  }

  @Test
  void a_delivery_that_is_not_there_is_not_found() {
    String log = "/webhooks/" + fixture.webhook() + "/deliveries/";

    assertThat(refusal(fixture.get(log + "dlv_" + "0".repeat(32))))
        .isEqualTo("404 DELIVERY_NOT_FOUND");
    assertThat(refusal(fixture.get(log + "x%00"))).isEqualTo("404 DELIVERY_NOT_FOUND");
  }

  @ParameterizedTest
  @MethodSource("badKeys")
  void a_malformed_idempotency_key_is_refused(String key) {
    ApiResponse response = fixture.withKey(key, "POST", "/webhooks", NEW_WEBHOOK);

    assertThat(refusal(response)).isEqualTo(INVALID);
    assertThat(message(response)).contains("idempotency key");
  }

  static Stream<String> badKeys() {
    return Stream.of("", "k".repeat(256), "k\u00e9", "k\tk");
  }

  @Test
  void a_repeated_idempotency_key_is_refused() {
    ApiResponse response = fixture.api.handle(ApiFixture.request(
        "POST",
        "/webhooks",
        Map.of(
            "Authorization", List.of("Bearer " + ApiFixture.ACME),
            "Idempotency-Key", List.of("a", "b")),
        NEW_WEBHOOK.getBytes(StandardCharsets.UTF_8)));

    assertThat(refusal(response)).isEqualTo(INVALID);
  }

  @Test
  void a_body_over_one_mebibyte_is_too_large() {
    String padding = " ".repeat(ManagementApi.MAX_BODY_BYTES - NEW_WEBHOOK.length());

    assertThat(fixture.post("/webhooks", NEW_WEBHOOK + padding).status()).isEqualTo(201);
    assertThat(refusal(fixture.post("/webhooks", NEW_WEBHOOK + padding + " ")))
        .isEqualTo("413 PAYLOAD_TOO_LARGE");
  }

  @ParameterizedTest
  @MethodSource("badUtf8")
  void a_body_that_is_not_utf_8_is_refused(byte[] body) {
    ApiResponse response = fixture.api.handle(ApiFixture.request(
        "POST", "/webhooks", Map.of("Authorization", List.of("Bearer " + ApiFixture.ACME)), body));

    assertThat(refusal(response)).isEqualTo(INVALID);
  }

  static Stream<byte[]> badUtf8() {
    return Stream.of(
        new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'},
        new byte[] {'{', '"', (byte) 0xc0, (byte) 0xae, '"', ':', '1', '}'},
        NEW_WEBHOOK.getBytes(StandardCharsets.UTF_16),
        NEW_WEBHOOK.getBytes(StandardCharsets.UTF_16LE));
  }

  private static Arguments body(String body, String refusal, String message) {
    return Arguments.of(body, refusal, message);
  }

  private static String with(String fields) {
    return "{\"url\":\"" + URL + "\"," + fields + "}";
  }

  private static String headers(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"X-" + i + "\":\"v\"")
        .collect(Collectors.joining(","));
  }
}
