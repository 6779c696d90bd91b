package dev.webhooks.examples.benchmark;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.okhttp.OkHttpTransport;
import dev.webhooks.store.jdbc.JdbcTransaction;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * Measures how many deliveries a second arrive, from the first publish to the last arrival:
 * payloads of 1 KB, 50 webhooks, signed twice, every attempt logged, over HTTPS to a receiver in
 * the same process.
 *
 * <p>Arguments, all optional: {@code postgresql}, {@code h2} or a JDBC URL; {@code own} or
 * {@code host} (whose transaction); events; publishing threads; events in one publish. The run is
 * repeated three times on fresh webhooks after one to warm up; the median counts.
 */
final class Throughput {
  private static final int CONNECTIONS = 16;
  private static final int WEBHOOKS = 50;
  private static final int RUNS = 3;
  private static final int PAYLOAD = 1_024;

  private final DataSource database;
  private final boolean hostTransactions;
  private final int events;
  private final int publishers;
  private final int batch;

  private Throughput(
      DataSource database, boolean hostTransactions, int events, int publishers, int batch) {
    this.database = database;
    this.hostTransactions = hostTransactions;
    this.events = events;
    this.publishers = publishers;
    this.batch = batch;
  }

  /** Measures; the arguments are those of the class. */
  static boolean measure(String[] args) throws Exception {
    boolean hostTransactions = args.length > 1 && args[1].equals("host");
    int events = args.length > 2 ? Integer.parseInt(args[2]) : 20_000;
    int publishers = args.length > 3 ? Integer.parseInt(args[3]) : 64;
    int batch = args.length > 4 ? Integer.parseInt(args[4]) : 1;
    try (BenchmarkDatabase database =
        BenchmarkDatabase.open(args.length > 0 ? args[0] : "postgresql", CONNECTIONS)) {
      new Throughput(database.pool(), hostTransactions, events, publishers, batch)
          .measure(database.product());
    }
    return true;
  }

  private void measure(String product) throws Exception {
    List<Double> rates = new ArrayList<>();
    try (CountingReceiver receiver = new CountingReceiver();
        Webhooks webhooks = Webhooks.builder()
            .store(JdbcWebhookStore.on(database))
            .transport(OkHttpTransport.builder().trust(receiver.certificate()).build())
            .allowTargets("localhost")
            .events(catalog())
            .build()) {
      webhooks.start();
      for (int run = 0; run <= RUNS; run++) {
        double rate = run(webhooks.account("run-" + run), receiver);
        System.out.printf("%s: %,.0f deliveries/s%n", run == 0 ? "warm-up" : "run " + run, rate);
        if (run > 0) {
          rates.add(rate);
        }
      }
    }
    rates.sort(null);
    String kind = hostTransactions ? "host" : "own";
    System.out.printf(
        "throughput.%s.%s.deliveries_per_second=%.0f (%d events, %d publishers, %d events a publish, JDK %s, %d processors)%n",
        product,
        kind,
        rates.get(rates.size() / 2),
        events,
        publishers,
        batch,
        System.getProperty("java.version"),
        Runtime.getRuntime().availableProcessors());
  }

  private static EventCatalog catalog() {
    EventCatalog.Builder catalog = EventCatalog.builder();
    for (int number = 0; number < WEBHOOKS; number++) {
      catalog.event("event.number-" + number, "An event for webhook " + number);
    }
    return catalog.build();
  }

  /** Publishes all events, each to one of the webhooks, and waits for the last to arrive. */
  private double run(AccountWebhooks account, CountingReceiver receiver) throws Exception {
    for (int number = 0; number < WEBHOOKS; number++) {
      account.create(WebhookDraft.to(receiver.url()).events("event.number-" + number));
    }
    int target = receiver.count() + events;
    ExecutorService threads = Executors.newFixedThreadPool(publishers);
    AtomicInteger next = new AtomicInteger();
    long began = System.nanoTime();
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < publishers; thread++) {
        running.add(threads.submit(() -> {
          for (int first = next.getAndAdd(batch); first < events; first = next.getAndAdd(batch)) {
            publish(account, first, Math.min(events, first + batch));
          }
          return null;
        }));
      }
      for (Future<?> publisher : running) {
        publisher.get();
      }
      receiver.await(target);
    } finally {
      threads.shutdownNow();
    }
    return events / ((System.nanoTime() - began) / 1e9);
  }

  /** Publishes the events from the first number up to the end in one transaction. */
  private void publish(AccountWebhooks account, int first, int end) throws Exception {
    List<Event> together = new ArrayList<>();
    for (int number = first; number < end; number++) {
      together.add(Event.ofJson("event.number-" + number % WEBHOOKS, payload(number)));
    }
    if (!hostTransactions) {
      account.publish(together);
      return;
    }
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      JdbcTransaction transaction = JdbcTransaction.on(connection);
      account.in(transaction).publish(together);
      connection.commit();
      transaction.committed();
    }
  }

  private static byte[] payload(int number) {
    byte[] json = new byte[PAYLOAD];
    Arrays.fill(json, (byte) 'x');
    byte[] start = ("{\"number\":" + number + ",\"filler\":\"").getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(start, 0, json, 0, start.length);
    json[PAYLOAD - 2] = '"';
    json[PAYLOAD - 1] = '}';
    return json;
  }
}
