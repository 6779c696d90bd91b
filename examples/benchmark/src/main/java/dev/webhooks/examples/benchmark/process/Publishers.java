package dev.webhooks.examples.benchmark.process;

import dev.webhooks.examples.benchmark.peers.Payload;
import dev.webhooks.examples.benchmark.peers.Sender;
import dev.webhooks.model.StoreUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** The threads of a host that publish. */
final class Publishers {
  private static final int BATCH = 200;
  private static final int MOST_ATTEMPTS = 20;
  private static final AtomicLong ROWS = new AtomicLong(System.nanoTime());

  private final Sender sender;
  private final DataSource database;

  Publishers(Sender sender, DataSource database) {
    this.sender = sender;
    this.database = database;
  }

  /**
   * Publishes events, numbered from {@code from}, from some threads: as fast as they go, or at a
   * rate that does not wait for the slow ones; in the sender's own transactions or the host's.
   */
  String publish(Words words) throws Exception {
    int from = words.number("from", 0);
    int events = words.number("events");
    int topics = words.number("topics");
    int firstTopic = words.number("first-topic", 0);
    int rate = words.number("rate", 0);
    boolean host = words.text("transaction", "own").equals("host");
    AtomicInteger next = new AtomicInteger();
    long began = System.nanoTime();
    onThreads(words.number("publishers"), () -> {
      for (int event = next.getAndIncrement(); event < events; event = next.getAndIncrement()) {
        if (rate > 0) {
          awaitTurn(began + event * 1_000_000_000L / rate);
        }
        int topic = topics == 0 ? Sender.EVERY_ENDPOINT : firstTopic + event % topics;
        byte[] payload = Payload.of(from + event, System.nanoTime());
        publishPersistently(host, topic, payload);
      }
      return null;
    });
    return "began=" + began + " ended=" + System.nanoTime();
  }

  /** On a machine that is very busy, it may take long to get a connection. */
  private void publishPersistently(boolean host, int topic, byte[] payload) throws Exception {
    for (int attempt = 1; ; attempt++) {
      try {
        if (host) {
          publishInHostTransaction(topic, payload);
        } else {
          sender.publish(topic, payload);
        }
        return;
      } catch (StoreUnavailableException e) {
        if (attempt == MOST_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private void publishInHostTransaction(int topic, byte[] payload) throws Exception {
    Runnable committed;
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      committed = sender.publish(connection, topic, payload);
      connection.commit();
    }
    committed.run();
  }

  private static void awaitTurn(long time) {
    for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** Publishes events many at a time, to fill the queue. */
  String queue(Words words) throws Exception {
    int from = words.number("from");
    int events = words.number("events");
    int topics = words.number("topics");
    long began = System.nanoTime();
    AtomicInteger next = new AtomicInteger();
    onThreads(4, () -> {
      for (int start = next.getAndAdd(BATCH); start < events; start = next.getAndAdd(BATCH)) {
        List<byte[]> payloads = new ArrayList<>();
        for (int event = start; event < Math.min(events, start + BATCH); event++) {
          payloads.add(Payload.of(from + event, System.nanoTime()));
        }
        sender.publishTogether(payloads, topics);
      }
      return null;
    });
    return "began=" + began + " ended=" + System.nanoTime();
  }

  /**
   * Runs transactions of a host that insert one row, with or without an event, for a while; tells
   * how long one took from getting the connection to giving it back.
   */
  String transactions(Words words) throws Exception {
    createRows();
    boolean publishing = words.number("publishing") == 1;
    long end = System.nanoTime() + words.large("millis") * 1_000_000;
    List<long[]> times = onThreads(words.number("threads"), () -> {
      long[] own = new long[1_024];
      int count = 0;
      while (System.nanoTime() < end) {
        own = count == own.length ? Arrays.copyOf(own, 2 * count) : own;
        long began = System.nanoTime();
        transaction(publishing, began);
        own[count++] = System.nanoTime() - began;
      }
      return Arrays.copyOf(own, count);
    });
    long[] all = times.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    return "count=" + all.length + " p50=" + at(all, 0.5) + " p99=" + at(all, 0.99);
  }

  private static double at(long[] sorted, double part) {
    return sorted[(int) (part * (sorted.length - 1))] / 1e6;
  }

  private void createRows() throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table if not exists host_rows (id bigint primary key, note"
          + " varchar(100) not null)");
    }
  }

  private void transaction(boolean publishing, long now) throws Exception {
    long row = ROWS.incrementAndGet();
    Runnable committed = () -> {};
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      try (PreparedStatement insert =
          connection.prepareStatement("insert into host_rows (id, note) values (?, ?)")) {
        insert.setLong(1, row);
        insert.setString(2, "an order of a customer");
        insert.executeUpdate();
      }
      if (publishing) {
        committed = sender.publish(connection, (int) (row % 50), Payload.of(0, now));
      }
      connection.commit();
      committed.run();
    }
  }

  private static <T> List<T> onThreads(int count, Callable<T> work) throws Exception {
    Callable<T> counted = () -> {
      try {
        return work.call();
      } finally {
        Memory.ending();
      }
    };
    ExecutorService threads = Executors.newFixedThreadPool(count);
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> result : threads.invokeAll(Collections.nCopies(count, counted))) {
        results.add(result.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
      boolean unused = threads.awaitTermination(1, TimeUnit.MINUTES);
    }
  }
}
