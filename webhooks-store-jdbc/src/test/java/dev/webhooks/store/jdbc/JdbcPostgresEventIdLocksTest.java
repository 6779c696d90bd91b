package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.StoreSession.EventReceipt;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Transactions of hosts with more given event ids than the server has room for locks. Each event is
 * published through a handle of its own, as the joins for Jakarta and jOOQ do. Nobody sets a limit
 * to waiting for locks, so a test in which anybody waits for an open transaction never ends.
 */
class JdbcPostgresEventIdLocksTest {
  /** Half of what the server sets aside for each connection. */
  private static final int MOST_LOCKS = 32;

  /** So many locks has a server with 100 connections set aside in all. */
  private static final int CAPACITY = 6_400;

  private final String schema = TestPostgres.schema();
  private HikariDataSource pool;
  private JdbcWebhookStore store;
  private long webhook;

  @BeforeEach
  void open() {
    open(TestPostgres.pool(schema, 10));
  }

  private void open(HikariDataSource opened) {
    pool = opened;
    store = JdbcWebhookStore.on(pool);
    store.open();
    webhook = Samples.insertWebhook(store);
  }

  @AfterEach
  void close() {
    if (store != null) {
      store.close();
    }
    if (pool != null) {
      pool.close();
    }
  }

  @Test
  void thirteen_thousand_given_ids_fit_in_one_transaction_and_leave_room_for_others()
      throws Exception {
    close();
    try (PostgresServer server = PostgresServer.start(Map.of("max_connections", "100"));
        Connection elsewhere = otherDatabase(server)) {
      open(TestPostgres.pool(server, "public", 4));
      try (Connection host = begin()) {
        for (int i = 0; i < 13_000; i++) {
          publish(host, "order-" + i);
          if (i % 1_000 == 999) {
            takeLocks(elsewhere, CAPACITY / 2);
          }
        }
        assertThat(locksOf(host)).isLessThanOrEqualTo(CAPACITY / 100);
        host.commit();
      }
      assertThat(count("webhooks_event")).isEqualTo(13_000);
      assertThat(count("webhooks_queue")).isEqualTo(13_000);
    }
  }

