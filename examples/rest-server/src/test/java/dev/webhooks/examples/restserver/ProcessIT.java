package dev.webhooks.examples.restserver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhooks.examples.restserver.Api.Answer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests how the process starts, fails to start, and ends. */
@ExtendWith(ServersErrors.class)
class ProcessIT {
  private static final int TERMINATED = 128 + 15;
  private static final String TOKENS = "token-canary=acct_a";

  @TempDir
  private Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PORT|eighty",
        "DATABASE_URL|jdbc:other:canary",
        "API_TOKENS|canary",
        "ALLOW_TARGETS|10.0.0.0/99",
        "ENCRYPTION_KEY|canary",
        "TRUST_CERTIFICATE|/no/such/file",
        "RETRY_SCHEDULE|1s",
        "REQUEST_TIMEOUT|soon",
        "MAX_WEBHOOKS|0"
      })
  void a_bad_variable_is_told_in_one_line(String name, String value) {
    Map<String, String> variables = new HashMap<>(Map.of("API_TOKENS", TOKENS));
    variables.put(name, value);

    assertFails(2, variables, name);
  }

  @Test
  void all_bad_variables_are_told_in_one_line() {
    assertFails(2, Map.of("PORT", "x", "MAX_WEBHOOKS", "x"), "PORT", "API_TOKENS", "MAX_WEBHOOKS");
  }

  @Test
  void a_port_in_use_is_told_in_one_line() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());

      assertFails(1, Map.of("API_TOKENS", TOKENS, "PORT", port), "PORT " + port);
    }
  }

  @Test
  void a_database_that_is_away_is_told_in_one_line() throws IOException {
    try (ServerSocket nothing = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = nothing.getLocalPort();
      nothing.close();
      String url = "jdbc:postgresql://localhost:" + port + "/x?user=u&password=canary";

      assertFails(1, Map.of("API_TOKENS", TOKENS, "DATABASE_URL", url), "DATABASE_URL");
    }
  }

  @Test
  void a_database_in_use_is_told_in_one_line() {
    try (RestServerProcess server =
        RestServerProcess.start(directory, Map.of("API_TOKENS", TOKENS))) {
      assertFails(1, Map.of("API_TOKENS", TOKENS), "DATABASE_URL", "in use");
      server.terminate();
      assertThat(server.exitCode()).isEqualTo(TERMINATED);
    }
  }

  @Test
  void one_line_is_printed_and_no_secret_is_logged_or_stored_in_the_clear() throws IOException {
    Map<String, String> variables = Map.of(
        "API_TOKENS",
        TOKENS,
        "ALLOW_TARGETS",
        "localhost",
        "ENCRYPTION_KEY",
        Base64.getEncoder().encodeToString("k".repeat(32).getBytes(UTF_8)));
    try (RestServerProcess server = RestServerProcess.start(directory, variables)) {
      Api api = Api.of(server, "token-canary");
      JsonNode generated = api.webhook("https://localhost:1/visible");
      api.send(
              "POST",
              "/webhooks",
              "{\"url\":\"https://localhost:1/in\",\"events\":[\"*\"],"
                  + "\"secret\":\"secret-canary-0123\",\"headers\":{\"X-Key\":\"header-canary\"}}",
              "Idempotency-Key",
              "k")
          .expect(201);
      api.publish();
      server.terminate();

      assertThat(server.exitCode()).isEqualTo(TERMINATED);
      assertThat(server.restOfOutput()).isEmpty();
      String stored = Files.readString(directory.resolve("webhooks.mv.db"), ISO_8859_1);
      String secret = generated.path("secret").asText();
      assertThat(server.errors()).contains("localhost").doesNotContain("canary", secret);
      // The control: what is not secret can be seen there.
      assertThat(stored).contains("https://localhost:1/visible").doesNotContain("canary", secret);
    }
  }

  @Test
  void a_request_that_was_begun_is_finished() throws Exception {
    try (RestServerProcess server =
            RestServerProcess.start(directory, Map.of("API_TOKENS", TOKENS));
        Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      client.setSoTimeout(1_000 * RestServerProcess.PATIENCE_SECONDS);
      String head =
          "POST /api/v2/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token-canary\r\n"
              + "Expect: 100-continue\r\nContent-Length: " + Api.EVENT.length() + "\r\n\r\n";
      client.getOutputStream().write((head + Api.EVENT.substring(0, 20)).getBytes(UTF_8));
      // It has begun: the server asks for the body.
      assertThat(line(client)).contains("100");

      server.terminate();
      awaitClosedPort(server.port());
      client.getOutputStream().write(Api.EVENT.substring(20).getBytes(UTF_8));

      assertThat(new String(client.getInputStream().readAllBytes(), UTF_8))
          .contains("HTTP/1.1 202")
          .contains("\"eventId\":\"evt_");
      assertThat(server.exitCode()).isEqualTo(TERMINATED);
    }
  }

  @Test
  void nothing_acknowledged_is_lost_or_repeated_when_it_is_asked_to_end() throws Exception {
    try (Receiver receiver = new Receiver()) {
      Map<String, String> variables = Map.of(
          "API_TOKENS",
          TOKENS,
          "ALLOW_TARGETS",
          "localhost",
          "TRUST_CERTIFICATE",
          receiver.authorityPem());
      Set<String> acknowledged = new HashSet<>();
      try (RestServerProcess first = RestServerProcess.start(directory, variables)) {
        Api api = Api.of(first, "token-canary");
        api.webhook(receiver.url("/in"));
        List<CompletableFuture<Answer>> pending = new ArrayList<>();
        IntStream.range(0, 300)
            .forEach(i -> pending.add(api.sendLater("POST", "/events", Api.EVENT)));
        receiver.await(10, request -> true);
        first.terminate();
        pending.forEach(answer -> published(answer, acknowledged));
        assertThat(first.exitCode()).isEqualTo(TERMINATED);
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(10);
      }

      try (RestServerProcess second = RestServerProcess.start(directory, variables)) {
        List<Receiver.Request> arrived = receiver.await(
            acknowledged.size(), request -> acknowledged.contains(request.eventId()));
        assertThat(arrived)
            .extracting(Receiver.Request::eventId)
            .containsExactlyInAnyOrderElementsOf(acknowledged);
        assertThat(second.errors()).doesNotContain("ERROR");
      }
    }
  }

  /** Notes an event that the server said to have stored; it may refuse one, be busy, or be gone. */
  private static void published(CompletableFuture<Answer> pending, Set<String> acknowledged) {
    Answer answer = pending.exceptionally(gone -> null).join();
    if (answer != null && answer.status() == 202) {
      acknowledged.add(answer.json().path("eventId").asText());
    } else if (answer != null) {
      assertThat(answer.refusal()).isIn("503 SHUTTING_DOWN", "503 STORE_UNAVAILABLE");
    }
  }

  private void assertFails(int exitCode, Map<String, String> variables, String... named) {
    try (RestServerProcess server = RestServerProcess.launch(directory, variables)) {
      assertThat(server.exitCode()).isEqualTo(exitCode);
      assertThat(server.restOfOutput()).isEmpty();
      assertThat(server.errors().lines()).hasSize(1);
      assertThat(server.errors())
          .startsWith("rest-server: ")
          .contains(named)
          .doesNotContain("canary");
    }
  }

  private static void awaitClosedPort(int port) throws IOException {
    while (true) {
      try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertThat(probe.isConnected()).isTrue();
      } catch (ConnectException e) {
        return;
      }
    }
  }

  private static String line(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = socket.getInputStream().read();
        next >= 0 && next != '\n';
        next = socket.getInputStream().read()) {
      line.append((char) next);
    }
    return line.toString();
  }
}
