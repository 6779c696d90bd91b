package dev.webhooks.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.internal.validation.PublicTargetGuard;
import dev.webhooks.internal.validation.TargetRules;
import dev.webhooks.model.DeliveryError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests go where the guard lets them, and nowhere else. */
class TargetTest extends Sending {
  private static final RawServer.Script OK = peer -> {
    while (true) {
      peer.read();
      peer.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }
  };

  @Test
  void refuses_everything_until_there_is_a_guard() throws Exception {
    try (RawServer server = RawServer.tls(OK);
        OkHttpTransport unguarded = builder().build()) {
      assertThat(unguarded.send(request(server.url()), LONG).error())
          .isEqualTo(DeliveryError.BLOCKED_ADDRESS);
      String literal = "https://127.0.0.1:" + server.port() + "/in";
      assertThat(unguarded.send(request(literal), LONG).error())
          .isEqualTo(DeliveryError.BLOCKED_ADDRESS);
      assertThat(server.connections()).isZero();
    }
  }

  @Test
  void asks_the_guard_once_for_a_name_and_once_for_the_address_dialled() throws Exception {
    try (RawServer server = RawServer.tls(OK)) {
      assertThat(send(server.url()).succeeded()).isTrue();

      assertThat(guard.resolved).containsExactly("hooks.test");
      assertThat(guard.checked).containsExactly("hooks.test/127.0.0.1");
    }
  }

