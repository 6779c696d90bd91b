package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.spi.store.InstanceRegister;
import dev.webhooks.testing.Closing;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.jdbc.PgConnection;

/** The heart of an instance beats on a connection that it keeps, whatever the pool has to lend. */
class JdbcHeartbeatTest {
  private final ConcurrentLinkedQueue<Connection> lent = new ConcurrentLinkedQueue<>();
  private final AtomicLong nanos = new AtomicLong();
  private Duration exchangeTimeout = Duration.ofSeconds(30);
  private HikariDataSource pool;
  private JdbcWebhookStore store;
  private JdbcInstanceRegister instances;

  private void open(String product, int connections) {
    pool = switch (product) {
      case "postgresql" -> TestPostgres.pool(TestPostgres.schema(), connections);
      case "mariadb" -> TestMariaDb.pool(TestMariaDb.database(), connections);
      default -> h2(connections);
    };
    store = JdbcWebhookStore.on(pool);
    store.open();
    DataSource watched = Wrapped.dataSource(pool::getConnection, connection -> {
      lent.add(connection);
      return connection;
    });
    DataSourceConnections source = new DataSourceConnections(watched, Duration.ofSeconds(30));
    Database database =
        new Database(source, Dialect.named(product), "webhooks_", Duration.ofSeconds(30));
    instances = new JdbcInstanceRegister(
        database, () -> new HeartbeatConnection(source, exchangeTimeout, nanos::get));
  }

  private static HikariDataSource h2(int connections) {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl("jdbc:h2:mem:" + UUID.randomUUID());
    pool.setUsername("sa");
    pool.setMaximumPoolSize(connections);
    return pool;
  }

  @AfterEach
  void close() throws Exception {
    Closing.all(instances, pool);
  }

  private int inUse() {
    return pool.getHikariPoolMXBean().getActiveConnections();
  }

