package dev.webhooks.examples.restserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhooks.examples.restserver.Receiver.Request;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/**
 * The portal in a real browser: everything that a customer does there. Each view is looked at by an
 * accessibility checker, by day and by night, and at the width of a phone.
 */
class PortalIT extends PortalFixture {
  private static final String NARROWEST = """
      const width = button => button.getBoundingClientRect().width;
      return [...document.querySelectorAll('.toolbar > *')]
        .sort((a, b) => width(a) - width(b))[0].textContent;
      """;

  @BeforeAll
  static void start() {
    start("0s,50ms");
  }

  @Test
  void a_customer_signs_in_and_registers_a_webhook() throws Exception {
    browser.open(server.url() + "/sign-in");
    browser.control("API token").sendKeys("t-create", Keys.ENTER);
    browser.awaitText("No webhooks yet");
    assertThat(browser.address()).isEqualTo(portal() + "#/");
    browser.inspect("empty");

    browser.click("Create the first webhook");
    browser.awaitHeading("New webhook");
    browser.awaitFocus("h1");
    browser.inspect("new");
    refusedUntilItIsRight();
    browser.click("Create webhook");
    browser.awaitText("It is shown this once");
    browser.inspect("secret");
    String secret = browser.control("Signing secret").getAttribute("value");
    browser.press(Keys.ESCAPE);
    browser.click("Copy");
    browser.awaitText("Copied");
    browser.click("I have stored it");
    browser.awaitHeading("Birds & bees");
    browser.awaitText("Nothing was sent yet");
    assertThat(browser.text()).doesNotContain(secret, "k-123").contains("X-Api-Key: ********");

    Api api = Api.of(server, "t-create");
    JsonNode webhook = api.get("/webhooks").json().at("/data/0");
    assertThat(webhook.path("events").toString()).isEqualTo("[\"dataset.*\",\"dataset.task.*\"]");
    api.post("/events", EVENT).expect(202);
    Request request = receiver.await(1, at("/create")).get(0);
    assertThat(request.verifies(secret)).isTrue();
    assertThat(request.headers()).containsEntry("X-Api-Key", "k-123");
    browser.awaitElement("tbody .badge.good");
    browser.awaitText("100 %");
  }

  private static void refusedUntilItIsRight() {
    browser.click("Add a header");
    browser.type("Value of the header", "k-123");
    browser.click("Create webhook");
    assertThat(browser.problem("events")).isEqualTo("choose at least one event");
    assertThat(browser.problem("url")).isEqualTo("the URL is missing");
    assertThat(browser.problem("headers")).isEqualTo("a header has a value but no name");
    browser.awaitFocus("[data-field=url] input[aria-invalid]");
    browser.inspect("missing");
    browser.click("Remove");
    browser.type("URL", receiver.url("/create"));
    browser.check("dataset.*");
    browser.type("Other events or patterns, separated by commas", "no.such");
    browser.click("Create webhook");
    assertThat(browser.problem("events")).contains("no.such");
    browser.type("Other events or patterns, separated by commas", "dataset.task.*");
    browser.click("Add a header");
    browser.awaitFocus("[aria-label='Name of the header']");
    browser.type("Name of the header", "Host");
    browser.type("Value of the header", "k-123");
    browser.click("Create webhook");
    assertThat(browser.problem("headers")).isEqualTo("header \"Host\" is reserved");
    browser.type("Name of the header", "X-Api-Key");
    browser.type("Name", "   ");
    browser.click("Create webhook");
    assertThat(browser.problem("name")).isEqualTo("name must not be blank");
    browser.type("Name", "Birds & bees");
    browser.type("Signing secret", "short");
    browser.click("Create webhook");
    assertThat(browser.problem("secret")).isEqualTo("secret must have at least 16 characters");
    browser.control("Signing secret").clear();
    browser.type("URL", "http://localhost/x");
    browser.click("Create webhook");
    assertThat(browser.problem("url")).contains("https");
    browser.awaitFocus("[data-field=url] input[aria-invalid]");
    browser.inspect("refused");
    browser.type("URL", receiver.url("/create"));
  }

