package dev.webhooks.examples.benchmark.chaos;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/** An HTTPS server that remembers every request and treats it as its path says. */
final class Receiver implements AutoCloseable {
  private static final long SLOWNESS = Duration.ofMillis(100).toNanos();
  private static final int UNCOUNTED_HANG_MILLIS = 1_000;
  private static final int LONGEST_HANG_MILLIS = 60_000;
  /** Wider than the wrong clocks of the scenario that has some. */
  private static final long VALIDITY_MILLIS = TimeUnit.DAYS.toMillis(10);

  private final HeldCertificate certificate = new HeldCertificate.Builder()
      .addSubjectAlternativeName("localhost")
      .validityInterval(
          System.currentTimeMillis() - VALIDITY_MILLIS,
          System.currentTimeMillis() + VALIDITY_MILLIS)
      .build();
  private final ExecutorService threads = Executors.newCachedThreadPool(runnable -> {
    Thread thread = new Thread(null, runnable, "receiver", 128 * 1024);
    thread.setDaemon(true);
    return thread;
  });
  private final Arrivals arrivals = new Arrivals();
  private final Map<Integer, AtomicInteger> open = new ConcurrentHashMap<>();
  private final Map<Integer, AtomicInteger> mostOpen = new ConcurrentHashMap<>();
  private final ServerSocket listener;
  private final int closedPort;

  Receiver() throws IOException {
    HandshakeCertificates tls =
        new HandshakeCertificates.Builder().heldCertificate(certificate).build();
    listener = tls.sslContext()
        .getServerSocketFactory()
        .createServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
    try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closedPort = unused.getLocalPort();
    }
    threads.execute(this::accept);
  }

  String url(Endpoint endpoint) {
    int port = endpoint.behaviour() == Behaviour.DEAD ? closedPort : listener.getLocalPort();
    return "https://localhost:" + port + "/" + endpoint.behaviour().path() + "/"
        + endpoint.number();
  }

  /** Writes the certificate where other processes can read it. */
  void writeCertificate(Path file) throws IOException {
    Files.writeString(file, certificate.certificatePem());
  }

  Arrivals arrivals() {
    return arrivals;
  }

  /** Returns how many requests to an endpoint are not answered yet. */
  int open(int endpoint) {
    AtomicInteger count = open.get(endpoint);
    return count == null ? 0 : count.get();
  }

  /** Returns the largest number of requests to an endpoint that were open at once. */
  int mostOpen(int endpoint) {
    AtomicInteger count = mostOpen.get(endpoint);
    return count == null ? 0 : count.get();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        threads.execute(() -> serve(socket));
      } catch (IOException e) {
        // Closed: the loop ends.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream(), 4 * 1024);
      OutputStream out = socket.getOutputStream();
      for (Request request = Request.read(in); request != null; request = Request.read(in)) {
        int row = arrivals.add(request, System.nanoTime());
        int status = treat(socket, in, request);
        out.write(("HTTP/1.1 " + status + " Chaos\r\ncontent-length: 0\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
        out.flush();
        arrivals.answered(row, status);
      }
    } catch (IOException e) {
      // The sender has gone, which is what this is about.
    }
  }

  private int treat(Socket socket, InputStream in, Request request) throws IOException {
    if (request.behaviour() == Behaviour.HANG) {
      hang(socket, in, request.endpoint());
      throw new EOFException("the sender gave up");
    }
    enter(request.endpoint());
    try {
      if (request.behaviour() == Behaviour.SLOW) {
        LockSupport.parkNanos(SLOWNESS);
      }
      boolean fails = request.behaviour() == Behaviour.FAIL
          || (request.behaviour() == Behaviour.FLAKY && request.attempt() == 1);
      return fails ? 500 : 200;
    } finally {
      leave(request.endpoint());
    }
  }

  /**
   * Waits until the sender gives up. The request counts as open once it is a second old: a busy
   * machine may see the next request before it sees the end of the one that made room for it.
   */
  private void hang(Socket socket, InputStream in, int endpoint) throws IOException {
    if (ended(socket, in, UNCOUNTED_HANG_MILLIS)) {
      return;
    }
    enter(endpoint);
    try {
      boolean unused = ended(socket, in, LONGEST_HANG_MILLIS);
    } finally {
      leave(endpoint);
    }
  }

  /** Waits for the end of a connection; returns false if it does not come within the time. */
  private static boolean ended(Socket socket, InputStream in, int millis) throws IOException {
    socket.setSoTimeout(millis);
    try {
      return in.read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  private void enter(int endpoint) {
    int now = open.computeIfAbsent(endpoint, number -> new AtomicInteger()).incrementAndGet();
    mostOpen
        .computeIfAbsent(endpoint, number -> new AtomicInteger())
        .accumulateAndGet(now, Math::max);
  }

  private void leave(int endpoint) {
    open.get(endpoint).decrementAndGet();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.shutdownNow();
  }
}
