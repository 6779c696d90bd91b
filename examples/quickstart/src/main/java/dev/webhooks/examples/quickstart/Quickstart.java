package dev.webhooks.examples.quickstart;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.examples.quickstart.Receiver.Arrival;
import dev.webhooks.model.CreatedWebhook;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.RetrySchedule;
import dev.webhooks.model.Webhook;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.okhttp.OkHttpTransport;
import dev.webhooks.spi.DeliveryListener;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.store.jdbc.JdbcTransaction;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * Shows the main job: events published in the host's own transactions arrive, signed, at HTTPS
 * endpoints.
 *
 * <p>Everything is real: an H2 file with a table of the host's, an HTTPS receiver that verifies
 * signatures, one endpoint that fails twice before it accepts. It can be run again on the same
 * files, and exits with 1 if a promise was broken.
 */
public final class Quickstart {
  private static final List<Event> EVENTS = List.of(
      Event.of(
          "dataset.created",
          Map.of("datasetId", "ds-1", "name", "Birds of Ceylon", "type", "table")),
      Event.of(
          "dataset.task.started", Map.of("taskId", "t-1", "type", "import", "datasetId", "ds-1")),
      Event.of(
          "dataset.task.completed",
          Map.of("taskId", "t-1", "results", List.of("ok"), "duration", 1.25)),
      Event.of(
          "dataset.task.failed", Map.of("taskId", "t-2", "error", "timeout", "details", "step 3")),
      Event.of("dataset.updated", Map.of("datasetId", "ds-1", "changes", Map.of("name", "Birds"))),
      Event.of("datasource.uploaded", Map.of("datasourceId", "src-1", "fileName", "birds.csv")),
      Event.of("datasource.processed", Map.of("datasourceId", "src-1", "status", "done")));
  private static final int TO_DATASETS = 5;
  private static final int TO_EVERYTHING = 7;
  private static final int FAILURES = 2;

  private final DataSource database;
  private final JobTable jobs;
  private final Receiver receiver;
  private final CountDownLatch succeeded = new CountDownLatch(TO_DATASETS + TO_EVERYTHING);
  private final Promises promises = new Promises();

  private Quickstart(DataSource database, Receiver receiver) throws SQLException {
    this.database = database;
    this.jobs = new JobTable(database);
    this.receiver = receiver;
  }

  public static void main(String[] args) throws Exception {
    Path directory =
        Files.createDirectories(Path.of(args.length > 0 ? args[0] : "target/quickstart"));
    JdbcConnectionPool pool = JdbcConnectionPool.create(
        "jdbc:h2:file:" + directory.resolve("host").toAbsolutePath(), "sa", "");
    boolean kept;
    try (Receiver receiver = new Receiver()) {
      kept = new Quickstart(pool, receiver).run();
    } finally {
      pool.dispose();
    }
    System.exit(kept ? 0 : 1);
  }

  private boolean run() throws Exception {
    Webhooks webhooks = Webhooks.builder()
        .store(JdbcWebhookStore.on(database))
        .transport(OkHttpTransport.builder().trust(receiver.certificate()).build())
        .events(EventCatalog.builtIn())
        .retrySchedule(RetrySchedule.after(Duration.ofMillis(200), Duration.ofMillis(400)))
        .allowTargets("localhost")
        // Secrets as plain text, for a demo only: a real host gives an AesGcmSecretCipher.
        .secretCipher(SecretCipher.none())
        .listener(new DeliveryListener() {
          @Override
          public void deliverySucceeded(Finished delivery) {
            succeeded.countDown();
          }
        })
        .build();
    try (webhooks) {
      webhooks.start();
      AccountWebhooks acme = webhooks.account("acme");
      forgetEarlierRuns(acme);
      Webhook datasets = register(acme, "Datasets only", "/datasets", "dataset.*");
      Webhook everything = register(acme, "Everything", "/everything", "*");
      receiver.failsFirst("/everything", FAILURES);
      int jobsBefore = jobs.count();

      Set<String> committed = publishAll(acme);
      String rolledBack = publishAndRollBack(acme);
      boolean inTime = succeeded.await(30, TimeUnit.SECONDS);

      List<Delivery> log = printLog(acme, List.of(datasets, everything));
      System.out.println("\nPromises");
      promises.check("every delivery succeeded within 30 s", inTime);
      promises.check(
          "each host row was stored with its event", jobs.count() == jobsBefore + committed.size());
      checkArrivals(committed, rolledBack);
      promises.check("the log shows 12 deliveries, all of them successful", allSuccessful(log));
    }
    return promises.conclude();
  }

