package dev.webhooks.management;

import static dev.webhooks.management.ApiFixture.DATA;
import static dev.webhooks.management.ApiFixture.URL;
import static dev.webhooks.management.ApiFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.Event;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests what the management API shows of an endpoint's health and of the end of an old secret. */
class ApiEndpointHealthTest {
  private final ApiFixture fixture = new ApiFixture();
  private final String webhook = "/webhooks/" + fixture.webhook();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void a_sound_endpoint_neither_fails_nor_is_suspended() {
    assertThat(shown("failingSince")).isEqualTo("null");
    assertThat(shown("suspendedUntil")).isEqualTo("null");
    assertThat(shown("previousSecretEndsAt")).isEqualTo("null");
  }

  @Test
  void an_endpoint_fails_since_the_first_of_its_failures_in_a_row() {
    String began = ApiFixture.time(fixture.kit.clock().instant());
    fixture.kit.receiver(URL).answers(500);
    publish(1);
    fixture.kit.advance(Duration.ofMinutes(10));

    assertThat(shown("failingSince")).isEqualTo(began);
    assertThat(json(fixture.get("/webhooks")).at("/data/0/failingSince").asText())
        .isEqualTo(began);

    fixture.kit.receiver(URL).answers(200);
    fixture.kit.advance(Duration.ofDays(1));
    assertThat(shown("failingSince")).isEqualTo("null");
  }

  @Test
  void an_endpoint_that_is_not_reached_is_suspended_until_it_is_said_to_be_active() {
    fixture.kit.receiver(URL).fails(DeliveryError.CONNECT);
    publish(5);

    Instant now = fixture.kit.clock().instant();
    assertThat(Instant.parse(shown("suspendedUntil"))).isAfter(now);
    JsonNode again = json(fixture.patch(webhook, "{\"status\":\"active\"}"));
    assertThat(again.path("suspendedUntil").isNull()).isTrue();
    assertThat(shown("suspendedUntil")).isEqualTo("null");
  }

  @Test
  void the_end_of_the_old_secret_is_known() {
    Instant end = fixture.kit.clock().instant().plus(Duration.ofHours(5));

    JsonNode rotated =
        json(fixture.withKey("k", "POST", webhook + "/secret/rotate", "{\"overlapHours\":5}"));

    assertThat(rotated.path("previousSecretEndsAt").asText()).isEqualTo(ApiFixture.time(end));
    assertThat(
            json(fixture.withKey("k", "POST", webhook + "/secret/rotate", "{\"overlapHours\":5}")))
        .isEqualTo(rotated);
    assertThat(shown("previousSecretEndsAt")).isEqualTo(ApiFixture.time(end));
    fixture.post(webhook + "/secret/rotate", "{\"overlapHours\":0}");
    assertThat(shown("previousSecretEndsAt")).isEqualTo("null");
  }

  private void publish(int events) {
    for (int i = 0; i < events; i++) {
      fixture.kit.account("acme").publish(Event.ofJson("dataset.created", DATA));
    }
    fixture.kit.runUntilIdle();
  }

  /** Returns a field of the webhook as text, {@code null} as such; fails if it is not there. */
  private String shown(String field) {
    JsonNode seen = json(fixture.get(webhook));
    assertThat(seen.has(field)).as(field).isTrue();
    return seen.path(field).asText();
  }
}