  @Test
  void asks_the_guard_again_before_a_connection_is_reused() throws Exception {
    try (RawServer server = RawServer.tls(OK)) {
      send(server.url());
      assertThat(send(server.url()).succeeded()).isTrue();
      assertThat(guard.resolved).hasSize(2);
      assertThat(guard.checked).hasSize(2);

      guard.forbidden.add("127.0.0.1");
      assertThat(send(server.url()).error()).isEqualTo(DeliveryError.BLOCKED_ADDRESS);

      assertThat(server.requests()).hasSize(2);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void a_connection_to_an_address_that_the_name_has_left_is_not_used_again() throws Exception {
    try (RawServer server = RawServer.tls(OK)) {
      assertThat(send(server.url()).succeeded()).isTrue();

      guard.answering("127.0.0.3");
      assertThat(send(server.url()).error()).isEqualTo(DeliveryError.CONNECT);

      assertThat(server.requests()).hasSize(1);
      assertThat(guard.checked.get(1)).isEqualTo("hooks.test/127.0.0.3");
    }
  }

  @Test
  void a_connection_is_reused_in_any_order_of_the_addresses() throws Exception {
    try (RawServer server = RawServer.tls(OK)) {
      guard.answering("127.0.0.1", "127.0.0.3");
      send(server.url());
      guard.answering("127.0.0.3", "127.0.0.1");
      assertThat(send(server.url()).succeeded()).isTrue();

      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void a_connection_is_used_for_a_minute_at_most() throws Exception {
    AtomicLong nanos = new AtomicLong();
    try (RawServer server = RawServer.tls(OK);
        OkHttpTransport ageing = guarded(builder().ticker(nanos::get))) {
      for (int minute = 1; minute <= 3; minute++) {
        for (int i = 0; i < 3; i++) {
          assertThat(ageing.send(request(server.url()), LONG).succeeded()).isTrue();
        }
        assertThat(server.connections()).isEqualTo(minute);
        nanos.addAndGet(ConnectionAge.MAX.toNanos());
      }
    }
  }

  @Test
  void hosts_renew_their_connections_once_a_minute_and_not_all_at_once() {
    AtomicLong nanos = new AtomicLong(Long.MAX_VALUE / 2);
    ConnectionAge age = new ConnectionAge(nanos::get);
    List<String> hosts =
        IntStream.range(0, 600).mapToObj(i -> "h" + i + ".test").toList();
    Map<String, Long> before = hosts.stream().collect(Collectors.toMap(h -> h, age::generation));

    int renewed = 0;
    for (int second = 1; second <= 60; second++) {
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      int present = (int)
          hosts.stream().filter(h -> age.generation(h) == before.get(h) + 1).count();
      assertThat(present - renewed).isBetween(0, 60);
      renewed = present;
    }
    assertThat(renewed).isEqualTo(600);
  }

  @Test
  void at_most_eight_addresses_of_a_thousand_are_dialled() throws Exception {
    List<InetAddress> thousand = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      thousand.add(InetAddress.getByName("127.1." + i / 256 + "." + i % 256));
    }
    try (CountingListener shortLived = new CountingListener("127.0.0.1", 0);
        PublicTargetGuard real = PublicTargetGuard.builder()
            .resolver(host -> thousand)
            .rules(TargetRules.publicOnly().allowing("127.0.0.0/8"))
            .build()) {
      transport.guardWith(guard.answeringLike(real));
      shortLived.close();

      assertThat(send("https://hooks.test:" + shortLived.port() + "/in").error())
          .isEqualTo(DeliveryError.CONNECT);
      assertThat(guard.checked).hasSize(8);
    }
  }

  @Test
  void a_port_that_is_not_allowed_is_not_dialled_and_no_open_connection_to_it_used()
      throws Exception {
    try (RawServer server = RawServer.tls(OK);
        PublicTargetGuard narrow = PublicTargetGuard.builder()
            .resolver(host -> List.of(InetAddress.getLoopbackAddress()))
            .rules(TargetRules.publicOnly().allowing("127.0.0.1").onPorts("443"))
            .build()) {
      assertThat(send(server.url()).succeeded()).isTrue();
      transport.guardWith(narrow);
      assertThat(send(server.url()).error()).isEqualTo(DeliveryError.BLOCKED_ADDRESS);
      assertThat(send(server.url().replace("hooks.test", "other.test")).error())
          .isEqualTo(DeliveryError.BLOCKED_ADDRESS);

      assertThat(server.requests()).hasSize(1);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void an_attempt_that_is_sent_twice_looks_the_name_up_once() throws Exception {
    try (RawServer server = RawServer.tls(peer -> {
      peer.read();
      peer.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    })) {
      send(server.url());
      send(server.url());

      assertThat(guard.resolved).hasSize(2);
    }
  }

  @Test
  void a_name_that_does_not_resolve_is_a_dns_failure() {
    guard.answering();
    assertThat(send("https://hooks.test/in").error()).isEqualTo(DeliveryError.DNS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::ffff:7f00:1]",
        "\uff11\uff12\uff17.0.0.1",
        "\u2460\u2461\u2466.0.0.1"
      })
  void refuses_addresses_however_they_are_written(String host) throws Exception {
    try (RawServer server = RawServer.tls(OK)) {
      guard.forbidden.add("127.0.0.1");
      guard.forbidden.add("0.0.0.0");
      guard.forbidden.add("0:0:0:0:0:0:0:1");

      assertThat(send("https://" + host + ":" + server.port() + "/in").error())
          .isEqualTo(DeliveryError.BLOCKED_ADDRESS);
      assertThat(server.connections()).isZero();
    }
  }

  @Test
  void an_address_that_is_let_through_is_reached() throws Exception {
    try (RawServer server = RawServer.tls(OK)) {
      assertThat(send("https://127.0.0.1:" + server.port() + "/in").succeeded()).isTrue();
      assertThat(guard.resolved).containsExactly("127.0.0.1");
      assertThat(guard.checked).containsExactly("127.0.0.1/127.0.0.1");
    }
  }

  @Test
  void a_refused_address_is_passed_over_for_one_that_answers() throws Exception {
    try (RawServer server = RawServer.tls(OK)) {
      guard.answering("127.0.0.2", "127.0.0.1");

      assertThat(send(server.url()).succeeded()).isTrue();
      assertThat(guard.resolved).hasSize(1);
      assertThat(guard.checked).contains("hooks.test/127.0.0.2", "hooks.test/127.0.0.1");
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void a_forbidden_address_is_not_dialled_beside_an_allowed_one() throws Exception {
    try (RawServer server = RawServer.tls(OK)) {
      guard.answering("127.0.0.1", "127.0.0.2");
      guard.forbidden.add("127.0.0.1");

      assertThat(send(server.url()).error()).isEqualTo(DeliveryError.BLOCKED_ADDRESS);
      assertThat(server.connections()).isZero();
    }
  }

  @Test
  void a_name_that_turns_bad_between_look_ups_never_reaches_the_bad_address() throws Exception {
    try (RawServer server = RawServer.tls(OK)) {
      guard.answering("127.0.0.1");
      guard.forbidden.add("127.0.0.1");
      for (int i = 0; i < 100; i++) {
        assertThat(send(server.url()).error()).isEqualTo(DeliveryError.BLOCKED_ADDRESS);
      }
      assertThat(server.connections()).isZero();
    }
  }

  @Test
  void a_closed_port_is_a_connect_failure() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    assertThat(send("https://hooks.test:" + free + "/in").error()).isEqualTo(DeliveryError.CONNECT);
  }

  @Test
  void hosts_that_share_an_address_and_a_certificate_share_no_connection() throws Exception {
    try (MockWebServer server = Http2.server()) {
      server.setDispatcher(Http2.answering(number -> new MockResponse.Builder().build()));
      send(Http2.url(server));
      send(Http2.url(server).replace("hooks.test", "other.test"));

      assertThat(server.takeRequest().getConnectionIndex()).isZero();
      assertThat(server.takeRequest().getConnectionIndex()).isEqualTo(1);
      assertThat(guard.resolved).containsExactly("hooks.test", "other.test");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http.proxy", "https.proxy", "socksProxy"})
  void ignores_the_proxies_of_the_jvm(String prefix) throws Exception {
    try (RawServer proxy = RawServer.plain(RawServer.Peer::waitForHangUp);
        RawServer server = RawServer.tls(OK)) {
      System.setProperty(prefix + "Host", "127.0.0.1");
      System.setProperty(prefix + "Port", String.valueOf(proxy.port()));
      System.setProperty("http.nonProxyHosts", "");
      try {
        assertThat(send(server.url()).succeeded()).isTrue();
      } finally {
        System.clearProperty(prefix + "Host");
        System.clearProperty(prefix + "Port");
        System.clearProperty("http.nonProxyHosts");
      }
      assertThat(proxy.connections()).isZero();
    }
  }

  @Test
  void never_asks_the_proxy_selector_of_the_jvm() throws Exception {
    ProxySelector original = ProxySelector.getDefault();
    List<URI> asked = new CopyOnWriteArrayList<>();
    System.setProperty("java.net.useSystemProxies", "true");
    ProxySelector.setDefault(new ProxySelector() {
      @Override
      public List<Proxy> select(URI uri) {
        asked.add(uri);
        return List.of(new Proxy(
            Proxy.Type.SOCKS, new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)));
      }

      @Override
      public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        asked.add(uri);
      }
    });
    try (RawServer server = RawServer.tls(OK);
        OkHttpTransport late = guarded(builder())) {
      assertThat(send(server.url()).succeeded()).isTrue();
      assertThat(late.send(request(server.url()), LONG).succeeded()).isTrue();
    } finally {
      ProxySelector.setDefault(original);
      System.clearProperty("java.net.useSystemProxies");
    }
    assertThat(asked).isEmpty();
  }

  @Test
  void a_guard_that_fails_is_an_internal_failure() throws IOException {
    transport.guardWith(new BrokenGuard());
    assertThat(send("https://hooks.test/in").error()).isEqualTo(DeliveryError.INTERNAL);
    assertThat(send("https://127.0.0.1/in").error()).isEqualTo(DeliveryError.INTERNAL);
  }
}
