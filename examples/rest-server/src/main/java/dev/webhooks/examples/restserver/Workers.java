package dev.webhooks.examples.restserver;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads that handle requests; the number of connections bounds the work in any case. */
final class Workers {
  /**
   * Before this version a virtual thread that waits for a client would hold on to its carrier, as
   * the JDK's server reads inside synchronized methods.
   */
  private static final int VIRTUAL_SINCE = 24;

  private static final int POOL_SIZE = 256;
  private static final int KEEP_SECONDS = 30;

  private Workers() {}

  static Executor create() {
    return Runtime.version().feature() >= VIRTUAL_SINCE ? virtual() : pool();
  }

  private static Executor pool() {
    ThreadPoolExecutor pool = new ThreadPoolExecutor(
        POOL_SIZE, POOL_SIZE, KEEP_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** By its name, since this is compiled for Java 17. */
  private static Executor virtual() {
    try {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM has no virtual threads", e);
    }
  }
}
