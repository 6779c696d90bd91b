package dev.webhooks.management;

import static dev.webhooks.management.ApiFixture.URL;
import static dev.webhooks.management.ApiFixture.json;
import static dev.webhooks.management.ApiFixture.message;
import static dev.webhooks.management.ApiFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The test operation over the management API. */
class ApiTestOperationTest {
  private final ApiFixture fixture = new ApiFixture();
  private final String webhook = "/webhooks/" + fixture.webhook();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void a_test_answers_what_the_endpoint_answered() {
    fixture.kit.receiver(URL).answers(204, 500);

    JsonNode delivered = json(fixture.post(webhook + "/test", ""));
    JsonNode failed = json(fixture.post(webhook + "/test", "{}"));

    assertThat(delivered.path("delivered").asBoolean()).isTrue();
    assertThat(delivered.path("responseStatus").asInt()).isEqualTo(204);
    assertThat(delivered.path("error").isNull()).isTrue();
    assertThat(failed.path("delivered").asBoolean()).isFalse();
    assertThat(failed.path("responseStatus").asInt()).isEqualTo(500);
    assertThat(failed.path("responseBody").asText()).isEqualTo("scripted 500");
    assertThat(failed.path("error").asText()).isEqualTo("http_status");
    JsonNode log = json(fixture.get(webhook + "/deliveries?event=webhook.test&status=failed"));
    assertThat(log.path("data").path(0).path("id")).isEqualTo(failed.path("deliveryId"));
  }

  @Test
  void the_payload_is_sent_as_it_is_written() {
    fixture.kit.receiver(URL);
    String payload = "{ \"b\" : 1.50, \"a\":[1e2,\"\\u00e9\", {\"payload\":{}}] }";

    ApiResponse answer = fixture.post(webhook + "/test", "{\"payload\": " + payload + " }");

    assertThat(answer.status()).isEqualTo(200);
    byte[] body = fixture.kit.receiver(URL).requests().get(0).body();
    assertThat(new String(body, StandardCharsets.UTF_8))
        .endsWith(",\"data\":{\"testPayload\":" + payload + "}}");
  }

  @Test
  void a_repeated_key_is_answered_again() {
    fixture.kit.receiver(URL).answers(500, 200);

    ApiResponse first = fixture.withKey("k", "POST", webhook + "/test", "");
    ApiResponse again = fixture.withKey("k", "POST", webhook + "/test", "");

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.text()).isEqualTo(first.text());
    assertThat(fixture.kit.receiver(URL).requests()).hasSize(1);
    assertThat(refusal(fixture.withKey("k", "POST", webhook + "/test", "{\"payload\":{}}")))
        .isEqualTo("409 DUPLICATE_IDEMPOTENCY_KEY");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"payload\":[]}           | payload",
        "{\"payload\":\"text\"}     | payload",
        "{\"payload\":{},\"x\":1}   | x",
        "{\"payload\":{\"a\":1,\"a\":2}} | duplicate",
        "[]                         | object",
        "{\"payload\":{}            | object"
      })
  void a_malformed_request_is_refused_by_name(String body, String culprit) {
    ApiResponse refused = fixture.post(webhook + "/test", body);

    assertThat(refusal(refused)).isEqualTo("400 INVALID_REQUEST");
    assertThat(message(refused)).contains(culprit);
    assertThat(fixture.kit.receiver(URL).requests()).isEmpty();
  }

  @Test
  void a_payload_over_the_limit_is_refused() {
    String payload = "{\"a\":\"" + "x".repeat(300_000) + "\"}";

    assertThat(refusal(fixture.post(webhook + "/test", "{\"payload\":" + payload + "}")))
        .isEqualTo("413 PAYLOAD_TOO_LARGE");
  }
}
