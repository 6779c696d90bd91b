package dev.webhooks.management;

import static dev.webhooks.management.ApiFixture.DATA;
import static dev.webhooks.management.ApiFixture.URL;
import static dev.webhooks.management.ApiFixture.json;
import static dev.webhooks.management.ApiFixture.message;
import static dev.webhooks.management.ApiFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhooks.model.Event;
import dev.webhooks.model.RetrySchedule;
import dev.webhooks.signing.WebhookVerifier;
import dev.webhooks.testing.ReceivedRequest;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Retries, recovery and rotation over the management API. */
class ApiRetryTest {
  private final ApiFixture fixture = new ApiFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  /**
   * Publishes an event and lets every attempt of the schedule fail; returns the path of its
   * delivery.
   */
  private String failedDelivery(String webhook) {
    fixture.kit.receiver(URL).answers(500);
    fixture.kit.account("acme").publish(Event.ofJson("dataset.created", DATA));
    fixture.kit.runUntilIdle();
    for (int attempt = 1; attempt < RetrySchedule.standard().attempts(); attempt++) {
      fixture.kit.advance(Duration.ofHours(24));
    }
    return newest(webhook);
  }

  private String newest(String webhook) {
    JsonNode log = json(fixture.get("/webhooks/" + webhook + "/deliveries")).path("data");
    return "/webhooks/" + webhook + "/deliveries/" + log.path(0).path("id").asText();
  }

  @Test
  void a_failed_delivery_is_retried_once_and_linked_both_ways() {
    String failed = failedDelivery(fixture.webhook());
    fixture.kit.receiver(URL).answers(200);

    ApiResponse retried = fixture.post(failed + "/retry", "");
    fixture.kit.runUntilIdle();

    assertThat(retried.status()).isEqualTo(202);
    String id = json(retried).path("id").asText();
    assertThat(failed).endsWith(json(retried).path("retryOf").asText());
    assertThat(json(fixture.get(failed)).path("retriedBy").asText()).isEqualTo(id);
    assertThat(refusal(fixture.post(failed + "/retry", "")))
        .isEqualTo("409 DELIVERY_ALREADY_RETRIED");
    String retry = failed.substring(0, failed.lastIndexOf('/') + 1) + id;
    assertThat(json(fixture.get(retry)).path("status").asText()).isEqualTo("success");
    assertThat(refusal(fixture.post(retry + "/retry", "{}"))).isEqualTo("409 DELIVERY_NOT_FAILED");
  }

  @Test
  void a_delivery_that_waits_is_sent_now_and_stays_the_same() {
    String webhook = fixture.webhook();
    fixture.kit.receiver(URL).answers(500);
    fixture.kit.account("acme").publish(Event.ofJson("dataset.created", DATA));
    String delivery = newest(webhook);
    ApiResponse early = fixture.post(delivery + "/retry", "");
    fixture.kit.runUntilIdle();

    ApiResponse sent = fixture.post(delivery + "/retry", "");

    assertThat(refusal(early)).isEqualTo("409 DELIVERY_NOT_FAILED");
    assertThat(message(early)).contains("wait for their next attempt");
    assertThat(sent.status()).isEqualTo(202);
    assertThat(delivery).endsWith(json(sent).path("id").asText());
    assertThat(json(sent).path("status").asText()).isEqualTo("pending");
    assertThat(json(sent).path("attempts").asInt()).isEqualTo(1);
    assertThat(json(sent).path("nextAttemptAt").asText())
        .isEqualTo(ApiFixture.time(fixture.kit.clock().instant()));
    assertThat(fixture.post(delivery + "/retry", "").text()).isEqualTo(sent.text());
    fixture.kit.runUntilIdle();
    assertThat(json(fixture.get(delivery)).path("attempts").asInt()).isEqualTo(2);
  }

  @Test
  void recovering_counts_what_waits() {
    String webhook = fixture.webhook();
    fixture.kit.receiver(URL).answers(500);
    fixture.kit.account("acme").publish(Event.ofJson("dataset.created", DATA));
    fixture.kit.runUntilIdle();
    String since = "{\"since\":\"" + fixture.kit.clock().instant() + "\"}";
    fixture.kit.advance(Duration.ofSeconds(1));

    assertThat(fixture.post("/webhooks/" + webhook + "/recover", since).text())
        .isEqualTo("{\"recovered\":1}");
  }

