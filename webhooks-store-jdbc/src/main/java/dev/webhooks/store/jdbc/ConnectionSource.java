package dev.webhooks.store.jdbc;

import dev.webhooks.model.StoreUnavailableException;
import java.sql.Connection;

/** Lends connections, each to one user at a time. Thread-safe. */
interface ConnectionSource {
  /**
   * Borrows a connection.
   *
   * @throws StoreUnavailableException if there is none in time
   */
  Connection borrow();

  /**
   * Gives a connection back in the state in which it came; never throws.
   *
   * @param wentWell whether everything done with it succeeded
   */
  void release(Connection connection, boolean wentWell);
}
