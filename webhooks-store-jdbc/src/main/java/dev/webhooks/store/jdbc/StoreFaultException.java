package dev.webhooks.store.jdbc;

import java.sql.SQLException;

/**
 * A refusal by the database: the data or the statement is at fault, so a retry does not help. The
 * message has the SQL state only. The cause has the database's message, unless that may quote a row
 * with a secret.
 */
final class StoreFaultException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  StoreFaultException(SQLException cause) {
    super(
        "the database refused a statement of the webhooks store: SQL state " + cause.getSQLState()
            + ", code " + cause.getErrorCode(),
        quotesRows(cause) ? wordless(cause) : cause);
  }

  /**
   * Returns whether the message may quote a row: invalid data (class 22) or a broken constraint
   * (class 23).
   */
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
