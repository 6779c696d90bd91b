package dev.webhooks.host;

import dev.webhooks.Webhooks;
import dev.webhooks.model.Event;
import dev.webhooks.store.jdbc.JdbcTransaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;

/** Production code of a host: its own transaction, in which an event is published. */
final class OrderService {
  private final DataSource dataSource;
  private final Webhooks webhooks;

  OrderService(DataSource dataSource, Webhooks webhooks) {
    this.dataSource = dataSource;
    this.webhooks = webhooks;
  }

  /** Marks an order as paid and tells the customer's webhooks; an order is paid only once. */
  void pay(int order) {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      JdbcTransaction transaction = JdbcTransaction.on(connection);
      webhooks
          .account("acme")
          .in(transaction)
          .publish(Event.of("order.paid", Map.of("orderId", order)));
      markPaid(connection, order);
      connection.commit();
      transaction.committed();
    } catch (SQLException e) {
      throw new IllegalStateException("order " + order + " could not be paid", e);
    }
  }

  private static void markPaid(Connection connection, int order) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into paid_order values (?)")) {
      insert.setInt(1, order);
      insert.executeUpdate();
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    }
  }
}
