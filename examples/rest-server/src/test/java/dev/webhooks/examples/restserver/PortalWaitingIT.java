package dev.webhooks.examples.restserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.examples.restserver.Receiver.Request;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;

/** The portal tells of endpoints that fail, and of deliveries that wait for hours. */
class PortalWaitingIT extends PortalFixture {
  @BeforeAll
  static void start() {
    start("0s,9h");
  }

  @Test
  void an_endpoint_that_fails_every_attempt_is_not_green() {
    Api api = Api.of(server, "t-failing");
    String id = api.webhook(receiver.url("/failing")).path("id").asText();
    receiver.answers("/failing", 500, "closed");
    api.post("/events", EVENT).expect(202);
    api.latestDelivery(id, delivery -> delivery.path("attempts").asInt() == 1);
    signIn("t-failing");
    browser.awaitElement("tbody .badge.bad");
    assertThat(text("tbody .badge")).isEqualTo("Failing");
    browser.awaitText("Failingsince ");
    browser.inspect("failing-list");
    browser.click("localhost:" + port());
    browser.awaitText("Latest deliveries");
    assertThat(text(".title .badge")).isEqualTo("Failing");
    browser.awaitText("This webhook is failing (since ");
    browser.awaitText("1 attempt in a row failed, 0 deliveries given up, 1 pending.");
    browser.awaitText("Next attempt: in ");
    assertThat(text("#crumbs")).isEqualTo("Webhookslocalhost:" + port());
    browser.inspect("failing");
  }

  @Test
  void a_waiting_delivery_says_when_it_is_sent_and_can_be_sent_now() throws Exception {
    Api api = Api.of(server, "t-log");
    String id = api.post(
            "/webhooks",
            "{\"name\":\"Birds\",\"url\":\"" + receiver.url("/waiting") + "\",\"events\":[\"*\"],"
                + "\"headers\":{\"X-Api-Key\":\"k-123\"}}")
        .expect(201)
        .json()
        .path("id")
        .asText();
    receiver.answers("/waiting", 500);
    api.post("/events", EVENT).expect(202);
    String delivery = api.latestDelivery(id, one -> one.path("attempts").asInt() == 1)
        .path("id")
        .asText();
    signIn("t-log");
    browser.view("webhooks/" + id + "/deliveries");
    browser.awaitHeading("Deliveries of Birds");
    browser.awaitText("Next attempt: in ");
    browser.inspect("deliveries-waiting");
    browser.clickOn(By.cssSelector("td a"));
    browser.awaitHeading("dataset.created");
    assertThat(text("#crumbs")).isEqualTo("WebhooksBirdsDeliveriesDelivery");
    browser.awaitText("Next attempt: in ");
    browser.awaitText("The answer was empty.");
    showsTheRequest(receiver.await(1, at("/waiting")).get(0));
    browser.inspect("delivery-waiting");
    api.patch("/webhooks/" + id, "{\"status\":\"paused\"}").expect(200);
    browser.lookAgain();
    browser.awaitText("Next attempt: when the webhook is resumed");
    browser.awaitNoText("Send now");
    browser.inspect("delivery-paused");
    api.patch("/webhooks/" + id, "{\"status\":\"active\"}").expect(200);
    browser.lookAgain();
    browser.awaitText("Send now");

    receiver.answers("/waiting", 200);
    withoutLongPauses();
    browser.click("Send now");
    browser.awaitElement(".title .badge.good");
    browser.awaitText("Attempt 2");
    browser.awaitNoText("Send now");
    browser.awaitHash("#/webhooks/" + id + "/deliveries/" + delivery);
    assertThat(receiver.await(2, at("/waiting"))).hasSize(2);
    assertThat(api.get("/webhooks/" + id + "/deliveries")
            .json()
            .at("/pagination/total")
            .asInt())
        .isEqualTo(1);
    browser.view("webhooks/" + id + "/edit");
    browser.awaitHeading("Edit Birds");
    assertThat(text("#crumbs")).isEqualTo("WebhooksBirdsEdit");
  }

  /** The body as it came, apart from line breaks, and every header that is the sender's. */
  private static void showsTheRequest(Request request) {
    String body = text("[data-key=payload]").replaceAll("\\n *", "").replace("\": ", "\":");
    assertThat(body).isEqualTo(request.text());
    List<String> headers = text("[data-key=headers]").lines().toList();
    assertThat(headers)
        .contains(
            "X-Api-Key: ********",
            "content-type: application/json",
            "x-webhook-event: dataset.created",
            "x-webhook-attempt: 1",
            "X-Webhook-Signature: <written by the signature scheme>",
            "webhook-signature: <written by the signature scheme>");
    assertThat(headers)
        .allMatch(
            header -> request.headers().containsKey(header.substring(0, header.indexOf(':'))));
    assertThat(browser.text())
        .contains("POST " + receiver.url("/waiting"))
        .doesNotContain("k-123", request.headers().get("webhook-signature"));
  }

  @Test
  void a_suspended_webhook_says_what_to_do() {
    Api api = Api.of(server, "t-down");
    String id = api.webhook("https://localhost:1/down").path("id").asText();
    for (int i = 0; i < 5; i++) {
      api.post("/events", EVENT).expect(202);
      api.latestDelivery(id, delivery -> delivery.path("attempts").asInt() == 1);
    }
    signIn("t-down");
    browser.awaitText("Suspendedfailing since ");
    browser.inspect("suspended-list");
    browser.view("webhooks/" + id);
    browser.awaitText("This webhook is suspended: its endpoint cannot be reached.");
    browser.awaitText("5 attempts in a row failed, 0 deliveries given up, 5 pending.");
    assertThat(text(".title .badge")).isEqualTo("Suspended");
    browser.inspect("suspended");
    browser.click("Resume now");
    browser.awaitNoText("This webhook is suspended");
    browser.awaitText("This webhook is failing (last success: never)");
    browser.inspect("resumed");
  }

  private static int port() {
    return URI.create(receiver.url("/")).getPort();
  }

  private static String text(String selector) {
    return String.valueOf(
        browser.js("return document.querySelector(arguments[0]).textContent", selector));
  }
}