  private static void forgetEarlierRuns(AccountWebhooks acme) {
    List<Webhook> earlier = acme.list(WebhookQuery.all()).data();
    earlier.forEach(webhook -> acme.delete(webhook.id()));
    System.out.printf(
        Locale.ROOT,
        "Opened the database; %d webhooks of an earlier run were deleted.%n",
        earlier.size());
  }

  private Webhook register(AccountWebhooks acme, String name, String path, String events) {
    CreatedWebhook created =
        acme.create(WebhookDraft.to(receiver.url(path)).name(name).events(events));
    created.secret().ifPresent(secret -> receiver.knows(path, secret.reveal()));
    System.out.printf(
        Locale.ROOT,
        "Registered %s for %s at %s%n",
        created.webhook().id(),
        events,
        created.webhook().url());
    return created.webhook();
  }

  /** Publishes each event together with a row of the host's, in one transaction. */
  private Set<String> publishAll(AccountWebhooks acme) throws SQLException {
    System.out.println("\nPublished");
    Set<String> ids = new LinkedHashSet<>();
    for (Event event : EVENTS) {
      try (Connection connection = database.getConnection()) {
        connection.setAutoCommit(false);
        jobs.insert(connection, event.type());
        JdbcTransaction transaction = JdbcTransaction.on(connection);
        String id = acme.in(transaction).publish(event).eventId();
        connection.commit();
        transaction.committed();
        ids.add(id);
        System.out.printf(Locale.ROOT, "  %s  %s%n", id, event.type());
      }
    }
    return ids;
  }

  private String publishAndRollBack(AccountWebhooks acme) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      jobs.insert(connection, "never");
      String id = acme.in(JdbcTransaction.on(connection)).publish(EVENTS.get(0)).eventId();
      connection.rollback();
      System.out.printf(
          Locale.ROOT, "  %s  %s, rolled back%n", id, EVENTS.get(0).type());
      return id;
    }
  }

  private void checkArrivals(Set<String> committed, String rolledBack) {
    List<Arrival> arrivals = receiver.arrivals();
    Set<String> accepted = arrivals.stream()
        .filter(arrival -> arrival.answered() == 200)
        .map(Arrival::eventId)
        .collect(Collectors.toSet());
    long failed = arrivals.stream().filter(arrival -> arrival.answered() == 500).count();
    promises.check("every committed event arrived, and no other", accepted.equals(committed));
    promises.check(
        "the rolled back one never arrived",
        arrivals.stream().noneMatch(arrival -> arrival.eventId().equals(rolledBack)));
    promises.check(
        "each request verified in both signature forms",
        arrivals.stream().allMatch(Arrival::genuine));
    promises.check(
        "the failing endpoint was tried again until it accepted",
        failed == FAILURES && arrivals.size() == TO_DATASETS + TO_EVERYTHING + FAILURES);
  }

  private static boolean allSuccessful(List<Delivery> log) {
    return log.size() == TO_DATASETS + TO_EVERYTHING
        && log.stream().allMatch(delivery -> delivery.status() == DeliveryStatus.SUCCESS);
  }

  private List<Delivery> printLog(AccountWebhooks acme, List<Webhook> webhooks) {
    System.out.println("\nArrived");
    receiver
        .arrivals()
        .forEach(arrival -> System.out.printf(
            Locale.ROOT,
            "  %-12s %-23s attempt %d, answered %d, %s%n",
            arrival.path(),
            arrival.event(),
            arrival.attempt(),
            arrival.answered(),
            arrival.genuine() ? "signatures verified" : "FORGED"));
    System.out.printf(
        Locale.ROOT,
        "%nDelivery log%n  %-13s %-23s %-8s %8s %6s %7s%n",
        "webhook",
        "event",
        "status",
        "attempts",
        "http",
        "ms");
    List<Delivery> all = new ArrayList<>();
    for (Webhook webhook : webhooks) {
      for (Delivery delivery :
          acme.deliveries(webhook.id(), DeliveryQuery.latest()).data()) {
        all.add(delivery);
        System.out.printf(
            Locale.ROOT,
            "  %-13s %-23s %-8s %8d %6d %7d%n",
            webhook.name(),
            delivery.event(),
            delivery.status(),
            delivery.attempts(),
            delivery.responseStatus(),
            delivery.responseTimeMs());
      }
    }
    return all;
  }
}
