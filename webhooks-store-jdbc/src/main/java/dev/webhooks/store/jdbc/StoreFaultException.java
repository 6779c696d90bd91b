package dev.webhooks.store.jdbc;

import java.sql.SQLException;

/**
 * Says that the database answered and refused: the data or the statement is at fault, so trying
 * again is of no use. The message names the SQL state only; the cause has the database's words.
 */
final class StoreFaultException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  StoreFaultException(SQLException cause) {
    super(
        "the database refused a statement of the webhooks store: SQL state " + cause.getSQLState()
            + ", code " + cause.getErrorCode(),
        cause);
  }
}
