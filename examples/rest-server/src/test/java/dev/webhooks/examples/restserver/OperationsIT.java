package dev.webhooks.examples.restserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhooks.examples.restserver.Api.Answer;
import dev.webhooks.examples.restserver.Receiver.Request;
import dev.webhooks.model.ErrorCode;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every operation, and every refusal, of the real jar over real HTTP with a real receiver. */
@ExtendWith(ServersErrors.class)
class OperationsIT {
  private static final int MAX_WEBHOOKS = 40;
  private static final String ABSENT_WEBHOOK = "/webhooks/wh_" + "0".repeat(32);

  @TempDir
  private static Path directory;

  @AutoClose
  private static Receiver receiver;

  @AutoClose
  private static RestServerProcess server;

  private static Api acme;
  private static Api other;

  @BeforeAll
  static void start() {
    receiver = new Receiver();
    Map<String, String> variables = new HashMap<>();
    variables.put("API_TOKENS", "token-a=acct_a,token-b=acct_b,token-full=acct_full");
    variables.put("ALLOW_TARGETS", "127.0.0.1/32,localhost");
    variables.put("TRUST_CERTIFICATE", receiver.authorityPem());
    variables.put("ENCRYPTION_KEY", Base64.getEncoder().encodeToString(new byte[32]));
    variables.put("RETRY_SCHEDULE", "0s,50ms");
    variables.put("REQUEST_TIMEOUT", "10s");
    variables.put("MAX_WEBHOOKS", Integer.toString(MAX_WEBHOOKS));
    server = RestServerProcess.start(directory, variables);
    acme = Api.of(server, "token-a");
    other = Api.of(server, "token-b");
  }

  @Test
  void an_event_arrives_signed_and_its_delivery_is_logged() throws Exception {
    JsonNode webhook = acme.webhook(receiver.url("/main"));
    String target = "/webhooks/" + webhook.path("id").asText();
    String secret = webhook.path("secret").asText();

    String eventId = acme.publish();

    Request request =
        receiver.await(1, arrived -> arrived.path().equals("/main")).get(0);
    assertThat(request.eventId()).isEqualTo(eventId);
    assertThat(request.verifies(secret)).isTrue();
    assertThat(request.verifies("whsec_" + "A".repeat(32))).isFalse();
    assertThat(request.text()).endsWith("\"data\":" + Api.DATA + "}");

    JsonNode delivery = acme.latestDelivery(webhook.path("id").asText(), Api.status("success"));
    Answer details =
        acme.get(target + "/deliveries/" + delivery.path("id").asText()).expect(200);
    assertThat(details.text()).contains("\"payload\":" + Api.DATA);
    assertThat(details.json().path("attemptLog").findValuesAsText("status")).containsExactly("200");
    assertThat(total(target + "/deliveries?status=success&event=dataset.created"))
        .isEqualTo(1);
    assertThat(total(target + "/deliveries?status=failed")).isZero();
    assertThat(total(target + "/deliveries?event=dataset.updated")).isZero();
    assertThat(total(target + "/deliveries?from=2020-01-01&to=2020-01-02T00:00:00+01:00"))
        .isZero();
    assertThat(acme.get(target).json().path("deliveries").path(0).path("id"))
        .isEqualTo(delivery.path("id"));
    acme.delete(target).expect(204);
  }

