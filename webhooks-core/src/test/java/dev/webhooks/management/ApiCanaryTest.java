package dev.webhooks.management;

import static dev.webhooks.management.ApiFixture.URL;
import static dev.webhooks.management.ApiFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** That what a customer keeps secret comes back in no answer, whatever is asked and refused. */
class ApiCanaryTest {
  private static final String SECRET = "canary-secret-of-acme";
  private static final String VALUE = "canary-header-value";

  private final ApiFixture fixture = new ApiFixture();
  private final List<ApiResponse> responses = new ArrayList<>();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void secrets_and_header_values_are_in_no_answer() {
    String body = "{\"url\":\"" + URL + "\",\"events\":[\"*\"],\"secret\":\"" + SECRET
        + "\",\"headers\":{\"Authorization\":\"" + VALUE + "\",\"X-Team\":\"" + VALUE + "\"}}";
    String id =
        json(noted(fixture.withKey("k1", "POST", "/webhooks", body))).path("id").asText();
    noted(fixture.withKey("k1", "POST", "/webhooks", body));
    askEverything("/webhooks/" + id);
    noted(fixture.withKey("k1", "POST", "/webhooks", body.replace("[\"*\"]", "[\"no.such\"]")));
    noted(fixture.post("/webhooks", body.replace("X-Team", "Host")));
    noted(fixture.post("/webhooks", body.replace("https:", "http:")));
    noted(fixture.post("/webhooks", body + "x"));
    noted(fixture.post("/webhooks", body.replace("\"" + SECRET + "\"", SECRET)));
    noted(fixture.post("/webhooks", body.replace(VALUE, VALUE + "\\n")));
    noted(fixture.post("/webhooks", body.replace(SECRET, SECRET + "x".repeat(256))));
    noted(fixture.post("/webhooks", body.replace(SECRET, "whsec_" + SECRET + "canary-*")));
    noted(fixture.patch("/webhooks/" + id, body));
    noted(fixture.patch("/webhooks/" + id, "{\"secret\":[\"" + SECRET + "\"]}"));
    noted(fixture.patch("/webhooks/" + id, "{\"headers\":{\"X\":[\"" + VALUE + "\"]}}"));
    noted(fixture.as("canary-token", "GET", "/webhooks", ""));

    assertThat(responses)
        .hasSizeGreaterThan(15)
        .allSatisfy(
            response -> assertThat(response.text() + response.headers()).doesNotContain("canary"));
  }

  @Test
  void a_generated_secret_is_in_no_answer_but_that_of_its_create() {
    ApiResponse created = fixture.withKey("k1", "POST", "/webhooks", ApiFixture.NEW_WEBHOOK);
    String secret = json(created).path("secret").asText();

    askEverything("/webhooks/" + json(created).path("id").asText());

    assertThat(secret).startsWith("whsec_");
    assertThat(
            fixture.withKey("k1", "POST", "/webhooks", ApiFixture.NEW_WEBHOOK).text())
        .contains(secret);
    assertThat(responses)
        .isNotEmpty()
        .allSatisfy(response -> assertThat(response.text()).doesNotContain("whsec_"));
  }

  private void askEverything(String webhook) {
    fixture.kit.receiver(URL).answers(500, 200);
    fixture
        .kit
        .account("acme")
        .publish(
            Event.ofJson("dataset.created", "{\"datasetId\":1,\"name\":\"n\",\"type\":\"t\"}"));
    fixture.kit.runUntilIdle();
    fixture.kit.advance(Duration.ofSeconds(5));
    noted(fixture.get("/webhooks"));
    noted(fixture.get(webhook));
    noted(fixture.patch(webhook, "{\"name\":\"n\"}"));
    ApiResponse log = noted(fixture.get(webhook + "/deliveries"));
    noted(fixture.get(webhook + "/deliveries/" + json(log).at("/data/0/id").asText()));
  }

  private ApiResponse noted(ApiResponse response) {
    responses.add(response);
    return response;
  }
}
