package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections of the host's pool are borrowed one at a time and come back as they were found. */
class JdbcConnectionTest {
  private static final int NETWORK_TIMEOUT = 4321;

  private final List<State> returned = new ArrayList<>();

  private static String url(String product) {
    return switch (product) {
      case "h2" -> "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;USER=sa";
      case "mariadb" -> TestMariaDb.url();
      default -> TestPostgres.url(TestPostgres.port(), TestPostgres.schema());
    };
  }

  /** Hands out one connection again and again, in the state that a host's pool might have it. */
  private DataSource pool(Connection only, State state) {
    return Wrapped.dataSource(() -> only, connection -> {
      connection.setReadOnly(state.readOnly);
      connection.setTransactionIsolation(state.isolation);
      connection.setAutoCommit(state.autoCommit);
      connection.setNetworkTimeout(Runnable::run, NETWORK_TIMEOUT);
      return unclosable(connection);
    });
  }

  private Connection unclosable(Connection connection) {
    return Wrapped.proxy(Connection.class, (method, arguments) -> {
      if (!method.getName().equals("close")) {
        return Wrapped.call(connection, method, arguments);
      }
      State found = State.of(connection);
      returned.add(found);
      if (!found.autoCommit) {
        connection.rollback();
      }
      return null;
    });
  }

  @ParameterizedTest
  @CsvSource({
    "h2, true, 2, false",
    "h2, false, 8, false",
    "h2, true, 4, true",
    "postgresql, true, 2, false",
    "postgresql, false, 8, false",
    "postgresql, true, 4, true",
    "mariadb, true, 2, false",
    "mariadb, false, 8, false",
    "mariadb, true, 4, true"
  })
  void connection_comes_back_as_it_was_found(
      String product, boolean autoCommit, int isolation, boolean readOnly) throws SQLException {
    try (Connection only = DriverManager.getConnection(url(product))) {
      DataSource pool = pool(only, new State(autoCommit, isolation, readOnly, NETWORK_TIMEOUT));
      State found;
      try (Connection connection = pool.getConnection()) {
        found = State.of(connection);
      }
      JdbcWebhookStore store = JdbcWebhookStore.on(pool);

      store.open();
      long me = store.instances().register("test");
      store.instances().beat(me);
      workThrough(store, me);
      store.instances().leave(me);
      assertThatThrownBy(() -> store.transact(session -> {
            session.countWebhooks(Samples.ACME);
            throw new IllegalArgumentException("on purpose");
          }))
          .isInstanceOf(IllegalArgumentException.class);

      assertThat(returned).hasSizeGreaterThan(15).containsOnly(found);
    }
  }

  private static void workThrough(JdbcWebhookStore store, long me) {
    store.currentTime();
    long number = Samples.insertWebhook(store);
    NewEvent event = Samples.event(number);
    Samples.publish(store, event, Samples.event(number, 0, "given"));
    WebhookConfiguration webhook = store.queue().configurations(List.of(number)).get(number);
    List<ClaimedDelivery> claimed =
        store.queue().claim(new ClaimRequest(me, Samples.NOW, 0, 10, 10, 1 << 20, Map.of()));
    store.queue().finish(me, List.of(Samples.delivered(claimed.get(0).claim())), Samples.NOW);
    store.queue().release(me, List.of(claimed.get(1).claim()));
    store.queue().releaseForgotten(me, id -> false);
    store.queue().endUnsendable(Samples.NOW, Samples.NOW, 10);
    store.queue().foldStatistics();
    store.queue().depth();
    store.log().page(webhook, DeliveryQuery.latest());
    store.log().count(webhook, DeliveryQuery.latest());
    store.log().find(webhook, event.deliveries().get(0).ref().id());
  }

  @ParameterizedTest
  @CsvSource({"h2", "postgresql", "mariadb"})
  void no_call_holds_two_connections_but_a_beat_which_keeps_one(String product)
      throws SQLException {
    AtomicInteger out = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    String url = url(product);
    DataSource counting = Wrapped.dataSource(() -> DriverManager.getConnection(url), connection -> {
      most.accumulateAndGet(out.incrementAndGet(), Math::max);
      return Wrapped.proxy(Connection.class, (method, arguments) -> {
        if (method.getName().equals("close") && !connection.isClosed()) {
          out.decrementAndGet();
        }
        return Wrapped.call(connection, method, arguments);
      });
    });
    JdbcWebhookStore store = JdbcWebhookStore.on(counting);
    store.open();
    long me = store.instances().register("test");

    workThrough(store, me);
    assertThat(most).hasValue(1);
    assertThat(out).hasValue(0);

    store.instances().beat(me);
    store.instances().beat(me);
    assertThat(out).as("kept").hasValue(1);
    workThrough(store, me);
    assertThat(most).as("the kept one and one more").hasValue(2);

    store.instances().leave(me);
    assertThat(out).hasValue(0);
  }

  @ParameterizedTest
  @CsvSource({"postgresql", "mariadb"})
  void pool_of_two_serves_many_threads(String product) throws Exception {
    try (HikariDataSource pool = product.equals("mariadb")
        ? TestMariaDb.pool(TestMariaDb.database(), 2)
        : TestPostgres.pool(TestPostgres.schema(), 2)) {
      JdbcWebhookStore store = JdbcWebhookStore.on(pool);
      store.open();
      long number = Samples.insertWebhook(store);
      ExecutorService threads = Executors.newFixedThreadPool(8);
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(threads.submit(() -> publishAndFinish(store, number)));
      }
      for (Future<?> one : all) {
        one.get();
      }
      threads.shutdown();

      assertThat(store.queue().depth().pending()).isZero();
    }
  }

  private static void publishAndFinish(JdbcWebhookStore store, long webhook) {
    long me = store.instances().register("test");
    for (int i = 0; i < 20; i++) {
      Samples.publish(store, Samples.event(webhook));
      finishAll(store, me);
    }
    while (store.queue().depth().pending() > 0) {
      finishAll(store, me);
    }
  }

  private static void finishAll(JdbcWebhookStore store, long me) {
    ClaimRequest request = new ClaimRequest(me, Samples.NOW, 0, 99, 99, 1 << 20, Map.of());
    store
        .queue()
        .claim(request)
        .forEach(claimed ->
            store.queue().finish(me, List.of(Samples.delivered(claimed.claim())), Samples.NOW));
  }

  @Test
  void fault_of_the_data_is_no_outage() throws SQLException {
    try (HikariDataSource pool = TestPostgres.pool(TestPostgres.schema(), 2)) {
      JdbcWebhookStore store = JdbcWebhookStore.on(pool);
      store.open();

      assertThatThrownBy(() -> Samples.write(
              store, session -> session.insertWebhook(Samples.webhook("NUL \0 inside"))))
          .isInstanceOf(IllegalStateException.class)
          .isNotInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("22021")
          .hasCauseInstanceOf(SQLException.class);
    }
  }

  private record State(boolean autoCommit, int isolation, boolean readOnly, int networkTimeout) {
    static State of(Connection connection) throws SQLException {
      return new State(
          connection.getAutoCommit(),
          connection.getTransactionIsolation(),
          connection.isReadOnly(),
          connection.getNetworkTimeout());
    }
  }
}
