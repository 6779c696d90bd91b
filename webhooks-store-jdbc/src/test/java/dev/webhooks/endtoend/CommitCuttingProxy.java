package dev.webhooks.endtoend;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a JDBC driver and PostgreSQL and cuts the connection just after the server has
 * committed a transaction that stored an event: the server's answer to COMMIT never reaches the
 * driver.
 */
final class CommitCuttingProxy implements AutoCloseable {
  private static final String MARK = "insert into webhooks_event";
  private static final byte[] COMMITTED = "COMMIT\0".getBytes(StandardCharsets.US_ASCII);
  private static final int COMMAND_COMPLETE = 'C';

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger cuts = new AtomicInteger();
  private final ServerSocket listener;
  private final int serverPort;
  private volatile boolean cutting;

  CommitCuttingProxy(int serverPort) throws IOException {
    this.serverPort = serverPort;
    this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  void startCutting() {
    cutting = true;
  }

  void stopCutting() {
    cutting = false;
  }

  /** Returns how many commits were cut off from their answer. */
  int cuts() {
    return cuts.get();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        // Without this each small message waits for the acknowledgement of the one before.
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        AtomicBoolean storesEvent = new AtomicBoolean();
        threads.execute(() -> pumpRequests(client, server, storesEvent));
        threads.execute(() -> pumpAnswers(server, client, storesEvent));
      } catch (IOException e) {
        if (!listener.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void pumpRequests(Socket client, Socket server, AtomicBoolean storesEvent) {
    byte[] buffer = new byte[64 * 1024];
    String tail = "";
    try (client;
        server) {
      InputStream from = client.getInputStream();
      OutputStream to = server.getOutputStream();
      for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
        String text = tail
            + new String(buffer, 0, read, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        if (text.contains(MARK)) {
          storesEvent.set(true);
        }
        tail = text.substring(Math.max(0, text.length() - MARK.length()));
        to.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // The other direction closed the sockets: this connection is over.
    }
  }

  /** Copies message by message: a type, a length that counts itself, and a body. */
  private void pumpAnswers(Socket server, Socket client, AtomicBoolean storesEvent) {
    try (client;
        server) {
      DataInputStream from =
          new DataInputStream(new BufferedInputStream(server.getInputStream(), 64 * 1024));
      OutputStream to = client.getOutputStream();
      for (int type = from.read(); type >= 0; type = from.read()) {
        int length = from.readInt();
        byte[] body = from.readNBytes(length - Integer.BYTES);
        boolean committed = type == COMMAND_COMPLETE && Arrays.equals(body, COMMITTED);
        if (cutting && committed && storesEvent.get()) {
          cuts.incrementAndGet();
          return;
        }
        byte[] head = {
          (byte) type,
          (byte) (length >> 24),
          (byte) (length >> 16),
          (byte) (length >> 8),
          (byte) length
        };
        byte[] message = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, message, head.length, body.length);
        to.write(message);
        if (from.available() == 0) {
          to.flush();
        }
      }
    } catch (IOException e) {
      // The other direction closed the sockets: this connection is over.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.shutdownNow();
  }
}
