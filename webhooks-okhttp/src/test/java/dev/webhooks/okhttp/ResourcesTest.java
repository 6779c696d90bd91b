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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The resources of a transport, during and after sending. */
class ResourcesTest extends Sending {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

  /** Keeps no connection, since even a dead one rightly stays in a pool for up to a minute. */
  private final OkHttpTransport poolless = guarded(builder().maxIdleConnections(0));

  @AfterEach
  void closePoolless() {
    poolless.close();
  }

  @Test
  void two_hundred_hostile_endpoints_at_once_leave_nothing_behind() throws Exception {
    List<HostileEndpoint> hostilities = HostileEndpoint.all();
    sufferAll(hostilities, hostilities.size(), Duration.ofSeconds(1));
    Usage.await(() -> Usage.work().isEmpty());
    Usage before = Usage.now();

    List<TransportResult> results = sufferAll(hostilities, 200, Duration.ofSeconds(4));

    assertThat(results).hasSize(200).noneMatch(TransportResult::succeeded);
    assertThat(results)
        .extracting(TransportResult::error)
        .doesNotContain(DeliveryError.INTERNAL, DeliveryError.UNSENDABLE);
    Usage.await(() -> Usage.work().isEmpty() && poolless.connectionCount() == 0);
    assertThat(Usage.work()).isEmpty();
    assertThat(poolless.connectionCount()).isZero();
    // Asked once more, the JVM might have opened one for itself meanwhile.
    assertThat(Usage.await(() -> Usage.openDescriptors() <= before.descriptors()))
        .as("descriptors are closed: %s before, now %s", before, Usage.now())
        .isTrue();
    // The JDK keeps the TLS sessions, a few kilobytes each; what threads that end still hold goes.
    long most = before.heapBytes() + 200 * 128 * 1024;
    assertThat(Usage.await(() -> Usage.now().heapBytes() < most))
        .as("the heap: %s before, now %s", before, Usage.now())
        .isTrue();
    assertThat(libraryThreads().values()).allMatch(Thread::isDaemon);
  }

  /**
   * Sends so many requests at once, each to an endpoint that waits until all have come to theirs.
   */
  private List<TransportResult> sufferAll(
      List<HostileEndpoint> hostilities, int calls, Duration timeout) throws Exception {
    Rendezvous all = new Rendezvous(calls);
    ExecutorService senders = Executors.newFixedThreadPool(calls);
    List<RawServer> servers = new ArrayList<>();
    try {
      for (HostileEndpoint hostility : hostilities) {
        servers.add(hostility.server(peer -> {
          all.meet();
          hostility.script().run(peer);
        }));
      }
      List<Callable<TransportResult>> sendings = new ArrayList<>();
      for (int i = 0; i < calls; i++) {
        String url = servers.get(i % servers.size()).url();
        sendings.add(() -> poolless.send(request(url), timeout));
      }
      List<TransportResult> results = new ArrayList<>();
      for (Future<TransportResult> result : senders.invokeAll(sendings)) {
        results.add(result.get());
      }
      return results;
    } finally {
      senders.shutdown();
      all.end();
      for (RawServer server : servers) {
        server.close();
      }
    }
  }

  @Test
  void an_http2_connection_on_which_an_exchange_failed_is_cut() throws Exception {
    HostileEndpoint dripping = HostileEndpoint.named("HTTP/2: drips empty data");
    CountDownLatch cut = new CountDownLatch(1);
    try (RawServer server = dripping.server(peer -> {
      try {
        dripping.script().run(peer);
      } finally {
        cut.countDown();
      }
    })) {
      assertThat(send(server.url(), Duration.ofSeconds(2)).error())
          .isEqualTo(DeliveryError.TIMEOUT);
      assertThat(cut.await(Usage.PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
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
      none.send(request(server.url()), LONG);
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