  private static Connection otherDatabase(PostgresServer server) throws SQLException {
    String url = TestPostgres.url(server.port(), "public");
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("create database other");
    }
    return DriverManager.getConnection(url.replace("/postgres?", "/other?"));
  }

  private static void takeLocks(Connection connection, int count) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "select count(pg_try_advisory_xact_lock(n)) from generate_series(1, " + count + ") n");
    }
    connection.commit();
  }

  @Test
  void budget_is_the_transactions_however_many_handles_and_wrappers_there_are()
      throws SQLException {
    try (Connection host = begin()) {
      for (int i = 0; i < 4 * MOST_LOCKS; i++) {
        Connection wrapper = Wrapped.watched(host, method -> {});
        publish(i % 2 == 0 ? host : wrapper, "order-" + i);
      }
      assertThat(locksOf(host)).isLessThanOrEqualTo(2 * MOST_LOCKS);
      host.commit();

      publish(host, "next");
      assertThat(locksOf(host)).as("the next transaction begins anew").isEqualTo(1);
      assertBusy(() -> publishAlone("next"));
      host.rollback();
    }
    assertThat(count("webhooks_event")).isEqualTo(4 * MOST_LOCKS);
  }

  @Test
  void savepoint_rolled_back_gives_locks_and_budget_back() throws SQLException {
    try (Connection host = begin();
        Connection other = begin()) {
      publish(host, "kept");
      for (int round = 0; round < 3; round++) {
        Savepoint savepoint = host.setSavepoint();
        publishMany(host, "undone", 2 * MOST_LOCKS);
        assertBusy(() -> publish(other, "undone-0"));
        assertBusy(() -> publish(other, "undone-" + (2 * MOST_LOCKS - 1)));
        other.rollback();
        host.rollback(savepoint);
      }
      assertThat(locksOf(host)).isEqualTo(1);
      publishMany(other, "undone", 2 * MOST_LOCKS);
      assertBusy(() -> publish(host, "undone-0"));
      assertBusy(() -> publish(host, "undone-" + (2 * MOST_LOCKS - 1)));
      other.commit();
      host.commit();
    }
    assertThat(count("webhooks_event")).isEqualTo(1 + 2 * MOST_LOCKS);
  }

  @Test
  void ids_beyond_the_budget_are_refused_to_others_at_once_and_the_other_way_round()
      throws SQLException {
    try (Connection host = begin();
        Connection other = begin()) {
      publish(other, "others");
      publishMany(host, "order", 3 * MOST_LOCKS);

      assertBusy(() -> publish(host, "others"));
      for (int i = 0; i < 3 * MOST_LOCKS; i++) {
        String id = "order-" + i;
        assertBusy(() -> publish(other, id));
        assertBusy(() -> publishAlone(id));
      }
      publish(other, "others-next");
      publishAlone("own");
      assertThat(publish(host, "order-0").stored()).isFalse();
      assertThat(publish(host, "order-90").stored()).isFalse();
      host.commit();
      other.commit();
    }
    assertThat(count("webhooks_event")).isEqualTo(3 * MOST_LOCKS + 3);
    assertThat(publishAlone("order-90").stored()).isFalse();
  }

  @Test
  void several_that_are_beyond_their_budget_share_an_account() throws SQLException {
    try (Connection one = begin();
        Connection two = begin()) {
      publishMany(one, "one", 2 * MOST_LOCKS);
      publishMany(two, "two", 2 * MOST_LOCKS);
      assertBusy(() -> publish(two, "one-0"));
      assertBusy(() -> publish(two, "one-63"));
      assertBusy(() -> publish(one, "two-0"));
      assertBusy(() -> publish(one, "two-63"));
      one.rollback();

      assertThat(publish(two, "one-63").stored()).isTrue();
      assertBusy(() -> publishAlone("one-63"));
      two.commit();
    }
    assertThat(count("webhooks_event")).isEqualTo(2 * MOST_LOCKS + 1);
  }

  @Test
  void many_in_one_call_are_stored_whole_or_refused_whole() throws SQLException {
    try (Connection host = begin();
        Connection other = begin()) {
      publish(host, given("call", 0, 2_500));
      assertThat(locksOf(host)).isLessThanOrEqualTo(2 * MOST_LOCKS);
      NewEvent[] more = given("more", 0, 1_500);
      more[1_400] = event("call-2400");

      assertBusy(() -> publish(other, more));
      assertThat(countIn(other, "webhooks_event")).isZero();
      publish(other, given("more", 0, 1_500));
      host.commit();
      other.commit();
    }
    assertThat(count("webhooks_event")).isEqualTo(4_000);
  }

  /** All transactions stay open until the last one has published all. */
  @Test
  void nobody_ever_waits_and_each_id_is_stored_once() throws Exception {
    int transactions = 6;
    List<String> ids =
        IntStream.range(0, 3 * MOST_LOCKS).mapToObj(i -> "order-" + i).toList();
    CyclicBarrier allPublished = new CyclicBarrier(transactions);
    ExecutorService threads = Executors.newFixedThreadPool(transactions);
    try {
      List<Future<Integer>> stored = new ArrayList<>();
      for (int i = 0; i < transactions; i++) {
        List<String> shuffled = new ArrayList<>(ids);
        Collections.shuffle(shuffled, new Random(i));
        stored.add(threads.submit(() -> publishAsFarAsFree(shuffled, allPublished)));
      }
      int sum = 0;
      for (Future<Integer> one : stored) {
        sum += one.get();
      }
      assertThat(sum).isEqualTo(count("webhooks_event")).isPositive();
    } finally {
      threads.shutdownNow();
    }
  }

  private int publishAsFarAsFree(List<String> ids, CyclicBarrier allPublished) throws Exception {
    int stored = 0;
    try (Connection host = begin()) {
      for (String id : ids) {
        try {
          stored += publish(host, id).stored() ? 1 : 0;
        } catch (WebhookException e) {
          assertThat(e.code()).isEqualTo(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY);
        }
      }
      allPublished.await();
      host.commit();
    }
    return stored;
  }

  // ---- what a host does

  private Connection begin() throws SQLException {
    Connection connection = pool.getConnection();
    connection.setAutoCommit(false);
    return connection;
  }

  private void publishMany(Connection host, String prefix, int count) {
    for (int i = 0; i < count; i++) {
      assertThat(publish(host, prefix + "-" + i).stored()).isTrue();
    }
  }

  private EventReceipt publish(Connection host, String id) {
    return publish(host, event(id)).get(0);
  }

  private List<EventReceipt> publish(Connection host, NewEvent... events) {
    return store.join(JdbcTransaction.on(host), session -> session.insertEvents(List.of(events)));
  }

  private EventReceipt publishAlone(String id) {
    return store.transact(session -> session.insertEvents(List.of(event(id)))).get(0);
  }

  private NewEvent[] given(String prefix, int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> event(prefix + "-" + i))
        .toArray(NewEvent[]::new);
  }

  private NewEvent event(String id) {
    return Samples.event(webhook, 0, id);
  }

  private static void assertBusy(Callable<?> publish) {
    assertThatThrownBy(publish::call)
        .asInstanceOf(type(WebhookException.class))
        .extracting(WebhookException::code)
        .isEqualTo(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY);
  }

  // ---- what the server has

  private static int locksOf(Connection host) throws SQLException {
    return number(
        host,
        "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()");
  }

  private int count(String table) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      return number(connection, "select count(*) from " + table);
    }
  }

  private static int countIn(Connection host, String table) throws SQLException {
    return number(host, "select count(*) from " + table);
  }

  private static int number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getInt(1);
    }
  }
}
