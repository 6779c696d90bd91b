package dev.webhooks.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.internal.validation.PublicTargetGuard;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.transport.TransportRequest;
import dev.webhooks.spi.transport.TransportResult;
import dev.webhooks.validation.TargetGuard;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An attempt ends in time at every stall of its endpoint. */
class DeadlineTest extends Sending {
  private static final Duration TIMEOUT = Duration.ofMillis(500);

  /** For what has to come to something before its time is over. */
  private static final Duration ROOMY = Duration.ofSeconds(3);

  /** Far more than an attempt may take, and less than the ten seconds of OkHttp itself. */
  private static final Duration AT_MOST = Duration.ofSeconds(9);

  static Stream<Named<RawServer.Script>> stallsBeforeTheStatus() {
    return Stream.of(
        Named.of("no answer", peer -> {
          peer.read();
          peer.waitForHangUp();
        }),
        Named.of("half a status line", peer -> {
          peer.read();
          peer.say("HTTP/1.1 2").waitForHangUp();
        }),
        Named.of("headers without end", peer -> {
          peer.read();
          peer.say("HTTP/1.1 200 OK\r\nX: y\r\n").waitForHangUp();
        }),
        Named.of("headers that drip", peer -> {
          peer.read();
          peer.say("HTTP/1.1 200 OK\r\n");
          drip(peer, "X: y\r\n");
        }),
        Named.of("one interim answer", peer -> {
          peer.read();
          peer.say("HTTP/1.1 102 Processing\r\n\r\n").waitForHangUp();
        }));
  }

  @ParameterizedTest
  @MethodSource("stallsBeforeTheStatus")
  void ends_in_time_without_a_status(RawServer.Script script) throws Exception {
    try (RawServer server = RawServer.tls(script)) {
      TransportResult result = inTime(server.url());

      assertThat(result.error()).isEqualTo(DeliveryError.TIMEOUT);
      assertThat(result.status()).isNull();
      server.awaitConnection();
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void a_body_that_drips_past_the_deadline_keeps_its_status_and_beginning() throws Exception {
    try (RawServer server = RawServer.tls(peer -> {
      peer.read();
      peer.say("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
      drip(peer, "x");
    })) {
      TransportResult result = inTime(request(server.url()), ROOMY);

      assertThat(result.error()).isEqualTo(DeliveryError.TIMEOUT);
      assertThat(result.status()).isEqualTo(200);
      assertThat(text(result)).startsWith("x");
    }
  }

  @Test
  void a_handshake_that_stalls() throws Exception {
    try (RawServer server = RawServer.plain(RawServer.Peer::waitForHangUp)) {
      assertThat(inTime(server.url()).error()).isEqualTo(DeliveryError.TIMEOUT);
    }
  }

  @Test
  void a_look_up_that_stalls() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (PublicTargetGuard slow =
        PublicTargetGuard.builder().resolver(host -> deaf(over)).build()) {
      transport.guardWith(slow);
      assertThat(inTime("https://hooks.test/in").error()).isEqualTo(DeliveryError.TIMEOUT);
    } finally {
      over.countDown();
    }
  }

  /** Waits as deaf to interrupts as the resolver of an operating system. */
  private static List<InetAddress> deaf(CountDownLatch over) {
    while (true) {
      try {
        over.await();
        return List.of(InetAddress.getLoopbackAddress());
      } catch (InterruptedException e) {
        // Goes on.
      }
    }
  }

  @Test
  void an_unread_upload() throws Exception {
    try (RawServer server = RawServer.tls(peer -> {
      peer.socket.getInputStream().read();
      untilClosed(peer);
    })) {
      assertThat(inTime(upload(server.url())).error()).isEqualTo(DeliveryError.TIMEOUT);
    }
  }

  @Test
  void an_unread_upload_over_http2_with_open_windows() throws Exception {
    byte[] widestWindow = Frames.concat(new byte[] {0, 4}, Frames.fourBytes(Integer.MAX_VALUE));
    try (RawServer server = RawServer.tls(peer -> {
      peer.offerHttp2();
      peer.say(Frames.frame(Frames.SETTINGS, widestWindow));
      peer.say(Frames.frame(Frames.WINDOW_UPDATE, Frames.fourBytes(0x7f000000)));
      untilClosed(peer);
    })) {
      // The first may find the windows closed yet.
      inTime(upload(server.url()));
      assertThat(inTime(upload(server.url())).error()).isEqualTo(DeliveryError.TIMEOUT);
    }
  }

  @Test
  void an_http2_connection_that_has_fallen_silent_is_not_used_for_long() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (MockWebServer server = Http2.server()) {
      server.setDispatcher(silentOnTheFirstConnection(over));
      assertThat(send(Http2.url(server)).status()).isEqualTo(200);

      TransportResult first = inTime(Http2.url(server));
      // A late frame of the connection's set-up may have made it look alive once.
      TransportResult second = inTime(request(Http2.url(server)), ROOMY);
      TransportResult third = inTime(request(Http2.url(server)), ROOMY);

      assertThat(first.error()).isEqualTo(DeliveryError.TIMEOUT);
      assertThat(second.error()).isIn(DeliveryError.TIMEOUT, null);
      assertThat(third.status()).isEqualTo(200);
      over.countDown();
    }
  }

  private static Dispatcher silentOnTheFirstConnection(CountDownLatch over) {
    return new Dispatcher() {
      @Override
      public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
        if (request.getConnectionIndex() == 0 && request.getExchangeIndex() > 0) {
          over.await();
        }
        return new MockResponse.Builder().build();
      }
    };
  }

