package dev.webhooks.examples.benchmark;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/**
 * A receiver that costs as little as possible: reads requests off TLS sockets by their
 * content-length, counts them and answers 200. It verifies nothing; the tests do.
 */
final class CountingReceiver implements AutoCloseable {
  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final String LENGTH = "content-length:";

  private final HeldCertificate certificate =
      new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final ServerSocket listener;
  private int count;

  CountingReceiver() throws IOException {
    HandshakeCertificates tls =
        new HandshakeCertificates.Builder().heldCertificate(certificate).build();
    listener = tls.sslContext()
        .getServerSocketFactory()
        .createServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  X509Certificate certificate() {
    return certificate.certificate();
  }

  String url() {
    return "https://localhost:" + listener.getLocalPort() + "/in";
  }

  int count() {
    lock.lock();
    try {
      return count;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until so many requests have arrived since the start. */
  void await(int target) throws InterruptedException {
    lock.lock();
    try {
      while (count < target) {
        arrived.await();
      }
    } finally {
      lock.unlock();
    }
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
      InputStream in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
      OutputStream out = socket.getOutputStream();
      for (int length = head(in); length >= 0; length = head(in)) {
        in.skipNBytes(length);
        lock.lock();
        try {
          count++;
          arrived.signalAll();
        } finally {
          lock.unlock();
        }
        out.write(ANSWER);
      }
    } catch (IOException e) {
      // The client closed the connection.
    }
  }

  /**
   * Reads up to the empty line; returns the length of the body, or -1 at the end of the connection.
   */
  private static int head(InputStream in) throws IOException {
    int length = 0;
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (next == '\n') {
        if (line.isEmpty()) {
          return length;
        }
        String text = line.toString().toLowerCase(Locale.ROOT);
        length = text.startsWith(LENGTH)
            ? Integer.parseInt(text.substring(LENGTH.length()).strip())
            : length;
        line.setLength(0);
      } else if (next != '\r') {
        line.append((char) next);
      }
    }
    return -1;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.shutdownNow();
  }
}
