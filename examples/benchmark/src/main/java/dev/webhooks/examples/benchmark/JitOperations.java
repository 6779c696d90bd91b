package dev.webhooks.examples.benchmark;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.examples.benchmark.report.Samples;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.okhttp.OkHttpTransport;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.store.jdbc.JdbcTransaction;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/** Times one by one the questions that an instance and its host ask of the database all day. */
final class JitOperations implements AutoCloseable {
  private static final String ACCOUNT = "acme";
  private static final String TYPE = "order.paid";
  private static final int WEBHOOKS = 20;
  private static final int EVENTS = 1_000;
  private static final int BATCH = 100;

  private final DataSource database;
  private final JdbcWebhookStore store;
  private final Webhooks webhooks;
  private final AccountWebhooks account;
  private final long instance;

  private JitOperations(DataSource database) {
    this.database = database;
    store = JdbcWebhookStore.on(database);
    webhooks = Webhooks.builder()
        .store(store)
        .transport(OkHttpTransport.create())
        .secretCipher(SecretCipher.none())
        .allowTargets("localhost")
        .events(EventCatalog.acceptingAny())
        .sending(false)
        .build();
    webhooks.start();
    account = webhooks.account(ACCOUNT);
    instance = store.instances().register("jit");
  }

  static JitOperations on(DataSource database) {
    return new JitOperations(database);
  }

  /** Creates webhooks and a log of finished deliveries. */
  void seed() {
    for (int i = 0; i < WEBHOOKS; i++) {
      account.create(WebhookDraft.to("https://localhost/" + i).events("order.*"));
    }
    for (int i = 0; i < EVENTS; i += BATCH) {
      publish(BATCH);
      while (round() > 0) {}
    }
  }

  private void publish(int events) {
    account.publish(IntStream.range(0, events)
        .mapToObj(i -> Event.of(TYPE, Map.of("number", i)))
        .toList());
  }

  /** Runs each operation once and adds how long it took. */
  void time(Map<String, Samples> times) throws SQLException {
    String webhook = account.list(WebhookQuery.all()).data().get(0).id();
    time(times, "list", () -> account.list(WebhookQuery.all()));
    time(times, "get", () -> account.get(webhook));
    time(times, "log", () -> account.deliveries(webhook, DeliveryQuery.latest()));
    time(times, "publish", () -> publish(1));
    time(times, "round", this::round);
    time(times, "heartbeat", () -> store.instances().beat(instance));
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      AccountWebhooks joined = account.in(JdbcTransaction.on(connection));
      time(times, "host_publish", () -> joined.publish(Event.of(TYPE, Map.of("number", 1))));
      time(times, "host_list", () -> joined.list(WebhookQuery.all()));
      time(times, "host_get", () -> joined.get(webhook));
      connection.rollback();
    }
  }

  private static void time(Map<String, Samples> times, String name, Runnable operation) {
    long began = System.nanoTime();
    operation.run();
    double millis = (System.nanoTime() - began) / 1e6;
    times.computeIfAbsent(name, key -> new Samples()).add(millis);
  }

  /** Claims what is due, writes that it has arrived and counts it; returns how many there were. */
  private int round() {
    Instant now = store.currentTime();
    List<ClaimedDelivery> claimed = store
        .queue()
        .claim(new ClaimRequest(
            instance, now.plus(Duration.ofMinutes(1)), 0, 16, 256, 1 << 20, Map.of()));
    List<AttemptOutcome> outcomes = claimed.stream()
        .map(delivery -> new AttemptOutcome(
            delivery.claim(), 1, now, 5, 200, null, new byte[0], DeliveryStatus.SUCCESS, null))
        .toList();
    int finished =
        outcomes.isEmpty() ? 0 : store.queue().finish(instance, outcomes, now).size();
    store.queue().foldStatistics();
    return finished;
  }

  @Override
  public void close() {
    store.instances().leave(instance);
    webhooks.close();
  }
}
