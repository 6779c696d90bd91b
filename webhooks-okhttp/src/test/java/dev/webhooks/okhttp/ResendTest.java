package dev.webhooks.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.transport.TransportResult;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The one case in which a request is sent twice, and those next to it. */
class ResendTest extends Sending {
  private static final int INTERNAL_ERROR = 2;
  private static final int REFUSED_STREAM = 7;
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  @Test
  void each_request_arrives_once_though_the_server_closes_after_each_reply() throws Exception {
    try (RawServer server = RawServer.tls(peer -> {
      peer.read();
      peer.say(OK);
    })) {
      for (int i = 0; i < 100; i++) {
        Map<String, String> headers = headers();
        headers.put("X-Number", "n" + i);
        TransportResult result = transport.send(request(server.url(), headers), LONG);
        assertThat(result.status()).isEqualTo(200);
      }

      assertThat(server.requests()).hasSize(100);
      IntStream.range(0, 100)
          .forEach(i -> assertThat(server.requests().get(i)).contains("X-Number: n" + i + "\r\n"));
    }
  }

  @Test
  void a_request_that_dies_unanswered_on_a_reused_connection_is_sent_once_more() throws Exception {
    try (RawServer server = RawServer.tls(peer -> {
      peer.read();
      if (peer.index == 0) {
        peer.say(OK);
        peer.read();
        peer.reset();
      }
      peer.say(OK);
    })) {
      send(server.url());

      assertThat(send(server.url()).status()).isEqualTo(200);
      assertThat(server.requests()).hasSize(3);
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void it_is_not_sent_a_third_time() throws Exception {
    try (RawServer server = RawServer.tls(peer -> {
      peer.read();
      if (peer.index == 0) {
        peer.say(OK);
        peer.read();
      }
    })) {
      send(server.url());

      assertThat(send(server.url()).error()).isEqualTo(DeliveryError.RESET);
      assertThat(server.requests()).hasSize(3);
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void the_second_time_is_on_a_new_connection_and_not_on_another_idle_one() throws Exception {
    Rendezvous both = new Rendezvous(2);
    try (RawServer server = RawServer.tls(peer -> {
      peer.read();
      if (peer.index < 2) {
        both.meet();
        peer.say(OK);
        peer.read();
      } else {
        peer.say(OK);
      }
    })) {
      Thread other = new Thread(() -> send(server.url()));
      other.start();
      send(server.url());
      other.join();

      assertThat(send(server.url()).status()).isEqualTo(200);
      assertThat(server.requests()).hasSize(4);
      assertThat(server.connections()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"H", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 103 X\r\n\r\n"})
  void is_not_sent_again_once_a_byte_of_an_answer_came(String beginning) throws Exception {
    try (RawServer server = RawServer.tls(peer -> {
      peer.read();
      peer.say(OK);
      peer.read();
      peer.say(beginning);
    })) {
      send(server.url());

      assertThat(send(server.url()).error()).isEqualTo(DeliveryError.RESET);
      assertThat(server.requests()).hasSize(2);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void is_not_sent_again_when_a_new_connection_dies() throws Exception {
    try (RawServer server = RawServer.tls(RawServer.Peer::read)) {
      assertThat(send(server.url()).error()).isEqualTo(DeliveryError.RESET);
      assertThat(server.requests()).hasSize(1);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void is_not_sent_again_when_the_time_is_over() throws Exception {
    try (RawServer server = RawServer.tls(peer -> {
      peer.read();
      peer.say(OK);
      peer.read();
      peer.waitForHangUp();
    })) {
      send(server.url());

      assertThat(send(server.url(), Duration.ofMillis(500)).error())
          .isEqualTo(DeliveryError.TIMEOUT);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void over_http2_a_stream_refused_on_a_reused_connection_is_sent_once_more() throws Exception {
    try (MockWebServer server = Http2.server()) {
      server.enqueue(new MockResponse.Builder().build());
      server.enqueue(new MockResponse.Builder()
          .onResponseStart(new SocketEffect.CloseStream(REFUSED_STREAM))
          .build());
      server.enqueue(new MockResponse.Builder().build());
      String url = Http2.url(server);
      send(url);

      assertThat(send(url).status()).isEqualTo(200);
      assertThat(server.takeRequest().getConnectionIndex()).isZero();
      assertThat(server.takeRequest().getConnectionIndex()).isZero();
      assertThat(server.takeRequest().getConnectionIndex()).isEqualTo(1);
    }
  }

  @Test
  void over_http2_a_connection_that_dies_is_replaced_once() throws Exception {
    try (MockWebServer server = Http2.server()) {
      server.enqueue(new MockResponse.Builder().build());
      server.enqueue(new MockResponse.Builder()
          .onResponseStart(new SocketEffect.CloseSocket())
          .build());
      server.enqueue(new MockResponse.Builder()
          .onResponseStart(new SocketEffect.CloseSocket())
          .build());
      String url = Http2.url(server);
      send(url);

      assertThat(send(url).error()).isEqualTo(DeliveryError.RESET);
      assertThat(server.getRequestCount()).isEqualTo(3);
    }
  }

  @Test
  void over_http2_a_request_is_not_sent_again_once_headers_of_an_answer_came() throws Exception {
    MockResponse ok = new MockResponse.Builder().build();
    MockResponse breaksOff = new MockResponse.Builder()
        .body("x".repeat(1000))
        .onResponseBody(new SocketEffect.CloseStream(INTERNAL_ERROR))
        .build();
    try (MockWebServer server = Http2.server()) {
      server.setDispatcher(Http2.answering(number -> number == 0 ? ok : breaksOff));
      send(Http2.url(server));

      TransportResult result = send(Http2.url(server));

      assertThat(result.error()).isEqualTo(DeliveryError.RESET);
      assertThat(result.status()).isEqualTo(200);
      assertThat(server.getRequestCount()).isEqualTo(2);
    }
  }

  @Test
  void over_http2_a_server_that_says_goodbye_after_each_reply_answers_each_request()
      throws Exception {
    MockResponse last = new MockResponse.Builder()
        .onResponseEnd(SocketEffect.ShutdownConnection.INSTANCE)
        .build();
    try (MockWebServer server = Http2.server()) {
      server.setDispatcher(Http2.answering(number -> last));
      for (int i = 0; i < 50; i++) {
        assertThat(send(Http2.url(server)).status()).isEqualTo(200);
      }
    }
  }

  @Test
  void over_http2_a_new_connection_that_dies_is_not_replaced() throws Exception {
    try (MockWebServer server = Http2.server()) {
      server.enqueue(new MockResponse.Builder()
          .onResponseStart(new SocketEffect.CloseSocket())
          .build());

      assertThat(send(Http2.url(server)).error()).isEqualTo(DeliveryError.RESET);
      assertThat(server.getRequestCount()).isEqualTo(1);
    }
  }

  @Test
  void over_http2_a_request_on_a_connection_that_is_flooded_is_sent_once_more() throws Exception {
    byte[] pings = Frames.repeat(Frames.frame(Frames.PING, Frames.ACK, 0, new byte[8]), 1000);
    try (RawServer server = RawServer.tls(peer -> {
      peer.offerHttp2();
      peer.say(Frames.frame(Frames.SETTINGS));
      Frames.awaitRequest(peer);
      peer.say(Frames.status("200", Frames.END_STREAM));
      Frames.awaitNextRequest(peer);
      while (true) {
        peer.say(pings);
      }
    })) {
      assertThat(send(server.url()).status()).isEqualTo(200);

      assertThat(send(server.url()).status()).isEqualTo(200);
      assertThat(server.connections()).isEqualTo(2);
    }
  }
}
