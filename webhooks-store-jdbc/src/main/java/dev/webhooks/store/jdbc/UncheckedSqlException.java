package dev.webhooks.store.jdbc;

import java.sql.SQLException;

/** A carrier of an {@link SQLException} out of a function to the end of the transaction. */
final class UncheckedSqlException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final SQLException fault;

  UncheckedSqlException(SQLException fault) {
    super(fault);
    this.fault = fault;
  }

  SQLException fault() {
    return fault;
  }

  /** Calls work and wraps its {@link SQLException}. */
  static <T> T wrapping(SqlCallable<T> work) {
    try {
      return work.call();
    } catch (SQLException e) {
      throw new UncheckedSqlException(e);
    }
  }

  @FunctionalInterface
  interface SqlCallable<T> {
    T call() throws SQLException;
  }
}
