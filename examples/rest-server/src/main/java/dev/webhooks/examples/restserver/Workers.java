package dev.webhooks.examples.restserver;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that handle requests: one for each connection if need be, since the JDK's server
 * reads a request on the thread that handles it, and clients that send slowly would otherwise keep
 * the threads from all others.
 */
final class Workers {
  /**
   * Before this version a virtual thread that waits for a client would hold on to its carrier, as
   * the server reads inside synchronized methods.
   */
  private static final int VIRTUAL_SINCE = 24;

  private static final int KEEP_SECONDS = 30;

  private Workers() {}

  /**
   * Returns threads for as many requests as there can be.
   *
   * @param connections how many connections the server accepts, which bounds the requests under way
   */
  static Executor forConnections(int connections) {
    return Runtime.version().feature() >= VIRTUAL_SINCE ? virtual() : pool(connections);
  }

  private static Executor pool(int size) {
    return new ThreadPoolExecutor(
        0,
        size,
        KEEP_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        // All are busy only for the moment between the end of a connection and that of its handler.
        Workers::waitForOne);
  }

  private static void waitForOne(Runnable request, ThreadPoolExecutor pool) {
    try {
      pool.getQueue().put(request);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** By its name, since this is compiled for Java 17. */
  private static Executor virtual() {
    try {
      return (Executor)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM has no virtual threads", e);
    }
  }
}
