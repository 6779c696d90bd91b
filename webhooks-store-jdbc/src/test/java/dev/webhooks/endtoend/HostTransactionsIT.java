package dev.webhooks.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.model.Event;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.store.jdbc.JdbcTransaction;
import dev.webhooks.store.jdbc.PostgresServer;
import dev.webhooks.store.jdbc.TestMariaDb;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many threads publish in transactions of the host's own, of which every third is rolled back. */
class HostTransactionsIT {
  private static final int THREADS = 8;
  private static final int EVENTS = 2_000;

  private final Set<String> committed = ConcurrentHashMap.newKeySet();
  private final Set<String> rolledBack = ConcurrentHashMap.newKeySet();

  @Test
  void on_postgresql_exactly_what_was_committed_arrives() throws Exception {
    try (PostgresServer server = PostgresServer.durable()) {
      exactlyWhatWasCommittedArrives(Databases.postgresUrl(server));
    }
  }

  @Test
  void on_mariadb_exactly_what_was_committed_arrives() throws Exception {
    exactlyWhatWasCommittedArrives(TestMariaDb.url());
  }

  @Test
  void on_h2_exactly_what_was_committed_arrives(@TempDir Path directory) throws Exception {
    exactlyWhatWasCommittedArrives(Databases.h2Url(directory));
  }

  private void exactlyWhatWasCommittedArrives(String url) throws Exception {
    try (RecordingReceiver receiver = new RecordingReceiver();
        HikariDataSource database = Databases.pool(url, THREADS + 4);
        Webhooks webhooks = Sender.on(database, receiver.certificate()).build()) {
      Databases.execute(
          database, "create table job (number int primary key, event_id varchar(64))");
      webhooks.start();
      AccountWebhooks acme = webhooks.account("acme");
      acme.create(WebhookDraft.to(receiver.url()).events("dataset.*"));

      publishFromManyThreads(database, acme);

      assertThat(receiver.missing(committed)).isEmpty();
      assertThat(rolledBack).hasSizeGreaterThan(EVENTS / 4);
      assertThat(committed).hasSize(EVENTS - rolledBack.size());
      webhooks.close();
      assertThat(Databases.count(database, "select count(*) from webhooks_queue"))
          .as("closing has written every outcome, so nothing is left that could arrive later")
          .isZero();
      assertThat(receiver.ids()).isEqualTo(committed);
      assertThat(receiver.repeated()).as("no fault, so no repetition").isEmpty();
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
          Random random = new Random(first);
          for (int number = first; number < EVENTS; number += THREADS) {
            publish(database, acme, number, random.nextInt(3) == 0);
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

  private void publish(
      HikariDataSource database, AccountWebhooks acme, int number, boolean rollBack)
      throws Exception {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      JdbcTransaction transaction = JdbcTransaction.on(connection);
      Map<String, Object> data = Map.of("datasetId", number, "changes", Map.of());
      String id =
          acme.in(transaction).publish(Event.of("dataset.updated", data)).eventId();
      try (PreparedStatement insert =
          connection.prepareStatement("insert into job values (?, ?)")) {
        insert.setInt(1, number);
        insert.setString(2, id);
        insert.executeUpdate();
      }
      if (rollBack) {
        connection.rollback();
        rolledBack.add(id);
      } else {
        connection.commit();
        committed.add(id);
        // Every other host forgets to say so: then the poller finds the event.
        if (number % 2 == 0) {
          transaction.committed();
        }
      }
    }
  }
}
