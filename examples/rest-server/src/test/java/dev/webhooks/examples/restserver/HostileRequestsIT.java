package dev.webhooks.examples.restserver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Malformed, oversized and slow requests: each gets a refusal with a code, and nobody else waits.
 */
@ExtendWith(ServersErrors.class)
class HostileRequestsIT {
  private static final int SLOW_CLIENTS = 500;
  private static final int PATIENCE_MILLIS = 1_000 * RestServerProcess.PATIENCE_SECONDS;

  @TempDir
  private static Path directory;

  private static RestServerProcess server;
  private static Api api;
  private static String webhook;

  @BeforeAll
  static void start() {
    server = RestServerProcess.start(
        directory,
        Map.of("API_TOKENS", "token-a=acct_a", "ALLOW_TARGETS", "localhost"),
        "-Dsun.net.httpserver.maxReqTime=10");
    api = Api.of(server, "token-a");
    webhook = "/webhooks/" + api.webhook("https://localhost:1/in").path("id").asText();
  }

  @AfterAll
  static void stop() {
    if (server == null) {
      return; // It could not be started, and said why.
    }
    server.close();
    assertThat(server.errors()).doesNotContain("unexpected", "ERROR", "\tat ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "null",
        "[]",
        "\"x\"",
        "{}",
        "{} {}",
        "{\"url\":7,\"events\":[\"*\"]}",
        "{\"url\":null,\"events\":[\"*\"]}",
        "{\"url\":\"https://localhost:1/in\",\"events\":\"*\"}",
        "{\"url\":\"https://localhost:1/in\",\"events\":[1]}",
        "{\"url\":\"https://localhost:1/in\",\"events\":[\"*\"],\"headers\":[]}",
        "{\"url\":\"https://localhost:1/in\",\"events\":[\"*\"],\"headers\":{\"A\":1}}",
        "{\"url\":\"https://localhost:1/in\",\"events\":[\"*\"],\"name\":7}",
        "{\"url\":\"https://localhost:1/in\",\"events\":[\"*\"],\"secret\":7}",
        "{\"url\":\"https://localhost:1/in\",\"events\":[\"*\"],\"unknown\":1}",
        "{\"url\":\"https://localhost:1/in\",\"url\":\"https://localhost:1/in\",\"events\":[\"*\"]}",
        "{'url':'https://localhost:1/in','events':['*']}",
        "<xml/>"
      })
  void a_bad_body_is_refused(String body) {
    assertThat(api.post("/webhooks", body).refusal()).isEqualTo("400 INVALID_REQUEST");
    assertThat(api.post("/events", body).refusal()).isEqualTo("400 INVALID_REQUEST");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"dataset.created\"}",
        "{\"data\":{}}",
        "{\"type\":7,\"data\":{}}",
        "{\"type\":\"dataset.created\",\"data\":[]}",
        "{\"type\":\"dataset.created\",\"data\":null}",
        "{\"type\":\"dataset.created\",\"data\":\"{}\"}",
        "{\"type\":\"dataset.created\",\"data\":{}}",
        "{\"type\":\"dataset.created\",\"data\":{\"name\":1,\"name\":1}}",
        "{\"type\":\"dataset.created\",\"data\":{\"name\":1,\"datasetId\":1,\"type\":1},\"id\":\"a.b\"}",
        "{\"type\":\"dataset.created\",\"data\":{\"name\":1,\"datasetId\":1,\"type\":1},\"id\":7}",
        "{\"type\":\"dataset.created\",\"data\":{\"name\":1,\"datasetId\":1,\"type\":1},\"x\":1}"
      })
  void a_bad_event_is_refused(String body) {
    assertThat(api.post("/events", body).refusal()).isEqualTo("400 INVALID_REQUEST");
  }

  @Test
  void null_is_absent_where_something_is_optional() {
    String webhook = "{\"url\":\"https://localhost:1/in\",\"events\":[\"*\"],\"secret\":null}";
    String data = "{\"name\":1,\"datasetId\":1,\"type\":1}";
    String event = "{\"type\":\"dataset.created\",\"data\":" + data + ",\"id\":null}";

    assertThat(api.post("/webhooks", webhook).refusal()).startsWith("201");
    assertThat(api.post("/events", event).refusal()).startsWith("202");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"name\":7}",
        "{\"status\":\"failed\"}",
        "{\"status\":null}",
        "{\"url\":null}",
        "{\"events\":null}",
        "{\"id\":\"wh_1\"}",
        "{\"name\":\"a\",\"name\":\"b\"}"
      })
  void a_bad_change_is_refused(String body) {
    assertThat(api.patch(webhook, body).refusal()).isEqualTo("400 INVALID_REQUEST");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?page=0",
        "?page=-1",
        "?page=x",
        "?page=",
        "?page=1&page=1",
        "?page=99999999999",
        "?page=9999&limit=500",
        "?limit=0",
        "?limit=501",
        "?limit=1.5",
        "?status=active",
        "?from=2026-01-02&to=2026-01-01",
        "?from=2026-13-01",
        "?from=yesterday",
        "?to=2026-01-01T00:00:00",
        "?to=2026-02-30",
        "?unknown=1",
        "?page",
        "?event=%ff"
      })
  void a_bad_query_is_refused(String query) {
    assertThat(api.get(webhook + "/deliveries" + query).refusal()).isEqualTo("400 INVALID_REQUEST");
  }

  @Test
  void a_page_of_webhooks_has_a_limit_of_its_own() {
    assertThat(api.get("/webhooks?limit=101").refusal()).isEqualTo("400 INVALID_REQUEST");
    assertThat(api.get("/webhooks?limit=100").status()).isEqualTo(200);
    assertThat(api.get(webhook + "/deliveries?limit=500").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "/recover, '{}'",
    "/recover, '{\"since\":7}'",
    "/recover, '{\"since\":\"soon\"}'",
    "/recover, '{\"since\":\"2020-01-01\"}'",
    "/secret/rotate, '{\"overlapHours\":169}'",
    "/secret/rotate, '{\"overlapHours\":1.5}'",
    "/secret/rotate, '{\"secret\":7}'"
  })
  void a_bad_argument_is_refused(String operation, String body) {
    assertThat(api.post(webhook + operation, body).refusal()).isEqualTo("400 INVALID_REQUEST");
  }

  @Test
  void bad_utf_8_is_refused() {
    byte[] body = Api.EVENT.replace("Birds", "\u00ff").getBytes(ISO_8859_1);

    assertThat(api.sendBytes("POST", "/events", body).refusal()).isEqualTo("400 INVALID_REQUEST");
    assertThat(api.sendBytes("POST", "/webhooks", Api.EVENT.getBytes(UTF_16)).refusal())
        .isEqualTo("400 INVALID_REQUEST");
  }

  @Test
  void a_deep_body_is_refused() {
    String deep = "{\"type\":\"dataset.created\",\"data\":" + "{\"a\":".repeat(50_000) + "1"
        + "}".repeat(50_001);

    assertThat(api.post("/events", deep).refusal()).isEqualTo("400 INVALID_REQUEST");
  }

  @ParameterizedTest
  @ValueSource(ints = {1_048_577, 5_000_000})
  void a_large_body_is_refused_and_the_answer_is_seen(int size) {
    byte[] body = new byte[size];

    for (String path : List.of("/events", "/webhooks", webhook + "/recover")) {
      assertThat(api.sendBytes("POST", path, body).refusal()).isEqualTo("413 PAYLOAD_TOO_LARGE");
    }
  }

  @Test
  void a_bad_key_is_refused() {
    String draft = Api.draft("https://localhost:1/in");

    assertThat(api.send("POST", "/webhooks", draft, "Idempotency-Key", "k".repeat(256))
            .refusal())
        .isEqualTo("400 INVALID_REQUEST");
    assertThat(
            api.send("POST", "/events", Api.EVENT, "Idempotency-Key", "no id").refusal())
        .isEqualTo("400 INVALID_REQUEST");
    assertThat(
            api.send("POST", "/events", Api.EVENT, "Idempotency-Key", "a", "Idempotency-Key", "b")
                .refusal())
        .isEqualTo("400 INVALID_REQUEST");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /api/v2/webhooks/%00 HTTP/1.1",
        "GET /api/v2/webhooks/../webhooks HTTP/1.1",
        "GET //api/v2/webhooks HTTP/1.1",
        "GET /api/v2/webhooks%2f HTTP/1.1",
        "GET http://127.0.0.1/nowhere HTTP/1.1",
        "TRACE /api/v2/webhooks HTTP/1.1",
        "CONNECT /api/v2/webhooks HTTP/1.1",
        "brew /api/v2/webhooks HTTP/1.1",
        "OPTIONS /api/v2/webhooks/wh_1 HTTP/1.1"
      })
  void an_odd_path_or_method_is_refused_with_a_code(String requestLine) throws IOException {
    assertThat(raw(requestLine)).matches("(?s)HTTP/1.1 40[45] .*\"error\":\\{\"code\":.*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /api/v2/webhooks?x=%zz HTTP/1.1",
        "GET * HTTP/1.1",
        "GET mailto:x HTTP/1.1",
        "GET",
        "GET /api/v2/webhooks",
        "\u0001\u0002"
      })
  void what_is_no_http_never_gets_a_fault_or_a_stack_trace(String requestLine) throws IOException {
    assertThat(raw(requestLine)).doesNotContain("HTTP/1.1 5", "\tat ", "Exception in");
    assertThat(api.get("/webhooks").status()).isEqualTo(200);
  }

  @Test
  void slow_clients_keep_nobody_out_and_are_cut_off() throws IOException {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < SLOW_CLIENTS; i++) {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port());
        slow.add(client);
        client.getOutputStream().write("POST /api/v2/events HTTP/1.1\r\nCont".getBytes(UTF_8));
      }
      assertThat(raw("GET /api/v2/webhooks HTTP/1.1")).startsWith("HTTP/1.1 200");
      assertThat(raw("GET /health HTTP/1.1")).startsWith("HTTP/1.1 200");
      // They were there all the while.
      assertThat(isCutOff(slow.get(SLOW_CLIENTS - 1), 1)).isFalse();

      for (Socket client : slow) {
        assertThat(isCutOff(client, PATIENCE_MILLIS)).isTrue();
      }
    } finally {
      for (Socket client : slow) {
        client.close();
      }
    }
  }

  private static boolean isCutOff(Socket client, int patienceMillis) throws IOException {
    client.setSoTimeout(patienceMillis);
    try {
      return client.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      return true;
    }
  }

  /** Sends a request as it is, with a token, and returns all of the answer. */
  private static String raw(String requestLine) throws IOException {
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      client.setSoTimeout(PATIENCE_MILLIS);
      client
          .getOutputStream()
          .write((requestLine
                  + "\r\nHost: x\r\nAuthorization: Bearer token-a\r\nConnection: close\r\n\r\n")
              .getBytes(UTF_8));
      return new String(client.getInputStream().readAllBytes(), UTF_8);
    } catch (SocketException e) {
      return "reset";
    }
  }
}
