package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.testing.Closing;
import dev.webhooks.testing.Patience;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tables are upgraded while instances that know only the older ones go on. The second version is
 * made up: it has one more column in the table that every publication writes to.
 */
@Timeout(Patience.OF_A_TEST)
class JdbcUpgradeTest {
  private static final String SECOND = """
      -- min_compatible: 1
      alter table {event} %s add column%s note varchar(10) default 'new';
      """;

  private final List<AutoCloseable> resources = new ArrayList<>();

  @AfterEach
  void closeResources() throws Exception {
    Closing.all(resources.toArray(AutoCloseable[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void events_published_before_the_upgrade_are_sent_after_it(String product) {
    DataSource pool = empty(product);
    JdbcWebhookStore store = open(pool);
    NewEvent event = publish(store, Samples.insertWebhook(store));

    upgrade(pool, product);

    assertThat(claim(store))
        .singleElement()
        .satisfies(delivery -> assertThat(delivery.body()).isEqualTo(event.body()));
    assertThat(notes(pool)).containsExactly("new");
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void older_instance_starts_and_publishes_beside_newer_tables(String product) {
    DataSource pool = empty(product);
    open(pool);
    upgrade(pool, product);

    JdbcWebhookStore older = open(pool);
    NewEvent event = publish(older, Samples.insertWebhook(older));

    assertThat(claim(older))
        .singleElement()
        .satisfies(delivery -> assertThat(delivery.body()).isEqualTo(event.body()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void eight_instances_that_start_at_once_upgrade_once(String product) throws Exception {
    DataSource pool = empty(product);
    open(pool);
    CountDownLatch start = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Future<?>> instances = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      instances.add(threads.submit(() -> {
        start.await();
        upgrade(pool, product);
        return null;
      }));
    }
    start.countDown();
    for (Future<?> instance : instances) {
      instance.get();
    }
    threads.shutdown();

    assertThat(texts(pool, "select version from webhooks_schema order by version"))
        .containsExactly("1", "2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void tables_that_are_too_old_are_refused_until_they_are_upgraded(String product) {
    DataSource pool = empty(product);
    open(pool);
    Migrator newer = newer(pool, product);

    assertThatThrownBy(newer::validate)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("have version 1, but this library needs 2");

    newer.migrate();
    assertThatCode(newer::validate).doesNotThrowAnyException();
  }

  /**
   * A change that waited for the transaction would make everybody wait behind it, until they give
   * up: the transaction ends only after that.
   */
  @ParameterizedTest
  @ValueSource(strings = {"postgresql", "mariadb"})
  void open_transaction_delays_the_upgrade_and_nobody_who_publishes(String product)
      throws Exception {
    DataSource pool = empty(product);
    JdbcWebhookStore store = open(pool);
    long webhook = Samples.insertWebhook(store);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    Future<?> upgrade;
    try (Connection host = pool.getConnection()) {
      host.setAutoCommit(false);
      NewEvent hosts = Samples.event(webhook);
      store.join(JdbcTransaction.on(host), session -> session.insertEvents(List.of(hosts)));

      upgrade = thread.submit(() -> upgrade(pool, product));
      long began = System.nanoTime();
      while (System.nanoTime() - began < TimeUnit.MILLISECONDS.toNanos(1_500)) {
        publish(store, webhook);
      }
      assertThat(upgrade).isNotDone();
      host.commit();
    }

    assertThat(upgrade).succeedsWithin(Patience.LONG);
    thread.shutdown();
    assertThat(notes(pool)).isNotEmpty().containsOnly("new");
  }

  private JdbcWebhookStore open(DataSource pool) {
    JdbcWebhookStore store = JdbcWebhookStore.on(pool);
    resources.add(0, store);
    store.open();
    return store;
  }

  private static void upgrade(DataSource pool, String product) {
    newer(pool, product).migrate();
  }

  /** Returns what a library has that knows the second version. */
  private static Migrator newer(DataSource pool, String product) {
    Dialect dialect = dialect(pool);
    List<SchemaScript> scripts = new ArrayList<>(SchemaScript.all(dialect));
    scripts.add(new SchemaScript(SECOND.formatted(
        product.equals("mariadb") ? "wait 1" : "",
        product.equals("postgresql") ? "" : " if not exists")));
    return new Migrator(
        new Database(new Pooled(pool), dialect, "webhooks_", Duration.ofSeconds(20)), scripts);
  }

  private static Dialect dialect(DataSource pool) {
    try (Connection connection = pool.getConnection()) {
      return Dialect.of(connection.getMetaData(), TableNames.unqualified("webhooks_"));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static NewEvent publish(JdbcWebhookStore store, long webhook) {
    NewEvent event = Samples.event(webhook);
    Samples.publish(store, event);
    return event;
  }

  private static List<String> notes(DataSource pool) {
    return texts(pool, "select note from webhooks_event");
  }

  private static List<String> texts(DataSource pool, String query) {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> texts = new ArrayList<>();
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
      return texts;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<ClaimedDelivery> claim(JdbcWebhookStore store) {
    long instance = store.instances().register("test");
    return store.queue().claim(new ClaimRequest(instance, Samples.NOW, 0, 9, 9, 1 << 20, Map.of()));
  }

  private DataSource empty(String product) {
    if (product.equals("h2")) {
      JdbcConnectionPool pool = JdbcConnectionPool.create(
          "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
      resources.add(pool::dispose);
      return pool;
    }
    HikariDataSource pool = product.equals("mariadb")
        ? TestMariaDb.pool(TestMariaDb.database(), 10)
        : TestPostgres.pool(TestPostgres.schema(), 10);
    resources.add(pool);
    return pool;
  }

  private record Pooled(DataSource pool) implements ConnectionSource {
    @Override
    public Connection borrow() {
      try {
        return pool.getConnection();
      } catch (SQLException e) {
        throw new StoreUnavailableException("no connection", false, e);
      }
    }

    @Override
    public void release(Connection connection, boolean wentWell) {
      try {
        connection.close();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
