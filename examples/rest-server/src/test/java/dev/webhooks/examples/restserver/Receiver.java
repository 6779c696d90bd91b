package dev.webhooks.examples.restserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.webhooks.signing.WebhookVerifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/** A customer's HTTPS server with a certificate of an authority that nobody knows. */
final class Receiver implements AutoCloseable {
  /** A request as it arrived. */
  record Request(String path, Map<String, String> headers, byte[] body) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    String eventId() {
      return headers.get("webhook-id");
    }

    boolean verifies(String secret) {
      return WebhookVerifier.of(secret).verify(headers::get, body).isAccepted();
    }
  }

  private record Answer(int status, String body) {}

  private final HeldCertificate authority = new HeldCertificate.Builder()
      .certificateAuthority(0)
      .commonName("Test authority")
      .build();
  private final List<Request> requests = new ArrayList<>();
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpsServer server;

  Receiver() {
    HeldCertificate certificate = new HeldCertificate.Builder()
        .signedBy(authority)
        .addSubjectAlternativeName("localhost")
        .addSubjectAlternativeName("127.0.0.1")
        .build();
    HandshakeCertificates tls =
        new HandshakeCertificates.Builder().heldCertificate(certificate).build();
    try {
      server =
          HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setHttpsConfigurator(new HttpsConfigurator(tls.sslContext()));
    server.createContext("/", this::receive);
    server.setExecutor(threads);
    server.start();
  }

  String authorityPem() {
    return authority.certificatePem();
  }

  String url(String path) {
    return "https://localhost:" + server.getAddress().getPort() + path;
  }

  /** Answers with a status from now on; 200 until told otherwise. */
  void answers(String path, int status) {
    answers(path, status, "");
  }

  /** Answers with a status and a body from now on. */
  void answers(String path, int status, String body) {
    answers.put(path, new Answer(status, body));
  }

  /** Waits until as many requests that fulfil a condition have arrived, and returns them. */
  List<Request> await(int count, Predicate<Request> condition) throws InterruptedException {
    long left = TimeUnit.SECONDS.toNanos(RestServerProcess.PATIENCE_SECONDS);
    lock.lock();
    try {
      while (matching(condition).size() < count && left > 0) {
        left = arrived.awaitNanos(left);
      }
      return matching(condition);
    } finally {
      lock.unlock();
    }
  }

  private List<Request> matching(Predicate<Request> condition) {
    return requests.stream().filter(condition).toList();
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
      String path = exchange.getRequestURI().getPath();
      remember(new Request(path, headers, body));
      Answer answer = answers.getOrDefault(path, new Answer(200, ""));
      byte[] text = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), text.length == 0 ? -1 : text.length);
      exchange.getResponseBody().write(text);
    }
  }

  private void remember(Request request) {
    lock.lock();
    try {
      requests.add(request);
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
