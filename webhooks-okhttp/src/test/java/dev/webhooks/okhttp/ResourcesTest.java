package dev.webhooks.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.transport.TransportResult;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.Test;

/** What a transport uses while it sends, and leaves behind. */
class ResourcesTest extends Sending {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

  @Test
  void calls_that_hang_leave_nothing_behind() throws Exception {
    Rendezvous all = new Rendezvous(200);
    try (RawServer server = RawServer.tls(peer -> {
      peer.read();
      all.meet();
      peer.waitForHangUp();
    })) {
      ExecutorService senders = Executors.newFixedThreadPool(200);
      Callable<TransportResult> hanging = () -> send(server.url(), Duration.ofSeconds(8));
      List<Future<TransportResult>> calls = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        calls.add(senders.submit(hanging));
      }
      all.await();

      for (Future<TransportResult> call : calls) {
        assertThat(call.get().error()).isEqualTo(DeliveryError.TIMEOUT);
      }
      senders.shutdown();
      assertThat(server.connections()).isEqualTo(200);
      assertThat(transport.connectionCount()).isZero();
    }
    transport.close();
    assertThat(libraryThreads().values()).allMatch(Thread::isDaemon);
    assertThat(libraryThreads().keySet())
        .allMatch(name -> name.startsWith("OkHttp TaskRunner") || name.equals("Okio Watchdog"));
  }

  @Test
  void calls_to_one_host_do_not_wait_for_one_another() throws Exception {
    Rendezvous all = new Rendezvous(40);
    try (RawServer server = RawServer.tls(peer -> {
      peer.read();
      all.meet();
      peer.say(OK);
    })) {
      ExecutorService senders = Executors.newFixedThreadPool(40);
      Callable<TransportResult> sending = () -> send(server.url());
      for (Future<TransportResult> call : senders.invokeAll(Collections.nCopies(40, sending))) {
        assertThat(call.get().succeeded()).isTrue();
      }
      senders.shutdown();
    }
  }

  @Test
  void connections_are_kept_up_to_a_number_and_closed_with_the_transport() throws Exception {
    try (RawServer server = RawServer.tls(peer -> {
          while (true) {
            peer.read();
            peer.say(OK);
          }
        });
        OkHttpTransport none = guarded(builder().maxIdleConnections(0))) {
      none.send(request(server.url()), Duration.ofSeconds(20));
      assertThat(none.connectionCount()).isZero();

      send(server.url());
      assertThat(transport.connectionCount()).isEqualTo(1);
      transport.close();
      assertThat(transport.connectionCount()).isZero();
    }
  }

  @Test
  void a_request_that_was_sent_twice_leaves_no_connection_behind() throws Exception {
    try (RawServer server = RawServer.tls(peer -> {
      peer.read();
      peer.say(OK);
      if (peer.index > 0) {
        peer.waitForHangUp();
      }
    })) {
      send(server.url());
      assertThat(send(server.url()).succeeded()).isTrue();

      assertThat(server.connections()).isEqualTo(2);
      assertThat(transport.connectionCount()).isZero();
    }
  }

  @Test
  void works_on_virtual_threads() throws Exception {
    ExecutorService senders;
    try {
      senders = (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (NoSuchMethodException e) {
      assumeTrue(false, "this JDK has none");
      return;
    }
    try (MockWebServer server = Http2.server()) {
      server.setDispatcher(Http2.answering(number -> new MockResponse.Builder().build()));
      Callable<TransportResult> sending = () -> send(Http2.url(server));
      for (Future<TransportResult> call : senders.invokeAll(Collections.nCopies(500, sending))) {
        assertThat(call.get().succeeded()).isTrue();
      }
    }
    senders.shutdown();
  }

  @Test
  void an_unforeseen_failure_is_logged_once_and_gives_nothing_away() {
    PrintStream original = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      transport.guardWith(new BrokenGuard());
      send("https://hooks.test/in?token=canary-query");
      send("https://hooks.test/in?token=canary-query");
    } finally {
      System.setErr(original);
    }

    assertThat(log.toString(StandardCharsets.UTF_8))
        .containsOnlyOnce("WARN")
        .contains(IllegalArgumentException.class.getName())
        .contains("BrokenGuard.resolve")
        .doesNotContain("canary")
        .doesNotContain("k-123");
  }

  @Test
  void options_are_checked() {
    assertThatThrownBy(() -> OkHttpTransport.builder().maxIdleConnections(-1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> OkHttpTransport.builder().maxResponseBytes(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Map<String, Thread> libraryThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("(?i).*(ok|webhooks).*"))
        .filter(thread -> !thread.getName().contains("MockWebServer"))
        .collect(Collectors.toMap(Thread::getName, thread -> thread, (one, other) -> one));
  }
}
