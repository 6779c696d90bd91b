package dev.webhooks.store.jdbc;

import java.sql.SQLException;

/**
 * Says that the database answered and refused: the data or the statement is at fault, so trying
 * again is of no use. The message names the SQL state only; the cause has the database's words,
 * unless they may quote the row, which may hold a secret.
 */
final class StoreFaultException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  StoreFaultException(SQLException cause) {
    super(
        "the database refused a statement of the webhooks store: SQL state " + cause.getSQLState()
            + ", code " + cause.getErrorCode(),
        quotesRows(cause) ? wordless(cause) : cause);
  }

  /** Data that does not fit (class 22) and broken constraints (class 23) are quoted. */
  private static boolean quotesRows(SQLException fault) {
    String state = fault.getSQLState();
    return state != null && (state.startsWith("22") || state.startsWith("23"));
  }

  private static SQLException wordless(SQLException fault) {
    SQLException wordless = new SQLException(
        fault.getClass().getName() + ", whose words may quote the row",
        fault.getSQLState(),
        fault.getErrorCode());
    wordless.setStackTrace(fault.getStackTrace());
    return wordless;
  }
}
