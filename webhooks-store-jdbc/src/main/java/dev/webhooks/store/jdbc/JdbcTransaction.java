package dev.webhooks.store.jdbc;

import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.store.HostTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;

/**
 * The host's JDBC transaction, which operations of the library join: they take part in its commit
 * or rollback, and neither end nor close it.
 *
 * <pre>{@code
 * connection.setAutoCommit(false);
 * orders.markPaid(connection, 17);
 * JdbcTransaction transaction = JdbcTransaction.on(connection);
 * acme.in(transaction).publish(Event.of("order.paid", Map.of("orderId", 17)));
 * connection.commit();
 * transaction.committed();
 * }</pre>
 *
 * <p>The connection must lead to the store's database, and to its schema unless that is named by
 * {@link JdbcWebhookStore.Builder#schema}. Operations fail with an {@link IllegalStateException}
 * that names the mistake if the connection leads to another product or finds no tables, if the
 * transaction is read-only and something is to be stored, or if the transaction has failed before.
 * A server that takes no writes from anybody, such as a standby, is reported as a
 * {@link StoreUnavailableException} instead.
 *
 * <p>Its isolation level is the host's choice; under REPEATABLE READ or above a conflict with a
 * concurrent publish of the same event id can make PostgreSQL refuse the rest of the transaction.
 * Not thread-safe, like the connection.
 */
public final class JdbcTransaction extends HostTransaction {
  private final Connection connection;

  private JdbcTransaction(Connection connection) {
    this.connection = connection;
  }

  /**
   * Returns the transaction that is open on a connection, or that its next statement begins.
   *
   * <p>Several may stand for one transaction. Each remembers the events published through it until
   * its {@link #committed()} is called.
   *
   * @param connection a connection of the host that is not in auto-commit mode
   * @throws IllegalStateException if the connection is closed or in auto-commit mode, in which
   *     there is no transaction to join. Later operations throw it for a transaction that is
   *     read-only or leads elsewhere
   * @throws StoreUnavailableException if the driver reports a fault
   */
  public static JdbcTransaction on(Connection connection) {
    JdbcTransaction transaction =
        new JdbcTransaction(Objects.requireNonNull(connection, "connection"));
    transaction.connection();
    return transaction;
  }

  /** Returns the connection after the checks of {@link #on}. */
  Connection connection() {
    try {
      if (connection.isClosed()) {
        throw new IllegalStateException("the connection is closed");
      }
      if (connection.getAutoCommit()) {
        throw new IllegalStateException(
            "the connection is in auto-commit mode: call setAutoCommit(false) first");
      }
      return connection;
    } catch (SQLException e) {
      throw new StoreUnavailableException("the host's connection is broken", false, e);
    }
  }
}
