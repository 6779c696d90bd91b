package dev.webhooks.examples.benchmark.chaos;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.Event;
import dev.webhooks.model.WebhookException;
import dev.webhooks.store.jdbc.JdbcTransaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/**
 * The business of a host: each order is a row, and an event published in the same transaction. What
 * became of it is printed as {@code ack}, {@code refused} or {@code unknown} with the order's
 * number.
 */
final class Orders {
  private static final String FILLER = "x".repeat(400);

  private final Pace pace = new Pace();
  private final AtomicLong next;
  private final DataSource database;
  private final AccountWebhooks account;
  private final InstanceOptions options;
  private final List<Thread> threads = new ArrayList<>();
  private volatile int kinds = 1;

  Orders(DataSource database, AccountWebhooks account, InstanceOptions options) {
    this.database = database;
    this.account = account;
    this.options = options;
    this.next = new AtomicLong(options.life() * InstanceOptions.ORDERS_OF_A_LIFE);
  }

  void start() {
    for (int number = 0; number < options.threads(); number++) {
      Thread thread = new Thread(this::publishAtPace, "host-" + number);
      threads.add(thread);
      thread.start();
    }
  }

  void rate(int perSecond) {
    pace.rate(perSecond);
  }

  void publish(int events) {
    pace.burst(events);
  }

  void kinds(int count) {
    kinds = count;
  }

  /** Leaves a transaction open for a while after it has published, then commits. */
  void hold(Duration time) {
    Output.say("held " + place(time.toMillis()));
  }

  /** Says so once no transaction is under way any more. */
  void settle(int token) {
    try {
      pace.awaitIdle(options.threads());
      Output.say("settled " + token);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Publishes no more, and waits for the transactions under way. */
  void close() {
    pace.close();
    for (Thread thread : threads) {
      try {
        thread.join(Duration.ofSeconds(20).toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void publishAtPace() {
    try {
      while (pace.await()) {
        place(0);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Places an order; returns its number. */
  private long place(long holdMillis) {
    long order = next.incrementAndGet();
    int kind = (int) (order % kinds);
    long began = System.nanoTime();
    boolean committing = false;
    boolean committed = false;
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      insert(connection, order, kind);
      JdbcTransaction transaction = JdbcTransaction.on(connection);
      account.in(transaction).publish(event(order, kind, began));
      Thread.sleep(holdMillis);
      committing = true;
      connection.commit();
      committed = true;
      Output.say("ack " + order + " " + (System.nanoTime() - began) / 1_000);
      transaction.committed();
    } catch (WebhookException e) {
      Output.say("refused " + order + " " + e.code());
    } catch (SQLException e) {
      if (!committed) {
        String state = e.getSQLState() == null ? "none" : e.getSQLState();
        Output.say(committing ? "unknown " + order : "refused " + order + " SQL-" + state);
      }
    } catch (InterruptedException e) {
      Output.say("refused " + order + " interrupted");
      Thread.currentThread().interrupt();
    }
    return order;
  }

  private void insert(Connection connection, long order, int kind) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into orders (id, instance, kind) values (?, ?, ?)")) {
      insert.setLong(1, order);
      insert.setString(2, options.name());
      insert.setInt(3, kind);
      insert.executeUpdate();
    }
  }

  /** Half of the events have an id of the host, half one that the library makes. */
  static Event event(long order, int kind, long began) {
    String json =
        "{\"orderId\":" + order + ",\"published\":" + began + ",\"filler\":\"" + FILLER + "\"}";
    Event event = Event.ofJson(Endpoint.eventType(kind), json);
    return order / 2 % 2 == 0 ? event.withId("order-" + order) : event;
  }
}
