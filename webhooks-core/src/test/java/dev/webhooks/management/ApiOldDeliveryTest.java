package dev.webhooks.management;

import static dev.webhooks.management.ApiFixture.DATA;
import static dev.webhooks.management.ApiFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhooks.model.Event;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Deliveries that outlived their payload, over the management API. */
class ApiOldDeliveryTest {
  private final ApiFixture fixture = new ApiFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void a_payload_that_is_not_kept_any_more_is_null() {
    String log = "/webhooks/" + fixture.webhook() + "/deliveries";
    fixture.patch(log.replace("/deliveries", ""), "{\"status\":\"paused\"}");
    fixture.kit.account("acme").publish(Event.ofJson("dataset.created", DATA));
    fixture.kit.clock().advance(Duration.ofDays(40));
    fixture.kit.runUntilIdle();
    String id = json(fixture.get(log)).path("data").path(0).path("id").asText();

    JsonNode delivery = json(fixture.get(log + "/" + id));

    assertThat(delivery.path("error").asText()).isEqualTo("expired");
    assertThat(delivery.has("payload")).isTrue();
    assertThat(delivery.path("payload").isNull()).isTrue();
  }
}
