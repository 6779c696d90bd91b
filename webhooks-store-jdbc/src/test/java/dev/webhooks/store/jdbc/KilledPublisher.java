package dev.webhooks.store.jdbc;

import dev.webhooks.spi.store.NewEvent;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.h2.jdbcx.JdbcConnectionPool;

/** A process that publishes until it is killed, and says after each commit what it has stored. */
final class KilledPublisher {
  private KilledPublisher() {}

  public static void main(String[] arguments) throws SQLException {
    JdbcConnectionPool pool = JdbcConnectionPool.create(arguments[0], "sa", "");
    JdbcWebhookStore store = JdbcWebhookStore.on(pool);
    store.open();
    long webhook = Samples.insertWebhook(store);
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table orders (delivery uuid)");
    }
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    while (true) {
      NewEvent own = Samples.event(webhook);
      Samples.publish(store, own);
      out.println(own.deliveries().get(0).ref().id());
      NewEvent hosts = Samples.event(webhook);
      publishInHostsTransaction(store, pool, hosts);
      out.println(hosts.deliveries().get(0).ref().id());
    }
  }

  private static void publishInHostsTransaction(
      JdbcWebhookStore store, JdbcConnectionPool pool, NewEvent event) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      try (PreparedStatement insert =
          connection.prepareStatement("insert into orders (delivery) values (?)")) {
        insert.setObject(1, event.deliveries().get(0).ref().id());
        insert.executeUpdate();
      }
      store.join(JdbcTransaction.on(connection), session -> session.insertEvents(List.of(event)));
      connection.commit();
    }
  }
}
