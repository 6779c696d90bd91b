package dev.webhooks.testing;

import dev.webhooks.spi.store.HostTransaction;

/** A transaction of the host, as a test opens and ends it. */
public interface OpenTransaction extends AutoCloseable {
  /** Returns what {@code join} takes. */
  HostTransaction handle();

  /** Commits. */
  void commit();

  /** Undoes everything. */
  void rollback();

  /** Releases the connection; rolls back if the transaction was not ended. */
  @Override
  void close();
}
