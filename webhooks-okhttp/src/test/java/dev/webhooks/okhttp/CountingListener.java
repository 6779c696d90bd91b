package dev.webhooks.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/** A listener that hangs up on whoever comes, and counts them. */
final class CountingListener implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket();
  private final AtomicInteger accepts = new AtomicInteger();

  /** Listens on an address of this machine; port 0 is any. */
  CountingListener(String address, int port) throws IOException {
    listener.bind(new InetSocketAddress(InetAddress.getByName(address), port), 300);
    Thread thread = new Thread(this::accept, "counting-listener");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return listener.getLocalPort();
  }

  int accepts() {
    return accepts.get();
  }

  private void accept() {
    try {
      while (true) {
        listener.accept().close();
        accepts.incrementAndGet();
      }
    } catch (IOException e) {
      // Closed: the test is over.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
