package dev.webhooks.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.transport.TransportResult;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No response leads to another request. */
class NoFollowUpTest extends Sending {
  static Stream<Arguments> provocations() {
    return Stream.of(
        Arguments.of(401, "WWW-Authenticate: Basic realm=\"x\""),
        Arguments.of(407, "Proxy-Authenticate: Basic realm=\"x\""),
        Arguments.of(408, "Retry-After: 0"),
        Arguments.of(408, "X: y"),
        Arguments.of(421, "X: y"),
        Arguments.of(425, "X: y"),
        Arguments.of(429, "Retry-After: 0"),
        Arguments.of(503, "Retry-After: 0"));
  }

  @ParameterizedTest
  @MethodSource("provocations")
  void sends_once_for_every_status(int status, String header) throws Exception {
    try (RawServer server = RawServer.tls(peer -> {
      while (true) {
        peer.read();
        peer.say("HTTP/1.1 " + status + " X\r\n" + header + "\r\nContent-Length: 4\r\n\r\nbody");
      }
    })) {
      TransportResult result = send(server.url());

      assertThat(result.status()).isEqualTo(status);
      assertThat(result.error()).isEqualTo(DeliveryError.HTTP_STATUS);
      assertThat(text(result)).isEqualTo("body");
      assertThat(result.retryAfter()).isEqualTo(header.startsWith("Retry-After") ? "0" : null);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 301, 302, 303, 307, 308})
  void follows_no_redirect(int status) throws Exception {
    try (RawServer elsewhere = RawServer.tls(RawServer.Peer::read);
        RawServer server = RawServer.tls(peer -> {
          peer.read();
          peer.say("HTTP/1.1 " + status + " X\r\nLocation: " + elsewhere.url()
              + "\r\nContent-Length: 0\r\n\r\n");
        })) {
      TransportResult result = send(server.url());

      assertThat(result.status()).isEqualTo(status);
      assertThat(result.error()).isEqualTo(DeliveryError.HTTP_STATUS);
      assertThat(server.requests()).hasSize(1);
      assertThat(elsewhere.connections()).isZero();
    }
  }

  @Test
  void keeps_no_cookies() throws Exception {
    try (RawServer server = RawServer.tls(peer -> {
      while (true) {
        peer.read();
        peer.say("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n");
      }
    })) {
      send(server.url());
      send(server.url());

      assertThat(server.connections()).isEqualTo(1);
      assertThat(server.requests()).hasSize(2).noneMatch(request -> request.contains("ookie"));
    }
  }
}