  /** Registers an instance that keeps a connection. */
  private long beating() {
    long instance = instances.register("test");
    instances.beat(instance);
    assertThat(inUse()).as("one connection is kept").isEqualTo(1);
    return instance;
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void beats_go_on_while_the_host_uses_up_its_pool(String product) throws SQLException {
    open(product, 3);
    long me = beating();

    try (Hog hog = new Hog()) {
      assertThat(hog.taken).hasSize(2);
      for (long beat = 2; beat <= 6; beat++) {
        InstanceRegister.Beat heartbeat = instances.beat(me);
        assertThat(heartbeat.alive()).isTrue();
        assertThat(heartbeat.beats()).containsEntry(me, beat);
      }
      instances.leave(me);
    }

    assertThat(inUse())
        .as("leaving needs no other connection and gives this one back")
        .isZero();
    assertThat(instances.beat(me).beats()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgresql", "mariadb"})
  void connection_that_the_server_has_ended_is_replaced_within_the_beat(String product)
      throws SQLException {
    open(product, 2);
    long me = beating();
    long ended = id(product, kept());
    end(product, ended);

    InstanceRegister.Beat heartbeat = instances.beat(me);

    assertThat(heartbeat.alive()).isTrue();
    assertThat(heartbeat.beats()).containsEntry(me, 2L);
    assertThat(id(product, kept())).isNotEqualTo(ended);
    assertThat(inUse()).isEqualTo(1);
  }

  @Test
  void connection_that_the_pool_has_closed_is_replaced_within_the_beat() throws SQLException {
    open("postgresql", 2);
    long me = beating();
    Connection physical = kept().unwrap(PgConnection.class);
    pool.evictConnection(kept());
    physical.close(); // The pool closes it too, but on a thread of its own, some time later.

    assertThat(instances.beat(me).alive()).isTrue();
    assertThat(inUse()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void beat_that_fails_keeps_no_connection(String product) throws SQLException {
    open(product, 2);
    long me = beating();
    execute("alter table webhooks_instance rename to elsewhere");

    assertThatThrownBy(() -> instances.beat(me)).isInstanceOf(IllegalStateException.class);
    assertThat(inUse()).isZero();
    assertThatThrownBy(() -> instances.leave(me)).isInstanceOf(IllegalStateException.class);

    execute("alter table elsewhere rename to webhooks_instance");
    assertThat(instances.beat(me).alive()).isTrue();
    assertThat(inUse()).isEqualTo(1);
  }

  @Test
  void leaving_gives_the_connection_back_even_if_it_fails() throws SQLException {
    open("h2", 2);
    long me = beating();
    execute("alter table webhooks_instance rename to elsewhere");

    assertThatThrownBy(() -> instances.leave(me)).isInstanceOf(IllegalStateException.class);

    assertThat(inUse()).isZero();
  }

  @Test
  void instance_that_was_declared_dead_keeps_no_connection() throws SQLException {
    open("h2", 2);
    long me = beating();
    assertThat(instances.declareDead(me, 1)).isTrue();

    assertThat(instances.beat(me).alive()).isFalse();

    assertThat(inUse()).isZero();
  }

  @Test
  void store_that_is_closed_keeps_no_connection_until_the_next_beat() {
    open("h2", 4);
    long me = store.instances().register("test");
    long other = store.instances().register("test");
    store.instances().beat(me);
    store.instances().beat(other);
    assertThat(inUse()).as("each instance keeps its own").isEqualTo(2);

    store.close();

    assertThat(inUse()).isZero();
    store.instances().beat(me);
    assertThat(inUse()).as("an engine that shares the store goes on").isEqualTo(1);
    store.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void last_connection_of_a_pool_is_not_kept(int connections) throws SQLException {
    exchangeTimeout = Duration.ofSeconds(1);
    open("h2", connections);
    new Hog().close(); // All that it may have are there, so that they are lent at once.
    for (int i = 0; i < 2; i++) {
      long instance = instances.register("test");
      instances.beat(instance);
      assertThat(instances.beat(instance).alive()).isTrue();
    }

    assertThat(inUse()).isEqualTo(connections - 1);
    assertThat(store.currentTime()).as("others can work").isNotNull();
  }

  @Test
  void kept_connection_is_exchanged_from_time_to_time() throws SQLException {
    open("h2", 2);
    long me = beating();
    Connection first = kept();

    nanos.addAndGet(HeartbeatConnection.EXCHANGE_EVERY.toNanos() - 1);
    instances.beat(me);
    assertThat(kept()).isSameAs(first);
    nanos.incrementAndGet();
    instances.beat(me);
    assertThat(kept()).isNotSameAs(first);
    assertThat(inUse()).isEqualTo(1);
  }

  @Test
  void kept_connection_stays_when_there_is_none_to_exchange_it_for() throws SQLException {
    exchangeTimeout = Duration.ofSeconds(1);
    open("h2", 2);
    new Hog().close();
    long me = beating();
    Connection first = kept();
    nanos.addAndGet(HeartbeatConnection.EXCHANGE_EVERY.toNanos());

    try (Hog hog = new Hog()) {
      assertThat(hog.taken).hasSize(1);
      assertThat(instances.beat(me).alive()).isTrue();
      assertThat(kept()).isSameAs(first);
    }

    nanos.addAndGet(HeartbeatConnection.EXCHANGE_EVERY.toNanos());
    instances.beat(me);
    assertThat(kept()).isNotSameAs(first);
  }

  @Test
  void connection_in_use_while_the_instance_leaves_goes_back_afterwards() {
    open("h2", 2);
    DataSourceConnections connections = new DataSourceConnections(pool, Duration.ofSeconds(30));
    HeartbeatConnection connection =
        new HeartbeatConnection(connections, exchangeTimeout, nanos::get);
    connection.release(connection.borrow(), true);
    Connection used = connection.borrow();

    connection.close();
    assertThat(inUse()).isEqualTo(1);
    connection.release(used, true);

    assertThat(inUse()).isZero();
  }

  /** Returns the connection that is lent between beats. */
  private Connection kept() throws SQLException {
    List<Connection> open = new ArrayList<>();
    for (Connection connection : lent) {
      if (!connection.isClosed()) {
        open.add(connection);
      }
    }
    assertThat(open).hasSize(1);
    return open.get(0);
  }

  private static long id(String product, Connection connection) throws SQLException {
    boolean mariaDb = product.equals("mariadb");
    return number(connection, mariaDb ? "select connection_id()" : "select pg_backend_pid()");
  }

  private void end(String product, long id) throws SQLException {
    try (Connection killer = pool.getConnection();
        Statement statement = killer.createStatement()) {
      if (product.equals("postgresql")) {
        assertThat(number(killer, "select pg_terminate_backend(" + id + ", 30000)::int"))
            .isEqualTo(1);
        return;
      }
      statement.execute("kill " + id);
      String alive = "select count(*) from information_schema.processlist where id = " + id;
      while (number(killer, alive) > 0) {
        Thread.onSpinWait();
      }
    }
  }

  private static long number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getLong(1);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The host, which takes every connection that its pool has. */
  private final class Hog implements AutoCloseable {
    private final List<Connection> taken = new ArrayList<>();

    Hog() throws SQLException {
      while (inUse() < pool.getMaximumPoolSize()) {
        taken.add(pool.getConnection());
      }
    }

    @Override
    public void close() throws SQLException {
      for (Connection connection : taken) {
        connection.close();
      }
    }
  }
}
