package dev.webhooks.management;

import static dev.webhooks.management.ApiFixture.DATA;
import static dev.webhooks.management.ApiFixture.URL;
import static dev.webhooks.management.ApiFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhooks.model.Event;
import dev.webhooks.testing.ReceivedRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A delivery shows the request that its endpoint got, without what nobody may read again. */
class ApiRequestAsSentTest {
  private static final String SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz";

  private final ApiFixture fixture = new ApiFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void its_parts_make_the_body_that_was_received() {
    JsonNode delivery = delivered();

    String body = "{\"id\":\"" + delivery.path("eventId").asText() + "\",\"type\":\""
        + delivery.path("event").asText() + "\",\"timestamp\":\""
        + delivery.path("timestamp").asText() + "\",\"data\":" + DATA + "}";
    assertThat(received().text()).isEqualTo(body);
    assertThat(delivery.path("timestamp").asText()).isEqualTo("2021-02-03T04:05:06.789Z");
  }

  @Test
  void its_headers_are_those_that_were_received_with_what_is_sensitive_masked() {
    JsonNode delivery = delivered();

    Map<String, String> shown = new TreeMap<>();
    JsonNode headers = delivery.path("headers");
    headers
        .fieldNames()
        .forEachRemaining(name -> shown.put(name, headers.path(name).asText()));
    Map<String, String> sent = new TreeMap<>(received().headers());
    assertThat(lower(shown)).isEqualTo(lower(sent));
    List<String> other = new ArrayList<>();
    shown.forEach((name, value) -> {
      if (!value.equals(sent.get(name))) {
        other.add(name + ": " + value);
      }
    });
    assertThat(other)
        .containsExactlyInAnyOrder(
            "X-Api-Key: ********",
            "X-Webhook-Signature: <written by the signature scheme>",
            "webhook-id: <written by the signature scheme>",
            "webhook-signature: <written by the signature scheme>",
            "webhook-timestamp: <written by the signature scheme>");
    assertThat(delivery.toString()).doesNotContain(SECRET, "k-123");
  }

  private static List<String> lower(Map<String, String> headers) {
    return headers.keySet().stream()
        .map(name -> name.toLowerCase(Locale.ROOT))
        .sorted()
        .toList();
  }

  private ReceivedRequest received() {
    return fixture.kit.receiver(URL).requests().get(0);
  }

  private JsonNode delivered() {
    fixture.kit.receiver(URL).answers(200);
    String webhook = json(fixture.post(
            "/webhooks",
            "{\"url\":\"" + URL + "\",\"events\":[\"*\"],\"secret\":\"" + SECRET
                + "\",\"headers\":{\"X-Api-Key\":\"k-123\",\"Accept\":\"text/plain\"}}"))
        .path("id")
        .asText();
    fixture
        .kit
        .account("acme")
        .publish(
            Event.ofJson("dataset.created", DATA).at(Instant.parse("2021-02-03T04:05:06.789Z")));
    fixture.kit.runUntilIdle();
    String log = "/webhooks/" + webhook + "/deliveries";
    String id = json(fixture.get(log)).at("/data/0/id").asText();
    return json(fixture.get(log + "/" + id));
  }
}
