package dev.webhooks.examples.springboot.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.webhooks.signing.WebhookVerifier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/**
 * The server of a customer: HTTPS, and a signature is verified before a request is believed. It
 * knows the secret of the demo's own webhook. Webhooks that a visitor creates may have any other
 * path; their requests are taken as they come if they are signed with a secret of their own.
 */
final class DemoReceiver implements AutoCloseable {
  /** The secret that the customer chose. */
  static final String SECRET = "whsec_ZGVtbyBzZWNyZXQgb2YgYWNtZSwgbm90IGZvciB1c2U=";

  /**
   * A request that is taken.
   *
   * @param verified whether it is signed with {@link #SECRET}
   */
  record Arrival(
      String path, boolean verified, String eventId, String event, String attempt, String body) {}

  private static final String OWN_PATH = "/hooks";
  private static final int OK = 204;
  private static final int ERROR = 500;
  private static final int UNAUTHORIZED = 401;
  private static final int WRONG_METHOD = 405;

  private final HeldCertificate certificate =
      new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
  private final WebhookVerifier verifier = WebhookVerifier.of(SECRET);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Predicate<Arrival> believer;
  private final HttpsServer server;

  /**
   * Starts it.
   *
   * @param port where it listens, or 0 for any free port
   * @param pem the file that its certificate is written to, for the shop to trust
   * @param believer is told what arrived, on many threads, and returns whether it took it
   */
  DemoReceiver(int port, Path pem, Predicate<Arrival> believer) throws IOException {
    this.believer = believer;
    Files.createDirectories(pem.toAbsolutePath().getParent());
    Files.writeString(pem, certificate.certificatePem());
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    HandshakeCertificates tls =
        new HandshakeCertificates.Builder().heldCertificate(certificate).build();
    server.setHttpsConfigurator(new HttpsConfigurator(tls.sslContext()));
    server.createContext("/", this::receive);
    server.setExecutor(threads);
    server.start();
  }

  /** Returns the URL of the demo's own webhook. */
  String url() {
    return url(OWN_PATH);
  }

  /** Returns the URL of a path for another webhook. */
  String url(String path) {
    return "https://localhost:" + server.getAddress().getPort() + path;
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      exchange.sendResponseHeaders(answer(exchange, body), -1);
    }
  }

  private int answer(HttpExchange exchange, byte[] body) {
    if (!exchange.getRequestMethod().equals("POST")) {
      return WRONG_METHOD;
    }
    String path = exchange.getRequestURI().getPath();
    boolean verified =
        verifier.verify(exchange.getRequestHeaders()::getFirst, body).isAccepted();
    if (!verified && path.equals(OWN_PATH)) {
      return UNAUTHORIZED;
    }
    Arrival arrival = new Arrival(
        path,
        verified,
        header(exchange, "webhook-id"),
        header(exchange, "X-Webhook-Event"),
        header(exchange, "X-Webhook-Attempt"),
        new String(body, StandardCharsets.UTF_8));
    return believer.test(arrival) ? OK : ERROR;
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