  @Test
  void a_retry_with_a_key_is_answered_again() {
    String failed = failedDelivery(fixture.webhook());

    ApiResponse first = fixture.withKey("k1", "POST", failed + "/retry", "");

    assertThat(first.status()).isEqualTo(202);
    ApiResponse again = fixture.withKey("k1", "POST", failed + "/retry", "");
    assertThat(again.status()).isEqualTo(202);
    assertThat(again.text()).isEqualTo(first.text());
  }

  @Test
  void recovering_retries_what_failed_since_an_instant_and_nothing_twice() {
    String webhook = fixture.webhook();
    failedDelivery(webhook);
    String since =
        "{\"since\":\"" + fixture.kit.clock().instant().minus(Duration.ofDays(13)) + "\"}";

    ApiResponse recovered = fixture.post("/webhooks/" + webhook + "/recover", since);

    assertThat(recovered.status()).isEqualTo(200);
    assertThat(recovered.text()).isEqualTo("{\"recovered\":1}");
    assertThat(fixture.post("/webhooks/" + webhook + "/recover", since).text())
        .isEqualTo("{\"recovered\":0}");
  }

  @Test
  void a_rotated_secret_is_shown_once_and_signs_beside_the_old_one() {
    JsonNode created = json(fixture.post("/webhooks", ApiFixture.NEW_WEBHOOK));
    String webhook = "/webhooks/" + created.path("id").asText();

    JsonNode rotated = json(fixture.post(webhook + "/secret/rotate", "{\"overlapHours\":1}"));
    fixture.kit.account("acme").publish(Event.ofJson("dataset.created", DATA));
    fixture.kit.receiver(URL).answers(200);
    fixture.kit.runUntilIdle();

    assertThat(rotated.path("secret").asText())
        .startsWith("whsec_")
        .isNotEqualTo(created.path("secret").asText());
    ReceivedRequest request = fixture.kit.receiver(URL).requests().get(0);
    for (JsonNode answer : new JsonNode[] {created, rotated}) {
      WebhookVerifier verifier = WebhookVerifier.builder()
          .secret(answer.path("secret").asText())
          .clock(fixture.kit.clock())
          .build();
      assertThat(verifier.verify(request.headers(), request.body()).isAccepted())
          .isTrue();
    }
    assertThat(json(fixture.get(webhook)).has("secret")).isFalse();
    assertThat(
            json(fixture.post(webhook + "/secret/rotate", "{\"secret\":\"one of my own choice\"}"))
                .has("secret"))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/secret/rotate | {\"overlapHours\":169}      | 400 INVALID_REQUEST  | overlapHours",
        "/secret/rotate | {\"overlapHours\":-1}       | 400 INVALID_REQUEST  | overlapHours",
        "/secret/rotate | {\"overlapHours\":1.5}      | 400 INVALID_REQUEST  | overlapHours",
        "/secret/rotate | {\"overlapHours\":\"1\"}    | 400 INVALID_REQUEST  | overlapHours",
        "/secret/rotate | {\"overlap\":1}             | 400 INVALID_REQUEST  | overlap",
        "/secret/rotate | {\"secret\":\"short\"}      | 400 SECRET_TOO_SHORT | 16",
        "/recover       | {}                          | 400 INVALID_REQUEST  | since",
        "/recover       | {\"since\":\"yesterday\"}   | 400 INVALID_REQUEST  | since",
        "/recover       | {\"since\":\"2025-01-01\"}  | 400 INVALID_REQUEST  | since",
        "/recover       | {\"since\":null}            | 400 INVALID_REQUEST  | since",
        "/deliveries/dlv_0/retry | {\"now\":true}     | 400 INVALID_REQUEST  | now",
        "/deliveries/dlv_0/retry | {}                 | 404 DELIVERY_NOT_FOUND | delivery"
      })
  void a_malformed_request_is_refused_by_name(
      String path, String body, String expected, String culprit) {
    ApiResponse refused = fixture.post("/webhooks/" + fixture.webhook() + path, body);

    assertThat(refusal(refused)).isEqualTo(expected);
    assertThat(message(refused)).contains(culprit);
  }
}