  @Test
  void a_webhook_is_listed_changed_and_deleted() {
    JsonNode created = other
        .post(
            "/webhooks",
            "{\"name\":\"Birds\",\"url\":\"" + receiver.url("/crud")
                + "\",\"events\":[\"dataset.*\"],\"headers\":{\"X-Api-Key\":\"k-123\"},"
                + "\"secret\":\"sixteen-or-longer\"}")
        .expect(201)
        .json();
    String target = "/webhooks/" + created.path("id").asText();

    assertThat(created.has("secret")).isFalse();
    assertThat(created.path("headers").path("X-Api-Key").asText()).isEqualTo("********");
    assertThat(other
            .get("/webhooks?event=dataset.created&status=active&page=1&limit=100")
            .json()
            .path("data")
            .findValuesAsText("id"))
        .contains(created.path("id").asText());
    JsonNode changed = other
        .patch(
            target,
            "{\"name\":null,\"status\":\"paused\",\"headers\":{\"X-Api-Key\":\"********\"}}")
        .expect(200)
        .json();
    assertThat(changed.path("name").isNull()).isTrue();
    assertThat(changed.path("status").asText()).isEqualTo("paused");
    assertThat(other.get(target).json().path("url").asText()).isEqualTo(receiver.url("/crud"));
    assertThat(other.delete(target).expect(204).text()).isEmpty();
    assertThat(other.get(target).refusal()).isEqualTo("404 WEBHOOK_NOT_FOUND");
  }

  @Test
  void while_a_rotation_overlaps_both_secrets_sign() throws Exception {
    JsonNode webhook = acme.webhook(receiver.url("/rotated"));
    String target = "/webhooks/" + webhook.path("id").asText();

    JsonNode rotated =
        acme.post(target + "/secret/rotate", "{\"overlapHours\":1}").expect(200).json();
    acme.publish();

    Request request =
        receiver.await(1, arrived -> arrived.path().equals("/rotated")).get(0);
    assertThat(rotated.path("secret").asText())
        .isNotEqualTo(webhook.path("secret").asText());
    assertThat(request.verifies(webhook.path("secret").asText())).isTrue();
    assertThat(request.verifies(rotated.path("secret").asText())).isTrue();
    acme.delete(target).expect(204);
  }

  @Test
  void what_failed_is_retried_alone_or_with_all_others() throws Exception {
    receiver.answers("/down", 500);
    String id = acme.webhook(receiver.url("/down")).path("id").asText();
    String target = "/webhooks/" + id;
    String eventId = acme.publish();
    JsonNode failed = acme.latestDelivery(id, Api.status("failed"));
    assertThat(failed.path("attempts").asInt()).isEqualTo(2);
    assertThat(failed.path("error").asText()).isEqualTo("http_status");

    receiver.answers("/down", 200);
    JsonNode retry = acme.post(
            target + "/deliveries/" + failed.path("id").asText() + "/retry", "{}")
        .expect(202)
        .json();
    assertThat(retry.path("retryOf")).isEqualTo(failed.path("id"));
    assertThat(acme.latestDelivery(id, Api.status("success")).path("id"))
        .isEqualTo(retry.path("id"));

    receiver.answers("/down", 500);
    acme.publish();
    acme.latestDelivery(id, Api.status("failed"));
    receiver.answers("/down", 200);
    JsonNode recovered = acme.post(
            target + "/recover", "{\"since\":\"" + failed.path("createdAt").asText() + "\"}")
        .expect(200)
        .json();
    assertThat(recovered.path("recovered").asInt()).isEqualTo(1);
    acme.latestDelivery(id, Api.status("success"));
    assertThat(receiver.await(
            3, arrived -> arrived.path().equals("/down") && arrived.eventId().equals(eventId)))
        .hasSize(3);
    acme.delete(target).expect(204);
  }

  @Test
  void a_test_answers_what_the_endpoint_did_and_is_logged() throws Exception {
    JsonNode webhook = acme.webhook(receiver.url("/tested"));
    String target = "/webhooks/" + webhook.path("id").asText();
    acme.patch(target, "{\"status\":\"paused\"}").expect(200);

    JsonNode result =
        acme.post(target + "/test", "{\"payload\":{\"n\":1.50}}").expect(200).json();

    Request request =
        receiver.await(1, arrived -> arrived.path().equals("/tested")).get(0);
    assertThat(request.verifies(webhook.path("secret").asText())).isTrue();
    assertThat(request.text()).endsWith("\"data\":{\"testPayload\":{\"n\":1.50}}}");
    assertThat(request.eventId()).isEqualTo(result.path("eventId").asText());
    assertThat(result.path("delivered").asBoolean()).isTrue();
    assertThat(result.path("responseStatus").asInt()).isEqualTo(200);
    assertThat(acme.latestDelivery(webhook.path("id").asText(), Api.status("success"))
            .path("id"))
        .isEqualTo(result.path("deliveryId"));
    acme.delete(target).expect(204);
  }