  @Test
  void a_webhook_is_changed_tested_and_deleted() throws Exception {
    Api api = Api.of(server, "t-change");
    String id = api.webhook(receiver.url("/change")).path("id").asText();
    receiver.answers("/change", 503, "{\"sorry\":\"closed\"}");
    signIn("t-change");
    browser.view("webhooks/" + id);
    browser.awaitText("Latest deliveries");

    browser.click("Send a test");
    browser.type("Payload", "{\"n\":");
    browser.click("Send");
    assertThat(browser.problem("payload")).isEqualTo("payload must be a JSON object");
    browser.type("Payload", "{\"n\":1.50}");
    browser.click("Send");
    browser.awaitText("Not delivered: status 503");
    browser.awaitText("\"sorry\": \"closed\"");
    browser.inspect("test");
    receiver.answers("/change", 204);
    browser.click("Send");
    browser.awaitText("Delivered: status 204");
    browser.awaitText("The answer was empty.");
    browser.click("Close");
    assertThat(receiver.await(2, at("/change")).get(1).text()).contains("{\"n\":1.50}");

    browser.click("Pause");
    browser.awaitText("This webhook is paused");
    browser.awaitFocus("[data-key=Resume]");
    browser.inspect("paused");
    browser.click("Resume");
    browser.awaitNoText("This webhook is paused");

    browser.click("Rotate secret");
    browser.type("Overlap hours", "169");
    browser.click("Rotate");
    assertThat(browser.problem("overlapHours")).contains("overlapHours");
    browser.inspect("rotate");
    browser.type("Overlap hours", "1");
    browser.click("Rotate");
    browser.awaitText("This is the new secret");
    String secret = browser.control("Signing secret").getAttribute("value");
    browser.awaitText("The old one signs too until ");
    browser.inspect("rotated");
    browser.click("I have stored it");
    browser.awaitText("Old secretsigns too until ");
    assertThat(browser.onPhone(NARROWEST)).isEqualTo("Delete");
    browser.inspect("old-secret");
    api.post("/webhooks/" + id + "/test", "{}").expect(200);
    assertThat(receiver.await(3, at("/change")).get(2).verifies(secret)).isTrue();

    browser.click("Edit");
    browser.awaitText("Optional; for you to tell webhooks apart.");
    browser.inspect("edit");
    browser.type("Name", "Renamed");
    browser.click("Save");
    browser.awaitHeading("Renamed");
    assertThat(api.get("/webhooks/" + id).json().path("events").toString()).isEqualTo("[\"*\"]");

    browser.click("Delete");
    browser.awaitText("It is gone for good");
    browser.inspect("delete");
    browser.press(Keys.ESCAPE);
    browser.awaitNoText("It is gone for good");
    browser.awaitFocus("[data-key=Delete]");
    browser.click("Delete");
    browser.click("Delete for good");
    browser.awaitText("No webhooks yet");
    assertThat(api.get("/webhooks/" + id).refusal()).isEqualTo("404 WEBHOOK_NOT_FOUND");
    browser.view("webhooks/" + id);
    browser.awaitHeading("Not found");
    browser.inspect("not-found");
  }

  @Test
  void deliveries_are_filtered_looked_at_retried_and_recovered() {
    Api api = Api.of(server, "t-log");
    String id = api.webhook(receiver.url("/log")).path("id").asText();
    receiver.answers("/log", 500, "out of \"paper\"");
    for (int i = 0; i < 2; i++) {
      api.post("/events", EVENT).expect(202);
      api.latestDelivery(id, Api.status("failed"));
    }
    receiver.answers("/log", 200);
    api.post("/events", "{\"type\":\"dataset.updated\",\"data\":{\"datasetId\":1,\"changes\":[]}}")
        .expect(202);
    api.latestDelivery(id, Api.status("success"));
    signIn("t-log");
    browser.awaitText("33.3 %");
    browser.inspect("webhooks");
    browser.view("webhooks/" + id);
    browser.awaitText("Latest deliveries");
    browser.inspect("webhook");

    browser.click("All deliveries");
    browser.awaitText("3 entries");
    browser.inspect("deliveries");
    browser.set("Status", "failed");
    browser.awaitText("2 entries");
    browser.set("Event", "dataset.updated");
    browser.awaitText("No delivery fits these filters");
    browser.click("Clear");
    browser.awaitText("3 entries");
    browser.set("From", "2001-01-01T00:00");
    browser.set("Until", "2001-01-02T00:00");
    browser.click("Filter");
    browser.awaitText("No delivery fits these filters");
    browser.view("webhooks/" + id + "/deliveries?from=yesterday&status=lost");
    browser.awaitElement("[data-field] [aria-invalid]");
    browser.inspect("filters-refused");
    browser.view("webhooks/" + id + "/deliveries?limit=1&page=2");
    browser.awaitText("Page 2 of 3");

    browser.clickOn(By.cssSelector("td a"));
    browser.awaitHeading("dataset.created");
    browser.awaitText("\"datasetId\": 12345678901234567890.50,");
    browser.awaitText("out of \"paper\"");
    browser.inspect("delivery");
    browser.click("Retry");
    browser.awaitText("Retry of");
    browser.awaitElement(".title .badge.good");

    browser.view("webhooks/" + id);
    browser.click("Recover failed");
    browser.set("Since", "2001-01-01T00:00");
    browser.click("Recover");
    assertThat(browser.problem("since")).isEqualTo("since must be at most 14 days ago");
    browser.inspect("recover");
    browser.click("Cancel");
    browser.click("Recover failed");
    browser.click("Recover");
    browser.awaitText("1 delivery is sent again");
    api.latestDelivery(id, Api.status("success"));
    receiver.answers("/log", 410);
    api.post("/events", EVENT).expect(202);
    api.latestDelivery(id, Api.status("failed"));
    browser.lookAgain();
    browser.awaitText("This webhook has failed");
    browser.inspect("failed");
    browser.click("Reactivate");
    browser.awaitNoText("This webhook has failed");
  }

