package dev.webhooks.examples.restserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Tests against harm in the portal: hostile text that does something, a change that takes effect
 * twice, a server that is asked too often, a token that a stranger gives or gets.
 */
class PortalSafetyIT extends PortalFixture {
  @BeforeAll
  static void start() {
    start("0s,50ms");
  }

  /** Strangers write names, paths, headers, payloads and answers: each shows as what it is. */
  @Test
  void what_is_hostile_is_shown_as_text() {
    String hostile = "\"'><img src=x onerror=__xss=1><script>__xss=1</script>javascript:__xss=1";
    String quoted = hostile.replace("\"", "\\\"");
    Api api = Api.of(server, "t-xss");
    String id = api.post(
            "/webhooks",
            "{\"name\":\"" + quoted + "\",\"url\":\"" + receiver.url("/xss")
                + "?q=javascript:__xss=1\",\"events\":[\"*\"],\"headers\":{\"Accept\":\"" + quoted
                + "\"}}")
        .expect(201)
        .json()
        .path("id")
        .asText();
    receiver.answers("/xss", 500, hostile);
    api.post(
            "/events",
            "{\"type\":\"dataset.created\",\"data\":{\"datasetId\":1,\"type\":\"t\",\"name\":\""
                + quoted + "\",\"" + quoted + "\":1}}")
        .expect(202);
    String delivery = api.latestDelivery(id, Api.status("failed")).path("id").asText();
    signIn("t-xss");
    browser.awaitText(hostile);
    browser.view("webhooks/" + id);
    browser.awaitText("Accept: " + hostile);
    browser.view("webhooks/" + id + "/deliveries/" + delivery);
    browser.awaitText("\"" + quoted + "\": 1");
    browser.awaitText(hostile);
    browser.inspect("hostile");
    browser.view("webhooks/" + id + "/edit");
    browser.awaitHeading("Edit " + hostile);
    assertThat(browser.control("Name").getAttribute("value")).isEqualTo(hostile);
    browser.type("Other events or patterns, separated by commas", "\"><img/src=x/onerror=__xss=1>");
    browser.click("Save");
    assertThat(browser.problem("events")).contains("<img/src=x/onerror=__xss=1>");
    browser.view("webhooks/" + id);
    browser.awaitText("Latest deliveries");
    browser.click("Send a test");
    browser.click("Send");
    browser.awaitText("Not delivered");
    browser.awaitText(hostile);
    browser.click("Close");
    browser.click("Delete");
    browser.awaitText("It is gone for good");
    browser.click("Cancel");
    requireNothingExecuted();
  }

  /** Worse than what a server can answer: a payload in every text of every answer. */
  @Test
  void a_payload_in_every_field_of_every_answer_does_nothing() {
    String script = browser.atStart("""
        const real = fetch;
        window.fetch = async (...given) => {
          const response = await real(...given);
          const hostile = value => Array.isArray(value) ? value.map(hostile)
            : value && typeof value === 'object'
              ? Object.fromEntries(Object.entries(value).map(([k, v]) => [
                k === 'X-Api-Key' ? '<img src=x onerror=__xss=1>' : k, hostile(v)]))
              : typeof value === 'number' ? value
                : '"\\'><img src=x onerror=__xss=1><script>__xss=1</script>';
          const text = await response.text();
          return new Response(JSON.stringify(hostile(JSON.parse(text))),
            {status: response.status});
        };
        """);
    Api api = Api.of(server, "t-xss");
    String id = api.post(
            "/webhooks",
            "{\"url\":\"" + receiver.url("/every") + "\",\"events\":[\"*\"],"
                + "\"headers\":{\"X-Api-Key\":\"k\"}}")
        .expect(201)
        .json()
        .path("id")
        .asText();
    receiver.answers("/every", 500, "no");
    api.post("/events", EVENT).expect(202);
    String delivery = api.latestDelivery(id, Api.status("failed")).path("id").asText();
    signIn("t-xss");
    browser.awaitElement("tbody tr");
    for (String view : List.of(
        "new",
        "webhooks/" + id,
        "webhooks/" + id + "/edit",
        "webhooks/" + id + "/deliveries",
        "webhooks/" + id + "/deliveries/" + delivery)) {
      browser.view("webhooks/%3Cimg%20src=x%20onerror=__xss=1%3E");
      browser.awaitHeading("Not found");
      requireNothingExecuted();
      browser.view(view);
      browser.awaitText("<img src=x onerror=__xss=1>");
      requireNothingExecuted();
    }
    browser.notAtStart(script);
  }