  @Test
  void the_description_names_every_operation() {
    JsonNode paths =
        Api.anonymous(server, "GET", "/api/v2/openapi.json").expect(200).json();

    assertThat(paths.path("servers").path(0).path("url").asText()).isEqualTo("/api/v2");
    assertThat(paths.path("paths").fieldNames())
        .toIterable()
        .contains("/webhooks", "/webhooks/{id}", "/webhooks/{id}/deliveries");
  }

  @Test
  void a_repeated_event_is_published_once() {
    String id = other.webhook(receiver.url("/once")).path("id").asText();

    Answer first = other.send("POST", "/events", Api.EVENT, "Idempotency-Key", "order-17");
    Answer again = other.send("POST", "/events", Api.EVENT, "Idempotency-Key", "order-17");
    Answer named =
        other.post("/events", Api.EVENT.replace("{\"type", "{\"id\":\"order-17\",\"type"));
    Answer both = other.send(
        "POST",
        "/events",
        Api.EVENT.replace("{\"type", "{\"id\":\"order-18\",\"type"),
        "Idempotency-Key",
        "not an id");

    assertThat(first.expect(202).text()).isEqualTo("{\"eventId\":\"order-17\",\"deliveries\":1}");
    assertThat(again).returns(202, Answer::status).returns(first.text(), Answer::text);
    assertThat(named).returns(202, Answer::status).returns(first.text(), Answer::text);
    assertThat(both.expect(202).json().path("eventId").asText()).isEqualTo("order-18");
    other.delete("/webhooks/" + id).expect(204);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STORE_UNAVAILABLE") // See OutageIT.
  void every_refusal_has_its_status_and_code(ErrorCode code) {
    Answer answer = refused(code);

    assertThat(answer.refusal()).isEqualTo(code.httpStatus() + " " + code);
    assertThat(answer.json().path("error").path("message").asText()).isNotBlank();
    assertThat(answer.json()).hasSize(1);
    assertThat(answer.json().path("error")).hasSize(2);
  }

  private static Answer refused(ErrorCode code) {
    String url = receiver.url("/refused");
    return switch (code) {
      case UNAUTHORIZED -> Api.of(server, "token-c").get("/webhooks");
      case WEBHOOK_NOT_FOUND -> acme.get(ABSENT_WEBHOOK);
      case DELIVERY_NOT_FOUND ->
        acme.get("/webhooks/" + id(acme.webhook(url)) + "/deliveries/dlv_" + "0".repeat(32));
      case INVALID_URL -> acme.post("/webhooks", Api.draft("https://127.0.0.2/in"));
      case INVALID_EVENTS ->
        acme.post("/webhooks", "{\"url\":\"" + url + "\",\"events\":[\"no.such\"]}");
      case SECRET_TOO_SHORT ->
        acme.post(
            "/webhooks",
            "{\"url\":\"" + url + "\",\"events\":[\"*\"],\"secret\":\"fifteen-at-most\"}");
      case TOO_MANY_HEADERS -> acme.post("/webhooks", withHeaders(url, 11));
      case DUPLICATE_IDEMPOTENCY_KEY -> {
        acme.send("POST", "/webhooks", Api.draft(url), "Idempotency-Key", "k").expect(201);
        yield acme.send("POST", "/webhooks", withHeaders(url, 1), "Idempotency-Key", "k");
      }
      case WEBHOOK_LIMIT_EXCEEDED -> {
        Api full = Api.of(server, "token-full");
        IntStream.range(0, MAX_WEBHOOKS).forEach(i -> full.webhook(url));
        yield full.post("/webhooks", Api.draft(url));
      }
      case DELIVERY_ALREADY_RETRIED -> {
        String delivery = delivery("/already-retried", 500, "failed");
        acme.post(delivery + "/retry", "").expect(202);
        yield acme.post(delivery + "/retry", "");
      }
      case INVALID_REQUEST -> acme.get("/webhooks?page=0");
      case INVALID_HEADER ->
        acme.post(
            "/webhooks",
            "{\"url\":\"" + url + "\",\"events\":[\"*\"],\"headers\":{\"Host\":\"elsewhere\"}}");
      case DELIVERY_NOT_FAILED -> acme.post(delivery("/not-failed", 200, "success") + "/retry", "");
      case PAYLOAD_TOO_LARGE ->
        acme.post("/events", Api.EVENT.replace("Birds", "x".repeat(256 * 1024)));
      case STORE_UNAVAILABLE -> throw new IllegalArgumentException("not here");
    };
  }

  @ParameterizedTest
  @CsvSource({
    "PUT, /webhooks, 'POST, GET'",
    "POST, /webhooks/wh_1, 'GET, PATCH, DELETE'",
    "GET, /webhooks/wh_1/recover, POST",
    "GET, /webhooks/wh_1/secret/rotate, POST",
    "DELETE, /webhooks/wh_1/deliveries, GET",
    "POST, /openapi.json, GET",
    "GET, /events, POST"
  })
  void a_wrong_method_is_told_the_right_ones(String method, String path, String allow) {
    Answer answer = acme.send(method, path, null);

    assertThat(answer.refusal()).isEqualTo("405 METHOD_NOT_ALLOWED");
    assertThat(answer.headers().firstValue("allow")).contains(allow);
  }

  @Test
  void what_is_nowhere_is_not_found() {
    assertThat(acme.get("/nowhere").refusal()).isEqualTo("404 NOT_FOUND");
    assertThat(acme.get("/events/").refusal()).isEqualTo("404 NOT_FOUND");
    assertThat(Api.anonymous(server, "GET", "/webhooks").refusal()).isEqualTo("404 NOT_FOUND");
    assertThat(Api.anonymous(server, "GET", "/").refusal()).isEqualTo("404 NOT_FOUND");
  }

  @Test
  void health_needs_no_token_and_tells_no_account() {
    Answer health = Api.anonymous(server, "GET", "/health");

    assertThat(health.expect(200).json().path("status").asText()).isEqualTo("up");
    assertThat(health.text()).doesNotContain("acct_");
    assertThat(Api.anonymous(server, "HEAD", "/health").expect(200).text()).isEmpty();
    assertThat(Api.anonymous(server, "POST", "/health").refusal())
        .isEqualTo("405 METHOD_NOT_ALLOWED");
  }

  @Test
  void every_answer_is_json_that_nobody_stores() {
    assertThat(List.of(
            acme.get("/webhooks"), acme.get("/nowhere"), Api.anonymous(server, "GET", "/health")))
        .allSatisfy(answer -> assertThat(answer.headerMap())
            .containsEntry("content-type", List.of("application/json"))
            .containsEntry("cache-control", List.of("no-store")));
  }

  /** Makes a delivery that ends as told, and returns its path. */
  private static String delivery(String path, int answer, String end) {
    receiver.answers(path, answer);
    String id = id(acme.webhook(receiver.url(path)));
    acme.publish();
    return "/webhooks/" + id + "/deliveries/" + id(acme.latestDelivery(id, Api.status(end)));
  }

  private static String id(JsonNode object) {
    return object.path("id").asText();
  }

  private static String withHeaders(String url, int count) {
    String headers = IntStream.range(0, count)
        .mapToObj(i -> "\"X-Header-" + i + "\":\"v\"")
        .collect(Collectors.joining(","));
    return "{\"url\":\"" + url + "\",\"events\":[\"*\"],\"headers\":{" + headers + "}}";
  }

  private static int total(String target) {
    return acme.get(target).expect(200).json().path("pagination").path("total").asInt(-1);
  }
}
