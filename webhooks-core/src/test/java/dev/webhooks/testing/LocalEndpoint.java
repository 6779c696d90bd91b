package dev.webhooks.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.webhooks.signing.WebhookVerifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real endpoint on this machine for a first delivery: HTTPS on {@code localhost}, with a
 * certificate that the JDK's {@code keytool} makes. It answers every request with 204.
 *
 * <p>The sender has to trust {@link #certificate()} and to allow the target {@code localhost}.
 * Unlike {@link TestReceiver} it takes a real transport and engine, and real time. Thread-safe.
 */
public final class LocalEndpoint implements AutoCloseable {
  private static final String SECRET = "whsec_bG9jYWxob3N0IGlzIG5vIHBsYWNlIGZvciBhIHNlY3JldA==";
  private static final String PATH = "/webhooks";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final WebhookVerifier verifier = WebhookVerifier.of(SECRET);
  private final BlockingQueue<ReceivedRequest> requests = new LinkedBlockingQueue<>();
  private final LocalCertificate certificate;
  private final HttpsServer server;

  private LocalEndpoint(LocalCertificate certificate, HttpsServer server) {
    this.certificate = certificate;
    this.server = server;
  }

  /**
   * Starts an endpoint on a free port, reachable from this machine only.
   *
   * @throws IllegalStateException if the JVM has no {@code keytool} to make a certificate with
   */
  public static LocalEndpoint start() {
    LocalCertificate certificate = LocalCertificate.create();
    try {
      HttpsServer server =
          HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setHttpsConfigurator(new HttpsConfigurator(certificate.tls()));
      LocalEndpoint endpoint = new LocalEndpoint(certificate, server);
      server.createContext("/", endpoint::receive);
      server.start();
      return endpoint;
    } catch (IOException e) {
      throw new UncheckedIOException("no endpoint could be started on localhost", e);
    }
  }

  /** Returns the URL to register: {@code https://localhost}, a port and a path. */
  public String url() {
    return "https://localhost:" + server.getAddress().getPort() + PATH;
  }

  /** Returns the certificate to trust, signed by nobody else. */
  public X509Certificate certificate() {
    return certificate.certificate();
  }

  /** Returns the secret with which the endpoint verifies, the same in each. */
  public String secret() {
    return SECRET;
  }

  /**
   * Returns the next request that arrived, and waits up to 30 seconds for it.
   *
   * @throws IllegalStateException if none arrived, or the thread was interrupted
   */
  public ReceivedRequest next() {
    return next(PATIENCE);
  }

  /**
   * Returns the next request that arrived, and waits for it.
   *
   * @param atMost how long to wait
   * @throws IllegalStateException if none arrived, or the thread was interrupted
   */
  public ReceivedRequest next(Duration atMost) {
    Objects.requireNonNull(atMost, "atMost");
    @Nullable ReceivedRequest request;
    try {
      request = requests.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a request", e);
    }
    if (request == null) {
      throw new IllegalStateException("nothing arrived at " + url() + " within " + atMost
          + "; was webhooks.start() called, does a webhook subscribe to the event, and what does its"
          + " delivery log say?");
    }
    return request;
  }

  /** Stops the server; requests that have arrived can still be looked at. */
  @Override
  public void close() {
    server.stop(0);
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      Map<String, String> headers = new HashMap<>();
      exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
      boolean valid = verifier.verify(headers, body).isAccepted();
      requests.add(new ReceivedRequest(url(), headers, body, Instant.now(), valid));
      exchange.sendResponseHeaders(204, -1);
    }
  }
}