  @Test
  void a_retried_failure_says_so_and_its_outcome_is_seen_at_once() {
    Api api = Api.of(server, "t-retry");
    String id = api.webhook(receiver.url("/retry")).path("id").asText();
    receiver.answers("/retry", 500);
    api.post("/events", EVENT).expect(202);
    String failed = api.latestDelivery(id, Api.status("failed")).path("id").asText();
    receiver.answers("/retry", 200);
    signIn("t-retry");
    browser.view("webhooks/" + id);
    browser.awaitText("2 attempts in a row failed, 1 delivery given up, 0 pending.");
    browser.inspect("given-up");
    withoutLongPauses();
    browser.click("Retry");
    browser.awaitElement("tbody .badge.good");
    browser.awaitText("Failed, retried");
    browser.awaitText("1 of 2 deliveries");
    browser.awaitText("still counts after a retry");
    browser.inspect("retried");

    String retry = api.latestDelivery(id, Api.status("success")).path("id").asText();
    browser.clickOn(By.cssSelector("td .state a"));
    browser.awaitText("Retry of" + failed);
    browser.awaitHash("#/webhooks/" + id + "/deliveries/" + retry);
    browser.inspect("retry");
    browser.click(failed);
    browser.awaitText("Retried by" + retry);
    browser.awaitText("Failed, retried");
    browser.awaitText("The answer was empty.");
    browser.inspect("retried-delivery");
  }

  @Test
  void the_host_has_its_title_and_ways_back_and_out() {
    signIn("t-host");
    browser.awaitText(TITLE);
    assertThat(browser.js("return document.title")).isEqualTo("Webhooks – " + TITLE);
    assertThat(browser.js("return [...document.querySelectorAll('.host a')].map(a => a.href)"))
        .isEqualTo(List.of(host.origin() + "/home", server.url() + "/sign-in"));
    browser.inspect("host");
    assertThat(browser.js(
            "return import(arguments[0] + 'dom.js').then(dom =>"
                + " [dom.hostLink('javascript:1', {}, 'x'), dom.hostLink('/x', {}, 'x').pathname])",
            portal()))
        .isEqualTo(Arrays.asList(null, "/x"));

    browser.click("Sign out");
    browser.awaitHeading("Sign in");
    assertThat(browser.js("return sessionStorage.length")).isEqualTo(0L);
    browser.open(portal());
    browser.awaitHeading("No session");
    browser.awaitElement("main a[href='" + host.origin() + "/home']");
  }

  @Test
  void it_can_be_used_with_the_keyboard_alone() {
    Api.of(server, "t-keys").webhook(receiver.url("/keys"));
    signIn("t-keys");
    browser.awaitElement("tbody tr");
    browser.js("document.activeElement.blur()");
    browser.press(Keys.TAB);
    browser.awaitFocus(".skip");
    browser.press(Keys.ENTER);
    browser.awaitFocus("main");
    browser.press(Keys.TAB);
    browser.awaitFocus("a[href='#/new']");
    browser.press(Keys.TAB);
    browser.awaitFocus("[data-field=status] select");
    browser.press("P");
    browser.awaitText("No webhook fits these filters");
    browser.awaitFocus("[data-field=status] select");
    browser.press(Keys.HOME);
    browser.awaitElement("tbody tr");
    browser.awaitFocus("[data-field=status] select");
    browser.press(Keys.TAB);
    browser.press(Keys.TAB);
    browser.awaitFocus("tbody a");
    browser.press(Keys.ENTER);
    browser.awaitText("Latest deliveries");
    browser.awaitFocus("h1");
    browser.press(Keys.TAB);
    browser.awaitFocus("[data-key='Send a test']");
    browser.press(Keys.ENTER);
    browser.awaitFocus("dialog *");
    browser.press(Keys.ESCAPE);
    browser.awaitFocus("[data-key='Send a test']");
  }
}
