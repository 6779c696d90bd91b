package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.store.ClaimRequest;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.testing.Closing;
import dev.webhooks.testing.Patience;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of the first version are upgraded while instances that know only that one go on. */
@Timeout(Patience.OF_A_TEST)
class JdbcUpgradeTest {
  private static final String EVENT = """
      insert into {event}
        (id, account, event_id, fingerprint, type, body, deliveries, created, keep_until)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?)""";

  private static final String DELIVERY = """
      insert into {queue} (webhook, id, owner, event, created, due, size, type)
      values (?, ?, ?, ?, ?, ?, ?, ?)""";

  private final List<AutoCloseable> pools = new ArrayList<>();

  @AfterEach
  void closePools() throws Exception {
    Closing.all(pools.toArray(AutoCloseable[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void what_was_published_before_is_sent_after_the_upgrade(String product) {
    DataSource pool = empty(product);
    Database old = firstVersion(pool, product);
    NewEvent event = publishAsBefore(old, 1, "before");

    JdbcWebhookStore store = JdbcWebhookStore.on(pool);
    store.open();
    long webhook = Samples.insertWebhook(store);

    assertThat(webhook).isEqualTo(1);
    assertThat(claim(store)).singleElement().satisfies(delivery -> {
      assertThat(delivery.body()).isEqualTo(event.body());
      assertThat(delivery.traceContext()).isNull();
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void instance_of_the_first_version_publishes_beside_newer_tables(String product) {
    DataSource pool = empty(product);
    Database old = firstVersion(pool, product);
    JdbcWebhookStore store = JdbcWebhookStore.on(pool);
    store.open();
    long webhook = Samples.insertWebhook(store);

    assertThatCode(new Migrator(old, 1)::validate).doesNotThrowAnyException();
    NewEvent event = publishAsBefore(old, webhook, "beside");

    assertThat(claim(store))
        .singleElement()
        .satisfies(delivery -> assertThat(delivery.body()).isEqualTo(event.body()));
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
    Database old = firstVersion(pool, product);
    JdbcWebhookStore store = JdbcWebhookStore.on(pool);
    CompletableFuture<Void> upgrade;
    try (Connection host = pool.getConnection()) {
      host.setAutoCommit(false);
      insert(old.on(host), Samples.event(1, 0, "host's"));

      upgrade = CompletableFuture.runAsync(store::open);
      long began = System.nanoTime();
      for (int i = 0; System.nanoTime() - began < TimeUnit.MILLISECONDS.toNanos(1_500); i++) {
        publishAsBefore(old, 1, "e-" + i);
      }
      assertThat(upgrade).isNotDone();
      host.commit();
    }

    assertThat(upgrade).succeedsWithin(Patience.LONG);
    assertThatCode(store::validate).doesNotThrowAnyException();
  }

  private Database firstVersion(DataSource pool, String product) {
    ConnectionSource source = new ConnectionSource() {
      @Override
      public Connection borrow() {
        try {
          return pool.getConnection();
        } catch (SQLException e) {
          throw new StoreUnavailableException("no connection", false, e);
        }
      }

      @Override
      public void giveBack(Connection connection, boolean wentWell) {
        try {
          connection.close();
        } catch (SQLException e) {
          throw new IllegalStateException(e);
        }
      }
    };
    Database database =
        new Database(source, Dialect.named(product), "webhooks_", Duration.ofSeconds(20));
    new Migrator(database, 1).migrate();
    return database;
  }

  /** Publishes by the statements of the first version. */
  private static NewEvent publishAsBefore(Database old, long webhook, String id) {
    NewEvent event = Samples.event(webhook, 0, id);
    old.run(Dialect.Purpose.SESSION, sql -> {
      insert(sql, event);
      return true;
    });
    return event;
  }

  private static void insert(Sql sql, NewEvent event) throws SQLException {
    sql.update(
        EVENT,
        event.id(),
        new Key(event.account()),
        new Key(event.givenId()),
        event.fingerprint().bytes(),
        new Key(event.type()),
        event.body(),
        1,
        event.createdAt(),
        event.keepUntil());
    sql.update(
        DELIVERY,
        event.deliveries().get(0).ref().webhook(),
        event.deliveries().get(0).ref().id(),
        0,
        event.id(),
        event.createdAt(),
        event.createdAt(),
        event.body().length,
        new Key(event.type()));
  }

  private static List<ClaimedDelivery> claim(JdbcWebhookStore store) {
    long instance = store.instances().register("test");
    return store.queue().claim(new ClaimRequest(instance, Samples.NOW, 0, 9, 9, 1 << 20, Map.of()));
  }

  private DataSource empty(String product) {
    if (product.equals("h2")) {
      JdbcConnectionPool pool = JdbcConnectionPool.create(
          "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
      pools.add(pool::dispose);
      return pool;
    }
    HikariDataSource pool = product.equals("mariadb")
        ? TestMariaDb.pool(TestMariaDb.database(), 10)
        : TestPostgres.pool(TestPostgres.schema(), 10);
    pools.add(pool);
    return pool;
  }
}
