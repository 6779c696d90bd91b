package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.testing.Patience;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Borrowing a connection ends within the store's own deadline, whatever the pool's is. */
class JdbcBorrowingTest {
  private static final Duration TIMEOUT = Duration.ofMillis(200);

  private final HikariDataSource pool = new HikariDataSource();

  JdbcBorrowingTest() {
    pool.setJdbcUrl("jdbc:h2:mem:" + UUID.randomUUID());
    pool.setUsername("sa");
    pool.setMaximumPoolSize(1);
    pool.setConnectionTimeout(Duration.ofMinutes(2).toMillis());
  }

  @AfterEach
  void closePool() {
    pool.close();
  }

  @Test
  void exhausted_pool_is_reported_in_time_and_used_again_afterwards() throws SQLException {
    // Long enough to open the store on a machine that is busy with other things.
    Duration timeout = Duration.ofSeconds(2);
    pool.getConnection().close();
    JdbcWebhookStore store =
        JdbcWebhookStore.builder(pool).connectionTimeout(timeout).build();
    store.open();
    try (Connection hog = pool.getConnection()) {
      long started = System.nanoTime();
      assertThatThrownBy(store::currentTime)
          .asInstanceOf(type(StoreUnavailableException.class))
          .extracting(StoreUnavailableException::outcomeUnknown)
          .isEqualTo(false);
      assertThat(Duration.ofNanos(System.nanoTime() - started))
          .isBetween(timeout, Duration.ofSeconds(30));
      assertThat(hog.isClosed()).isFalse();
    }

    assertThat(store.currentTime())
        .as("the connection that came too late has been closed")
        .isNotNull();
    store.close();
  }

  @Test
  void connection_that_comes_too_late_is_closed() throws Exception {
    LinkedBlockingQueue<Connection> closed = new LinkedBlockingQueue<>();
    CountDownLatch answer = new CountDownLatch(1);
    Connection late = Wrapped.proxy(Connection.class, (method, arguments) -> {
      assertThat(method.getName()).isEqualTo("close");
      closed.add(pool.getConnection());
      return null;
    });
    DataSourceConnections connections = new DataSourceConnections(
        Wrapped.dataSource(
            () -> {
              await(answer);
              return late;
            },
            connection -> connection),
        TIMEOUT);

    assertThatThrownBy(connections::borrow).isInstanceOf(StoreUnavailableException.class);
    answer.countDown();

    Connection marker = closed.poll(Patience.SECONDS, TimeUnit.SECONDS);
    assertThat(marker).isNotNull();
    marker.close();
  }

  @Test
  void pool_that_hangs_is_not_asked_by_ever_more_threads() {
    AtomicInteger asked = new AtomicInteger();
    CountDownLatch never = new CountDownLatch(1);
    DataSourceConnections connections = new DataSourceConnections(
        Wrapped.dataSource(
            () -> {
              asked.incrementAndGet();
              await(never);
              throw new SQLException("on purpose");
            },
            connection -> connection),
        Duration.ofMillis(1));
    List<String> refusals = new ArrayList<>();

    for (int i = 0; i < 3 * DataSourceConnections.MAX_ABANDONED; i++) {
      assertThatThrownBy(connections::borrow)
          .isInstanceOfSatisfying(
              StoreUnavailableException.class, e -> refusals.add(e.getMessage()));
    }

    assertThat(asked).hasValueLessThanOrEqualTo(DataSourceConnections.MAX_ABANDONED + 1);
    assertThat(refusals).hasSize(3 * DataSourceConnections.MAX_ABANDONED);
    never.countDown();
  }

  @Test
  void fault_of_the_pool_is_the_cause() {
    SQLException fault = new SQLException("on purpose");
    DataSourceConnections connections = new DataSourceConnections(
        Wrapped.dataSource(
            () -> {
              throw fault;
            },
            connection -> connection),
        Patience.LONG);

    assertThatThrownBy(connections::borrow)
        .isInstanceOf(StoreUnavailableException.class)
        .hasRootCause(fault);
  }

  @Test
  void interrupted_caller_stops_waiting_and_stays_interrupted() {
    CountDownLatch never = new CountDownLatch(1);
    DataSourceConnections connections = new DataSourceConnections(
        Wrapped.dataSource(
            () -> {
              await(never);
              throw new SQLException("on purpose");
            },
            connection -> connection),
        Patience.LONG);
    Thread.currentThread().interrupt();

    assertThatThrownBy(connections::borrow).isInstanceOf(StoreUnavailableException.class);

    assertThat(Thread.interrupted()).isTrue();
    never.countDown();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
