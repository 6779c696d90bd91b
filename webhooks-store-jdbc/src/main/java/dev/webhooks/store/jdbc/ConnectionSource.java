package dev.webhooks.store.jdbc;

import dev.webhooks.model.StoreUnavailableException;
import java.sql.Connection;

/** A source of connections, each lent to one user at a time. Thread-safe. */
interface ConnectionSource {
  /**
   * Borrows a connection.
   *
   * @throws StoreUnavailableException if there is none in time
   */
  Connection borrow();

  /**
   * Returns a connection in the state in which it was borrowed; never throws.
   *
   * @param wentWell whether everything done with it succeeded
   */
  void release(Connection connection, boolean wentWell);
}
