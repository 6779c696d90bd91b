package dev.webhooks.store.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a driver and its database, and cuts the connection instead of passing on the
 * answer to a request that holds a text.
 */
final class CuttingProxy implements AutoCloseable {
  private final int target;
  private final ServerSocket server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger cuts = new AtomicInteger();
  private volatile @Nullable String trigger;
  private volatile boolean once;
  private volatile boolean silent;

  CuttingProxy(int target) throws IOException {
    this.target = target;
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  int cuts() {
    return cuts.get();
  }

  /** Cuts the next answer to a request with the text. */
  void cutAnswerTo(String text) {
    once = true;
    trigger = text;
  }

  /** Cuts all such answers; null for none. */
  void cutEveryAnswerTo(@Nullable String text) {
    once = false;
    trigger = text;
  }

  /** Lets such requests wait for ever. */
  void swallowAnswersTo(String text) {
    silent = true;
    cutEveryAnswerTo(text);
  }

  /** Ends with the connection. */
  private void start(Task task) {
    threads.execute(() -> {
      try {
        task.run();
      } catch (IOException e) {
        // The other side has gone.
      }
    });
  }

  private interface Task {
    void run() throws IOException;
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = server.accept();
      start(() -> serve(client));
    }
  }

  private void serve(Socket client) throws IOException {
    try (client;
        Socket database = new Socket(InetAddress.getLoopbackAddress(), target)) {
      Pair pair = new Pair(client, database);
      start(pair::answers);
      pair.requests();
    }
  }

  /** One connection; the driver speaks and listens in turn, so a flag is enough. */
  private final class Pair {
    private final Socket client;
    private final Socket database;
    private volatile boolean cutting;

    Pair(Socket client, Socket database) {
      this.client = client;
      this.database = database;
    }

    void requests() throws IOException {
      byte[] buffer = new byte[1 << 16];
      InputStream in = client.getInputStream();
      OutputStream out = database.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        String text = trigger;
        String request = new String(buffer, 0, n, StandardCharsets.ISO_8859_1);
        if (text != null && request.contains(text)) {
          cutting = true;
          trigger = once ? null : text;
        }
        out.write(buffer, 0, n);
      }
    }

    void answers() throws IOException {
      byte[] buffer = new byte[1 << 16];
      InputStream in = database.getInputStream();
      OutputStream out = client.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (!cutting) {
          out.write(buffer, 0, n);
        } else if (!silent) {
          cuts.incrementAndGet();
          client.close();
          return;
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }
}
