package dev.webhooks.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.model.Event;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.store.jdbc.JdbcTransaction;
import dev.webhooks.store.jdbc.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * The connection is cut just after the server committed: nobody knows the outcome, and yet nothing
 * is lost.
 */
class LostCommitIT {
  private static final int PUBLISHES = 400;
  private static final int THREADS = 4;

  @Test
  void every_event_whose_commit_lost_its_answer_arrives_without_a_restart() throws Exception {
    try (PostgresServer server = PostgresServer.durable();
        CommitCuttingProxy proxy = new CommitCuttingProxy(server.port());
        RecordingReceiver receiver = new RecordingReceiver();
        HikariDataSource database =
            Databases.pool(Databases.postgresUrl(proxy.port()) + "&sslmode=disable", 12);
        Webhooks webhooks = Sender.on(database, receiver.certificate()).build()) {
      webhooks.start();
      AccountWebhooks acme = webhooks.account("acme");
      acme.create(WebhookDraft.to(receiver.url()).events("dataset.*"));

      proxy.startCutting();
      publishFromManyThreads(database, acme);
      proxy.stopCutting();

      assertThat(proxy.cuts()).isEqualTo(PUBLISHES);
      Set<String> expected = new HashSet<>();
      for (int number = 0; number < PUBLISHES; number++) {
        expected.add("event-" + number);
      }
      assertThat(receiver.missing(expected)).isEmpty();
      assertThat(receiver.ids()).isEqualTo(expected);
    }
  }

  private void publishFromManyThreads(HikariDataSource database, AccountWebhooks acme)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> publishers = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int first = thread;
        publishers.add(threads.submit(() -> {
          for (int number = first; number < PUBLISHES; number += THREADS) {
            Map<String, Object> data = Map.of("datasetId", number, "changes", Map.of());
            Event event = Event.of("dataset.updated", data).withId("event-" + number);
            if (number % 2 == 0) {
              publishAlone(acme, event);
            } else {
              publishInHostTransaction(database, acme, event);
            }
          }
          return null;
        }));
      }
      for (Future<?> publisher : publishers) {
        publisher.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void publishAlone(AccountWebhooks acme, Event event) {
    Throwable fault = catchThrowable(() -> acme.publish(event));

    assertThat(fault)
        .isInstanceOfSatisfying(
            StoreUnavailableException.class,
            away -> assertThat(away.outcomeUnknown()).isTrue());
  }

  private static void publishInHostTransaction(
      HikariDataSource database, AccountWebhooks acme, Event event) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      acme.in(JdbcTransaction.on(connection)).publish(event);
      assertThat(catchThrowable(connection::commit)).isInstanceOf(SQLException.class);
    }
  }
}
