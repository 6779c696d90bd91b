package dev.webhooks.endtoend;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.webhooks.testing.Patience;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/**
 * A real HTTPS server that answers 200 and remembers the id of every event it received, and how
 * often.
 */
final class RecordingReceiver implements AutoCloseable {
  private final HeldCertificate certificate =
      new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
  private final Map<String, Integer> received = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch let = new CountDownLatch(1);
  private final HttpsServer server;
  private volatile int atMost = Integer.MAX_VALUE;

  RecordingReceiver() {
    try {
      server =
          HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    HandshakeCertificates tls =
        new HandshakeCertificates.Builder().heldCertificate(certificate).build();
    server.setHttpsConfigurator(new HttpsConfigurator(tls.sslContext()));
    server.createContext("/", this::receive);
    server.createContext("/refuse", RecordingReceiver::refuse);
    server.setExecutor(threads);
    server.start();
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      if (received.size() >= atMost) {
        let.await();
        return;
      }
      received.merge(exchange.getRequestHeaders().getFirst("webhook-id"), 1, Integer::sum);
      exchange.sendResponseHeaders(200, -1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    lock.lock();
    try {
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes so many events, and keeps the requests with others waiting. */
  void takeAtMost(int events) {
    atMost = events;
  }

  /** Takes every event from now on, and none of the requests that were kept waiting. */
  void takeAll() {
    atMost = Integer.MAX_VALUE;
    let.countDown();
  }

  private static void refuse(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      exchange.sendResponseHeaders(500, -1);
    }
  }

  /** Returns a URL at which every request is answered with 500, and not remembered. */
  String refusingUrl() {
    return "https://localhost:" + server.getAddress().getPort() + "/refuse";
  }

  String url() {
    return "https://localhost:" + server.getAddress().getPort() + "/in";
  }

  X509Certificate certificate() {
    return certificate.certificate();
  }

  /** Returns the certificate in a form that fits into an argument of another process. */
  String certificatePem() {
    return certificate.certificatePem();
  }

  static X509Certificate certificate(String pem) {
    try {
      return (X509Certificate) CertificateFactory.getInstance("X.509")
          .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    } catch (CertificateException e) {
      throw new IllegalArgumentException(e);
    }
  }

  Set<String> ids() {
    return Set.copyOf(received.keySet());
  }

  /** Returns the events that arrived more than once. */
  Map<String, Integer> repeated() {
    Map<String, Integer> repeated = new TreeMap<>(received);
    repeated.values().removeIf(count -> count == 1);
    return repeated;
  }

  int count() {
    return received.size();
  }

  /**
   * Waits until a condition on what was received holds; returns whether it came to hold in time.
   */
  boolean await(BooleanSupplier condition) throws InterruptedException {
    long left = Patience.LONG.toNanos();
    lock.lock();
    try {
      while (!condition.getAsBoolean() && left > 0) {
        left = arrived.awaitNanos(left);
      }
      return condition.getAsBoolean();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all of these events have arrived; returns those that do not. */
  List<String> missing(Set<String> expected) throws InterruptedException {
    await(() -> received.keySet().containsAll(expected));
    List<String> missing = new ArrayList<>(expected);
    missing.removeAll(received.keySet());
    return missing;
  }

  @Override
  public void close() {
    takeAll();
    server.stop(0);
    threads.shutdownNow();
  }
}
