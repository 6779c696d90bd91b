package dev.webhooks.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.transport.TransportRequest;
import dev.webhooks.spi.transport.TransportResult;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes on the wire are the given ones. */
class WireTest extends Sending {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  @Test
  void sends_the_given_bytes_and_headers_and_nothing_else() throws Exception {
    try (RawServer server = RawServer.tls(peer -> {
      peer.read();
      peer.say(OK);
    })) {
      String url = "https://hooks.test:" + server.port() + "/a/b%20c?x=1&y=%2F";

      TransportResult result = transport.send(request(url), LONG);

      assertThat(result.succeeded()).isTrue();
      assertThat(result.status()).isEqualTo(200);
      assertThat(text(result)).isEqualTo("ok");
      byte[] body = BODY.getBytes(StandardCharsets.UTF_8);
      assertThat(server.requests())
          .containsExactly("POST /a/b%20c?x=1&y=%2F HTTP/1.1\r\n"
              + "Host: hooks.test:" + server.port() + "\r\n"
              + "User-Agent: webhooks/0.1\r\n"
              + "content-type: application/json\r\n"
              + "X-Webhook-Signature: t=1,v1=ab\r\n"
              + "X-Api-Key: k-123\r\n"
              + "Content-Length: " + body.length + "\r\n\r\n"
              + new String(body, StandardCharsets.ISO_8859_1));
    }
  }

  @Test
  void adds_no_user_agent_and_no_content_type() throws Exception {
    try (RawServer server = RawServer.tls(peer -> {
      peer.read();
      peer.say(OK);
    })) {
      transport.send(new TransportRequest(server.url(), Map.of(), new byte[0]), LONG);

      assertThat(server.requests())
          .containsExactly("POST /in HTTP/1.1\r\nHost: hooks.test:" + server.port()
              + "\r\nContent-Length: 0\r\n\r\n");
    }
  }

  @Test
  void speaks_http2_where_offered_with_the_same_headers_and_bytes() throws Exception {
    try (MockWebServer server = Http2.server()) {
      server.enqueue(new MockResponse.Builder().code(202).body("taken").build());

      TransportResult result = send(Http2.url(server));

      assertThat(result.status()).isEqualTo(202);
      assertThat(text(result)).isEqualTo("taken");
      RecordedRequest recorded = server.takeRequest();
      assertThat(recorded.getVersion()).isEqualTo("HTTP/2");
      assertThat(recorded.getBody().utf8()).isEqualTo(BODY);
      Headers received = recorded.getHeaders();
      assertThat(received.names())
          .containsExactlyInAnyOrder(
              ":authority",
              ":scheme",
              "user-agent",
              "content-type",
              "x-webhook-signature",
              "x-api-key",
              "content-length");
      assertThat(received.values("content-type")).containsExactly("application/json");
      assertThat(received.get(":authority")).isEqualTo("hooks.test:" + server.getPort());
    }
  }

  @Test
  void sends_one_of_two_headers_that_differ_in_case_only() throws Exception {
    try (RawServer server = RawServer.tls(peer -> {
      peer.read();
      peer.say(OK);
    })) {
      Map<String, String> headers = headers();
      headers.put("x-api-key", "k-456");

      transport.send(request(server.url(), headers), LONG);

      assertThat(server.requests().get(0)).contains("x-api-key: k-456").doesNotContain("k-123");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host",
        "CONTENT-LENGTH",
        "Transfer-Encoding",
        "Connection",
        "Expect",
        "TE",
        "Trailer",
        "Upgrade",
        "Keep-Alive",
        "Proxy-Connection",
        "HTTP2-Settings"
      })
  void refuses_headers_that_frame_the_message(String name) {
    assertThat(unsent("https://hooks.test:1/in", Map.of(name, "x")))
        .isEqualTo(DeliveryError.UNSENDABLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\r\nEvil: 1", "a\nb", "a\0b", "Zo\u00eb", "\u010aEvil: 1", "\u560d\u560aEvil: 1"
      })
  void refuses_values_that_could_break_out_of_their_line(String value) {
    assertThat(unsent("https://hooks.test:1/in", Map.of("X-Api-Key", value)))
        .isEqualTo(DeliveryError.UNSENDABLE);
    assertThat(unsent("https://hooks.test:1/in", Map.of("X-" + value, "x")))
        .isEqualTo(DeliveryError.UNSENDABLE);
  }

  @Test
  void refuses_a_url_that_is_not_https() {
    assertThat(unsent("http://hooks.test:1/in", headers()))
        .isEqualTo(DeliveryError.BLOCKED_ADDRESS);
    assertThat(unsent("ftp://hooks.test:1/in", headers())).isEqualTo(DeliveryError.UNSENDABLE);
    assertThat(unsent("https://", headers())).isEqualTo(DeliveryError.UNSENDABLE);
  }

  private DeliveryError unsent(String url, Map<String, String> headers) {
    TransportResult result = transport.send(request(url, headers), LONG);
    assertThat(guard.resolved).isEmpty();
    assertThat(guard.checked).isEmpty();
    return result.error();
  }
}
