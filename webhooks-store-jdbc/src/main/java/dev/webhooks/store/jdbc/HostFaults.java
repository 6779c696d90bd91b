package dev.webhooks.store.jdbc;

import dev.webhooks.model.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Tells the host's mistakes from faults of the database, where an operation in the host's
 * transaction has failed: callers repeat what the database could not do. Thread-safe.
 */
final class HostFaults {
  /** Short, since the host holds a connection meanwhile. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  /** Changes no row: numbers begin with 1. */
  private static final String WRITE = "update {instance} set beat = beat where no = 0";

  private final Database database;
  private final ConnectionSource others;
  private final String product;

  /**
   * For one store.
   *
   * @param product the name and version of its database
   */
  HostFaults(Database database, Borrower pool, String product) {
    this.database = database;
    this.others = pool.within(PATIENCE);
    this.product = product;
  }

  /**
   * Turns a fault into what the operation throws.
   *
   * @param connection the host's
   */
  RuntimeException notStored(SQLException fault, Connection connection) {
    String elsewhere = otherProduct(connection);
    if (elsewhere != null) {
      return new IllegalStateException(
          "the host's connection leads to " + elsewhere + ", and the webhooks are stored in "
              + product + ": join a transaction of the store's database",
          fault);
    }
    return switch (SqlErrors.meaning(fault, database.dialect)) {
      case READ_ONLY ->
        isMistake(connection)
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

  /** Returns the connection's product if it is not the store's; its errors mean something else. */
  private @Nullable String otherProduct(Connection connection) {
    try {
      String name = connection.getMetaData().getDatabaseProductName();
      return product.startsWith(name + " ") ? null : name;
    } catch (SQLException e) {
      return null;
    }
  }

  /**
   * Returns whether the host alone may not write. If the driver does not know of it, another
   * connection is asked: this one may refuse every statement until its rollback, and a server that
   * takes no writes from anybody is no mistake of the host.
   */
  private boolean isMistake(Connection connection) {
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
