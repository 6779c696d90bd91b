package dev.webhooks.store.jdbc;

import dev.webhooks.model.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * A judge of faults in the host's transaction, which tells the host's mistakes from faults of the
 * database: callers retry only the latter. Thread-safe.
 */
final class HostFaults {
  /** The longest wait for a connection; short, since the host waits meanwhile. */
  private static final Duration CONNECTION_TIMEOUT = Duration.ofMillis(500);

  /** Changes no row, since numbers begin with 1. */
  private static final String WRITE = "update {instance} set beat = beat where number = 0";

  private final Database database;
  private final String product;
  private final ConnectionSource others;

  /**
   * Creates a judge of a store's faults.
   *
   * @param product the name and version of the store's database
   */
  HostFaults(Database database, String product, DataSourceConnections pool) {
    this.database = database;
    this.product = product;
    this.others = pool.within(CONNECTION_TIMEOUT);
  }

  /**
   * Converts a fault to the exception that the operation throws.
   *
   * @param connection the host's connection
   */
  RuntimeException notStored(SQLException fault, Connection connection) {
    String joined = product(connection);
    // Codes of another product have other meanings.
    if (!joined.isEmpty() && !product.startsWith(joined + " ")) {
      return new IllegalStateException(
          "the host's connection leads to " + joined + ", but the store's database is " + product
              + ": join a transaction of the store's data source",
          fault);
    }
    return switch (SqlErrors.meaning(fault, database.dialect)) {
      case READ_ONLY ->
        isHostReadOnly(connection)
            ? new IllegalStateException(
                "the host's transaction is read-only: join one that may write", fault)
            : SqlErrors.notStored(fault, database.dialect);
      case NO_TABLE ->
        new IllegalStateException(
            "the host's connection finds no tables of webhooks: is its database the store's? If"
                + " only its schema is another one, name the store's by the builder's schema(…)",
            fault);
      case FAILED_BEFORE ->
        new IllegalStateException(
            "the host's transaction had failed before: roll it back and begin another one", fault);
      case OUTDATED ->
        new StoreUnavailableException(
            "the tables have changed since the host's connection prepared a statement: run the"
                + " transaction again",
            false,
            fault);
      default -> SqlErrors.notStored(fault, database.dialect);
    };
  }

  /** Returns the name of a connection's product; empty if the connection is gone. */
  private static String product(Connection connection) {
    try {
      return connection.getMetaData().getDatabaseProductName();
    } catch (SQLException e) {
      return "";
    }
  }

  /**
   * Returns whether only the host's transaction is read-only. If the driver does not know, another
   * connection tries to write. A server that takes no writes at all is not the host's mistake.
   */
  private boolean isHostReadOnly(Connection connection) {
    try {
      return connection.isReadOnly() || storeMayWrite();
    } catch (SQLException e) {
      return false;
    }
  }

  private boolean storeMayWrite() {
    try {
      database.run(others, Dialect.Purpose.SESSION, sql -> sql.update(WRITE));
      return true;
    } catch (StoreUnavailableException | StoreFaultException e) {
      return false;
    }
  }
}
