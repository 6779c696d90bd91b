package dev.webhooks.examples.restserver;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.webhooks.examples.restserver.Receiver.Request;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The real jar, a real receiver and a real browser, for the tests of the portal. */
@ExtendWith(ServersErrors.class)
abstract class PortalFixture {
  static final String DATA = "{\"datasetId\":12345678901234567890.50,\"name\":\"Birds\","
      + "\"type\":\"table\",\"tags\":[],\"more\":{\"a\":[1,2]}}";
  static final String TITLE = "Acme \"Cloud\" <b>&amp;</b>";
  static final String EVENT = "{\"type\":\"dataset.created\",\"data\":" + DATA + "}";

  @TempDir
  static Path directory;

  @AutoClose
  static Receiver receiver;

  @AutoClose
  static EmbeddingPage host;

  @AutoClose
  static EmbeddingPage stranger;

  @AutoClose
  static RestServerProcess server;

  @AutoClose
  static Browser browser;

  /** Starts all of it, with a server that repeats failed attempts on a schedule. */
  static void start(String retrySchedule) {
    assumeTrue(
        Browser.isInstalled(),
        "skipped: needs /usr/bin/chromium and /usr/bin/chromedriver (Debian's chromium and"
            + " chromium-driver)");
    receiver = new Receiver();
    host = new EmbeddingPage();
    stranger = new EmbeddingPage();
    Map<String, String> variables = new HashMap<>();
    variables.put(
        "API_TOKENS",
        "t-create=create,t-change=change,t-log=log,t-xss=xss,t-lost=lost,t-live=live,t-keys=keys,"
            + "t-retry=retry,t-failing=failing,t-down=down,t-host=host");
    variables.put("ALLOW_TARGETS", "127.0.0.1/32,localhost");
    variables.put("TRUST_CERTIFICATE", receiver.authorityPem());
    variables.put("RETRY_SCHEDULE", retrySchedule);
    variables.put("PORTAL_ORIGINS", host.origin());
    variables.put("PORTAL_TITLE", TITLE);
    variables.put("PORTAL_BACK_URL", host.origin() + "/home");
    server = RestServerProcess.start(directory, variables);
    browser = Browser.start();
  }

  static String portal() {
    return server.url() + "/api/v2/portal/";
  }

  static void signIn(String apiToken) {
    browser.open(portal() + "#token=" + Api.portalToken(server, apiToken));
    browser.awaitHeading("Webhooks");
  }

  /** Lets pass no pause of more than a second: what is shown then was looked at sooner. */
  static void withoutLongPauses() {
    browser.js("const later = setTimeout; window.setTimeout = (act, time, ...more) =>"
        + " time > 1000 && time < 20000 ? 0 : later(act, time, ...more);");
  }

  static Predicate<Request> at(String path) {
    return request -> request.path().equals(path);
  }
}
