package dev.webhooks.spi.store;

import org.jspecify.annotations.Nullable;

/**
 * The host's current transactions, as its framework knows them. With this port, what a host does
 * through {@code webhooks.account(…)} joins the transaction that is current on the calling thread,
 * as if it had been given to {@code account.in(…)}.
 *
 * <p>An implementation for Spring is in the Spring Boot example; {@code ThreadTransactions}, in the
 * fixtures, serves tests and hosts without a framework. Implementations are thread-safe.
 */
@FunctionalInterface
public interface AmbientTransactions {
  /**
   * Returns the transaction that is current on the calling thread and leads to the store's
   * database, or null if there is none: the library then uses a transaction of its own.
   *
   * <p>Called once for each operation, so it must be cheap. It must not return a transaction that
   * has ended: what is stored in it may be lost. If it cannot tell, or if the current transaction
   * does not lead to the store's database although the caller would expect it, it throws; the
   * operation then fails and nothing is stored.
   *
   * <p>The implementation calls {@link HostTransaction#committed()} after the commit, on the object
   * that it returned, so that delivery starts at once. Without that call, delivery starts at the
   * next poll. It may return the same object for all operations of a transaction, or one for each.
   */
  @Nullable
  HostTransaction current();
}
