package dev.webhooks.examples.quickstart;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.webhooks.signing.SignatureScheme;
import dev.webhooks.signing.WebhookVerifier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/**
 * The endpoint of a customer: an HTTPS server that verifies each request in both signature forms
 * before it believes it.
 */
final class Receiver implements AutoCloseable {
  /** A request as it arrived. */
  record Arrival(
      String path, String eventId, String event, int attempt, boolean genuine, int answered) {}

  private static final int OK = 200;
  private static final int ERROR = 500;
  private static final int UNAUTHORIZED = 401;

  private final HeldCertificate certificate =
      new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
  private final Map<String, String> secrets = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> failuresLeft = new ConcurrentHashMap<>();
  private final List<Arrival> arrivals = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpsServer server;

  Receiver() throws IOException {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    HandshakeCertificates tls =
        new HandshakeCertificates.Builder().heldCertificate(certificate).build();
    server.setHttpsConfigurator(new HttpsConfigurator(tls.sslContext()));
    server.createContext("/", this::receive);
    server.setExecutor(threads);
    server.start();
  }

  /** Returns the certificate that the sender has to trust, as it is signed by nobody. */
  X509Certificate certificate() {
    return certificate.certificate();
  }

  String url(String path) {
    return "https://localhost:" + server.getAddress().getPort() + path;
  }

  void knows(String path, String secret) {
    secrets.put(path, secret);
  }

  void failsFirst(String path, int times) {
    failuresLeft.put(path, new AtomicInteger(times));
  }

  List<Arrival> arrivals() {
    return List.copyOf(arrivals);
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      byte[] body = exchange.getRequestBody().readAllBytes();
      boolean genuine = verifies(SignatureScheme.standardWebhooks(), path, exchange, body)
          && verifies(SignatureScheme.timestamped(), path, exchange, body);
      int answer = genuine ? answer(path) : UNAUTHORIZED;
      arrivals.add(new Arrival(
          path,
          header(exchange, "webhook-id"),
          header(exchange, "X-Webhook-Event"),
          Integer.parseInt(header(exchange, "X-Webhook-Attempt")),
          genuine,
          answer));
      exchange.sendResponseHeaders(answer, -1);
    }
  }

  private boolean verifies(
      SignatureScheme scheme, String path, HttpExchange exchange, byte[] body) {
    WebhookVerifier verifier = WebhookVerifier.builder()
        .schemes(scheme)
        .secret(secrets.getOrDefault(path, "nobody knows this"))
        .build();
    return verifier.verify(exchange.getRequestHeaders()::getFirst, body).isAccepted();
  }

  private int answer(String path) {
    AtomicInteger left = failuresLeft.getOrDefault(path, new AtomicInteger());
    return left.getAndUpdate(count -> Math.max(0, count - 1)) > 0 ? ERROR : OK;
  }

  private static String header(HttpExchange exchange, String name) {
    return String.valueOf(exchange.getRequestHeaders().getFirst(name));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
