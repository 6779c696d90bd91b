package dev.webhooks.endtoend;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.model.Event;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.store.jdbc.JdbcTransaction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * A host in a process of its own, to be killed: publishes as many events as it is told, starts to
 * send, publishes as many again, and sends until its end. It prints the id of each event once its
 * transaction has committed.
 *
 * <p>Arguments: JDBC URL, receiver's URL, file with the receiver's certificate, number of events.
 */
final class SenderProcess {
  private SenderProcess() {}

  public static void main(String[] arguments) throws Exception {
    String certificate = Files.readString(Path.of(arguments[2]));
    int events = Integer.parseInt(arguments[3]);
    HikariDataSource database = Databases.pool(arguments[0], 6);
    Webhooks webhooks =
        Sender.on(database, RecordingReceiver.certificate(certificate)).build();
    AccountWebhooks acme = webhooks.account("acme");
    acme.withIdempotencyKey("the-one").create(WebhookDraft.to(arguments[1]).events("dataset.*"));
    for (int number = 0; number < events; number++) {
      publish(database, acme, number);
    }
    // Only now does it send, so that all of them are under way at once; and it goes on publishing
    // meanwhile.
    webhooks.start();
    for (int number = 0; number < events; number++) {
      publish(database, acme, events + number);
    }
    new CountDownLatch(1).await();
  }

  private static void publish(HikariDataSource database, AccountWebhooks acme, int number)
      throws Exception {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      JdbcTransaction transaction = JdbcTransaction.on(connection);
      Map<String, Object> data = Map.of("datasetId", number, "changes", Map.of());
      String id =
          acme.in(transaction).publish(Event.of("dataset.updated", data)).eventId();
      connection.commit();
      System.out.println(id);
      transaction.committed();
    }
  }
}
