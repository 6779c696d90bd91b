package dev.webhooks.okhttp;

import dev.webhooks.spi.transport.TransportResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A request on a thread of its own. */
final class Background {
  private final CompletableFuture<TransportResult> result = new CompletableFuture<>();
  private final CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
  private final Thread thread;

  private Background(Supplier<TransportResult> sending) {
    thread = new Thread(
        () -> {
          try {
            result.complete(sending.get());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
          interrupted.complete(Thread.currentThread().isInterrupted());
        },
        "background-sender");
    thread.setDaemon(true);
    thread.start();
  }

  static Background run(Supplier<TransportResult> sending) {
    return new Background(sending);
  }

  void interrupt() {
    thread.interrupt();
  }

  TransportResult result() throws Exception {
    return result.get(Usage.PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  boolean wasInterrupted() throws Exception {
    return interrupted.get(Usage.PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