  @Test
  void an_interrupted_thread_sends_nothing_and_stays_interrupted() throws Exception {
    try (RawServer server = RawServer.tls(RawServer.Peer::read)) {
      Thread.currentThread().interrupt();

      assertThat(send(server.url()).error()).isEqualTo(DeliveryError.INTERNAL);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(server.connections()).isZero();
    }
  }

  @Test
  void an_interrupt_during_the_look_up_ends_the_attempt() throws Exception {
    CountDownLatch looking = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    transport.guardWith(new TargetGuard() {
      @Override
      public List<InetAddress> resolve(String host, Duration atMost) {
        looking.countDown();
        try {
          never.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        return List.of(InetAddress.getLoopbackAddress());
      }

      @Override
      public void check(String host, InetAddress address, int port) {}
    });
    Background sender = Background.run(() -> send("https://hooks.test/in"));
    looking.await();
    sender.interrupt();

    assertThat(sender.result().error()).isEqualTo(DeliveryError.INTERNAL);
    assertThat(sender.wasInterrupted()).isTrue();
  }

  @Test
  void closing_the_transport_ends_open_and_later_requests() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    try (RawServer server = RawServer.tls(peer -> {
      peer.read();
      arrived.countDown();
      peer.waitForHangUp();
    })) {
      Background sender = Background.run(() -> send(server.url()));
      assertThat(arrived.await(Usage.PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      transport.close();

      assertThat(sender.result().error()).isEqualTo(DeliveryError.INTERNAL);
      assertThat(send(server.url()).error()).isEqualTo(DeliveryError.INTERNAL);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  private TransportResult inTime(String url) {
    return inTime(request(url));
  }

  private TransportResult inTime(TransportRequest request) {
    return inTime(request, TIMEOUT);
  }

  private TransportResult inTime(TransportRequest request, Duration timeout) {
    long start = System.nanoTime();
    TransportResult result = transport.send(request, timeout);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_MOST);
    return result;
  }

  private static TransportRequest upload(String url) {
    return new TransportRequest(url, Map.of(), new byte[32 * 1024 * 1024]);
  }

  private static void drip(RawServer.Peer peer, String drop) throws IOException {
    while (true) {
      peer.say(drop);
      untilClosed(peer, 20);
    }
  }

  /** Reads nothing until the test ends. */
  private static void untilClosed(RawServer.Peer peer) throws IOException {
    untilClosed(peer, 60_000);
  }

  private static void untilClosed(RawServer.Peer peer, int millis) throws IOException {
    try {
      if (!new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS) && peer.socket.isClosed()) {
        throw new IOException("closed");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
