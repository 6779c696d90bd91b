package dev.webhooks.store.jdbc;

import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.store.HostTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;

/**
 * A JDBC transaction of the host, which operations of the library join. They take part in its
 * commit or rollback, and neither end it nor close the connection.
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
 * <p>The connection must lead to the store's database, and to its schema unless
 * {@link JdbcWebhookStore.Builder#schema} names it. Operations throw an
 * {@link IllegalStateException} that names the host's mistake: another product, no tables, a
 * read-only transaction, or one that failed before. A server that accepts no writes at all, such as
 * a standby, is a {@link StoreUnavailableException}.
 *
 * <p>The isolation level is the host's choice. Under REPEATABLE READ or above, a concurrent publish
 * of the same event id can make PostgreSQL refuse the rest of the transaction. Not thread-safe,
 * like the connection.
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
