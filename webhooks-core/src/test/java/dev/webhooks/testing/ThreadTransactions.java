package dev.webhooks.testing;

import dev.webhooks.spi.store.AmbientTransactions;
import dev.webhooks.spi.store.HostTransaction;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Current transactions without a framework: a transaction is current on a thread while that thread
 * runs work in it. For tests of code that publishes in its framework's current transaction.
 *
 * <pre>{@code
 * ThreadTransactions current = new ThreadTransactions();
 * // TestWebhooks.on(store, …, builder -> builder.ambientTransactions(current))
 * current.run(transaction, () -> service.place(order));
 * transaction.commit();
 * transaction.committed();
 * }</pre>
 *
 * <p>Works with any store's transactions, and neither begins nor ends them. Thread-safe.
 */
public final class ThreadTransactions implements AmbientTransactions {
  /** Not static: two kits in one test may have different transactions. */
  @SuppressWarnings("ThreadLocalUsage")
  private final ThreadLocal<@Nullable HostTransaction> current = new ThreadLocal<>();

  @Override
  public @Nullable HostTransaction current() {
    return current.get();
  }

  /**
   * Runs work in a transaction. The one that was current before is current again afterwards.
   *
   * @param transaction the transaction, which the caller has begun and ends
   * @param work what to run on this thread
   */
  public void run(HostTransaction transaction, Runnable work) {
    Objects.requireNonNull(transaction, "transaction");
    Objects.requireNonNull(work, "work");
    HostTransaction before = current.get();
    current.set(transaction);
    try {
      work.run();
    } finally {
      restore(before);
    }
  }

  /**
   * Calls work in a transaction and returns its result; else like {@link #run}.
   *
   * @param transaction the transaction, which the caller has begun and ends
   * @param work what to call on this thread
   * @throws Exception what the work throws
   */
  public <T> T call(HostTransaction transaction, Callable<T> work) throws Exception {
    Objects.requireNonNull(transaction, "transaction");
    Objects.requireNonNull(work, "work");
    HostTransaction before = current.get();
    current.set(transaction);
    try {
      return work.call();
    } finally {
      restore(before);
    }
  }

  private void restore(@Nullable HostTransaction before) {
    if (before == null) {
      current.remove();
    } else {
      current.set(before);
    }
  }
}