  @Test
  void a_change_whose_answer_was_lost_takes_effect_once() {
    signIn("t-lost");
    browser.view("new");
    browser.type("URL", receiver.url("/lost"));
    browser.check("*");
    browser.js("""
        const real = fetch;
        window.fetch = async (...given) => {
          if (given[1].method === 'POST') {
            window.fetch = real;
            await real(...given);
            throw new TypeError('the connection broke');
          }
          return real(...given);
        };
        """);
    browser.click("Create webhook");
    browser.awaitText("the server cannot be reached");
    browser.click("Create webhook");
    browser.awaitText("It is shown this once");
    browser.click("I have stored it");

    assertThat(Api.of(server, "t-lost")
            .get("/webhooks")
            .json()
            .at("/pagination/total")
            .asInt())
        .isEqualTo(1);
  }

  @Test
  void it_is_kept_up_to_date_with_patience_and_only_while_it_is_looked_at() {
    Api api = Api.of(server, "t-live");
    String id = api.webhook(receiver.url("/live")).path("id").asText();
    String script = browser.atStart("""
        window.pauses = [];
        window.calls = 0;
        const later = setTimeout;
        window.setTimeout = (act, time, ...more) => {
          const pause = time >= 5000 && time <= 30000 && time !== 20000 && time !== 12000;
          if (pause) { pauses.push(time); }
          return later(act, pause ? 40 : time, ...more);
        };
        const real = fetch;
        window.fetch = (...given) => { calls++; return real(...given); };
        """);
    signIn("t-live");
    browser.view("webhooks/" + id);
    browser.awaitText("Latest deliveries");
    browser.awaitScript("return pauses.includes(30000)");
    assertThat(String.valueOf(browser.js("return pauses.map(Math.round).join(' ')")))
        .contains("5000 7500 11250 16875 25313 30000");

    browser.js("document.querySelector('[data-key=edit]').focus()");
    api.post("/events", EVENT).expect(202);
    browser.awaitElement("tbody .badge");
    browser.awaitFocus("[data-key=edit]");

    browser.js("Object.defineProperty(document, 'visibilityState', {value: 'hidden',"
        + " configurable: true}); document.dispatchEvent(new Event('visibilitychange'));"
        + "window.before = calls;");
    api.post("/events", EVENT).expect(202);
    api.latestDelivery(id, Api.status("success"));
    // What was under way when it was hidden may end; nothing is begun.
    assertThat((Long) browser.js("return calls - before")).isZero();
    browser.js("delete document.visibilityState;"
        + "document.dispatchEvent(new Event('visibilitychange'))");
    browser.awaitScript("return document.querySelectorAll('tbody tr').length === 2");
    browser.notAtStart(script);
  }

  @Test
  void without_a_token_that_is_good_it_says_where_to_get_one() {
    browser.open(server.url() + "/sign-in");
    browser.js("sessionStorage.clear()");
    browser.open(portal());
    browser.awaitHeading("No session");
    browser.inspect("no-session");
    browser.open(portal() + "#token=of-yesterday&to=/webhooks/wh_1");
    browser.awaitHeading("No session");
    browser.awaitHash("#/webhooks/wh_1");

    signIn("t-keys");
    browser.view("new");
    browser.type("Name", "half typed");
    browser.type("URL", receiver.url("/ended"));
    browser.check("*");
    browser.js("window.fetch = async () => new Response('{}', {status: 401})");
    browser.click("Create webhook");
    browser.awaitText("the session has ended");
    assertThat(browser.control("Name").getAttribute("value")).isEqualTo("half typed");
    browser.inspect("ended");
    browser.control("Name").clear();
    browser.control("URL").clear();
    browser.check("*");
  }

  @Test
  void the_page_that_embeds_it_gives_it_tokens_and_no_other_can() {
    String good = Api.portalToken(server, "t-keys");
    host.embeds(portal(), "of-yesterday", good);
    browser.open(host.origin());
    browser.inFrame();
    browser.awaitHeading("Webhooks");
    browser.awaitElement("h1");
    assertThat(browser.js("return sessionStorage.length")).isEqualTo(1L);
    assertThat(browser.js("return document.querySelector('.host').checkVisibility()"))
        .as("the host is around it")
        .isEqualTo(false);
    browser.outOfFrame();
    assertThat(browser.js("return asked")).isEqualTo(2L);

    stranger.embeds(portal(), good);
    browser.open(stranger.origin());
    browser.inFrame();
    assertThat(String.valueOf(browser.js("return location.href"))).doesNotContain("/portal/");
    browser.outOfFrame();
    assertThat(browser.js("return asked")).isEqualTo(0L);
  }

  private static void requireNothingExecuted() {
    assertThat(browser.js("return typeof window.__xss")).isEqualTo("undefined");
    assertThat((Long) browser.js("return document.querySelectorAll("
            + "'main img, main script, main iframe, dialog img, a[href^=javascript]').length"))
        .isZero();
  }
}
