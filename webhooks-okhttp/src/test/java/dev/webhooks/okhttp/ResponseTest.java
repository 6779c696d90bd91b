package dev.webhooks.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.transport.TransportRequest;
import dev.webhooks.spi.transport.TransportResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.zip.GZIPOutputStream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Headers;
import okio.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every response ends as one result, at a bounded cost. */
class ResponseTest extends Sending {
  private static final int KEPT = 16 * 1024;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.2\r\n",
        "\r\n\r\n",
        "<html>\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 -12 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 020 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
      })
  void a_response_that_is_not_http_is_a_protocol_failure(String answer) throws Exception {
    assertThat(answered(answer).error()).isEqualTo(DeliveryError.PROTOCOL);
  }

  @ParameterizedTest
  @ValueSource(ints = {101, 300, 304, 404, 410, 500, 999})
  void statuses_outside_200_to_299_are_http_failures(int status) throws Exception {
    TransportResult result = answered("HTTP/1.1 " + status + " X\r\nContent-Length: 0\r\n\r\n");
    assertThat(result.error()).isEqualTo(DeliveryError.HTTP_STATUS);
    assertThat(result.status()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 205})
  void a_body_where_none_belongs_changes_nothing(int status) throws Exception {
    TransportResult result = answered("HTTP/1.1 " + status + " X\r\nContent-Length: 4\r\n\r\nbody");
    assertThat(result.succeeded()).isTrue();
    assertThat(result.status()).isEqualTo(status);
  }

  @Test
  void a_connection_that_switched_protocols_is_not_used_again() throws Exception {
    try (RawServer server = RawServer.tls(peer -> {
      peer.read();
      peer.say("HTTP/1.1 101 X\r\nContent-Length: 0\r\n\r\n");
      peer.read();
      peer.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    })) {
      assertThat(send(server.url()).status()).isEqualTo(101);
      assertThat(send(server.url()).status()).isEqualTo(101);
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void interim_answers_are_passed_over() throws Exception {
    TransportResult result = answered("HTTP/1.1 100 Continue\r\n\r\n".repeat(4)
        + "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(4)
        + "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok");
    assertThat(result.status()).isEqualTo(201);
    assertThat(text(result)).isEqualTo("ok");
  }

  @Test
  void a_body_that_ends_with_the_connection_is_whole() throws Exception {
    TransportResult result = answered("HTTP/1.0 200 OK\r\n\r\nuntil the end");
    assertThat(result.succeeded()).isTrue();
    assertThat(text(result)).isEqualTo("until the end");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 9\r\n\r\npart",
        "Transfer-Encoding: chunked\r\n\r\n9\r\npart",
        "Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n"
      })
  void a_body_that_breaks_off_is_a_reset_with_its_status(String rest) throws Exception {
    TransportResult result = answered("HTTP/1.1 200 OK\r\n" + rest);
    assertThat(result.error()).isEqualTo(DeliveryError.RESET);
    assertThat(result.status()).isEqualTo(200);
    assertThat(text(result)).isEqualTo("part");
  }

  @Test
  void a_connection_that_is_reset_is_a_reset() throws Exception {
    try (RawServer server = RawServer.tls(peer -> {
      peer.read();
      peer.reset();
    })) {
      assertThat(send(server.url()).error()).isEqualTo(DeliveryError.RESET);
    }
  }

  @Test
  void an_answer_that_comes_before_the_request_was_read_is_an_answer() throws Exception {
    try (RawServer server = RawServer.tls(peer -> {
      peer.socket.getInputStream().read();
      peer.say("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
      peer.waitForHangUp();
    })) {
      TransportRequest large = new TransportRequest(server.url(), headers(), new byte[256 * 1024]);
      assertThat(transport.send(large, LONG).status()).isEqualTo(413);
    }
  }

  @Test
  void headers_without_end_over_http2_are_a_failure_too() throws Exception {
    Headers.Builder headers = new Headers.Builder();
    for (int i = 0; i < 10_000; i++) {
      headers.add("x-header-" + i, "0123456789012345678901234567890123456789");
    }
    try (MockWebServer server = Http2.server()) {
      server.enqueue(new MockResponse.Builder().headers(headers.build()).build());

      assertThat(send(Http2.url(server)).error()).isEqualTo(DeliveryError.PROTOCOL);
    }
  }

  @Test
  void a_compressed_answer_is_kept_as_it_came() throws Exception {
    byte[] bomb = gzip(new byte[50_000_000]);
    try (RawServer server = RawServer.tls(peer -> {
      String request = peer.read();
      peer.say("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + bomb.length
          + "\r\nX-Asked: " + request.contains("ncoding") + "\r\n\r\n");
      peer.say(bomb);
      peer.waitForHangUp();
    })) {
      TransportResult result = send(server.url());

      assertThat(result.succeeded()).isTrue();
      assertThat(result.excerpt()).hasSize(KEPT).startsWith((byte) 0x1f, (byte) 0x8b);
      assertThat(server.requests().get(0)).doesNotContain("ncoding");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Transfer-Encoding: chunked", "Content-Length: 10000000000", "X: y"})
  void an_endless_body_is_cut_off_and_the_answer_stands(String framing) throws Exception {
    try (RawServer server = RawServer.tls(peer -> {
      peer.read();
      peer.say("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n");
      while (true) {
        peer.say("3e8\r\n" + "x".repeat(1000) + "\r\n");
      }
    })) {
      TransportResult result = send(server.url());

      assertThat(result.succeeded()).isTrue();
      assertThat(result.excerpt()).hasSize(KEPT);
      assertThat(transport.connectionCount()).isZero();
    }
  }

  /** The heap cannot grow by more than the sending thread allocates. */
  @Test
  void ten_gigabytes_take_less_than_a_mebibyte() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    byte[] piece = new byte[16 * 1024];
    try (RawServer server = RawServer.tls(peer -> {
      peer.read();
      peer.say("HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n");
      while (true) {
        peer.say(piece);
      }
    })) {
      send(server.url());
      long before = threads.getCurrentThreadAllocatedBytes();
      assertThat(send(server.url()).succeeded()).isTrue();

      long taken = threads.getCurrentThreadAllocatedBytes() - before;
      assertThat(taken).isLessThan(1024 * 1024);
    }
  }

  @Test
  void an_endless_body_over_http2_is_cut_off_too() throws Exception {
    try (MockWebServer server = Http2.server()) {
      server.enqueue(new MockResponse.Builder()
          .body(new Buffer().write(new byte[100_000_000]))
          .build());

      TransportResult result = send(Http2.url(server));

      assertThat(result.succeeded()).isTrue();
      assertThat(result.excerpt()).hasSize(KEPT);
    }
  }

  @Test
  void a_body_within_the_cap_leaves_the_connection_for_the_next_request() throws Exception {
    String body = "x".repeat(60 * 1024);
    try (RawServer server = RawServer.tls(peer -> {
      while (true) {
        peer.read();
        peer.say("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
      }
    })) {
      for (int i = 0; i < 5; i++) {
        assertThat(send(server.url()).excerpt()).hasSize(KEPT);
      }
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void the_cap_can_be_set() throws Exception {
    try (RawServer server = RawServer.tls(peer -> {
          peer.read();
          peer.say("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nabcdef").waitForHangUp();
        });
        OkHttpTransport small = guarded(builder().maxResponseBytes(5))) {
      TransportResult result = small.send(request(server.url()), LONG);
      assertThat(result.succeeded()).isTrue();
      assertThat(text(result)).isEqualTo("abcde");
    }
  }

  /** Sends a request that is answered by some text and the end of the connection. */
  private TransportResult answered(String answer) throws IOException {
    try (RawServer server = RawServer.tls(peer -> {
      peer.read();
      peer.say(answer);
    })) {
      return send(server.url());
    }
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(bytes);
    }
    return zipped.toByteArray();
  }
}
