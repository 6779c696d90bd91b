package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.model.WebhookException;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.StoreSession.EventReceipt;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two stores in one database that have nothing to do with each other, by their prefixes or by their
 * schemas: what one is doing in an open transaction is nothing to the other.
 */
class JdbcSeparateStoresTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final List<AutoCloseable> pools = new ArrayList<>();

  @AfterEach
  void closePools() throws Exception {
    for (AutoCloseable pool : pools) {
      pool.close();
    }
  }

  /** A store and where its host gets connections. */
  private record Neighbour(DataSource database, JdbcWebhookStore store, String prefix) {
    static Neighbour open(DataSource database, String prefix) {
      JdbcWebhookStore store =
          JdbcWebhookStore.builder(database).tablePrefix(prefix).build();
      store.open();
      return new Neighbour(database, store, prefix);
    }

    Connection begin() throws SQLException {
      Connection connection = database.getConnection();
      connection.setAutoCommit(false);
      return connection;
    }

    /** Runs a transaction of the engine. */
    <T> T run(Dialect.Work<T> work) throws SQLException {
      return engine().run(Dialect.Purpose.QUEUE, work);
    }

    Database engine() throws SQLException {
      try (Connection connection = database.getConnection()) {
        TableNames names = TableNames.unqualified(prefix);
        Dialect dialect = Dialect.of(connection.getMetaData(), names);
        return new Database(new DataSourceConnections(database, TIMEOUT), dialect, names, TIMEOUT);
      }
    }

    boolean folds() throws SQLException {
      return run(sql -> sql.dialect.tryFoldLock(sql));
    }
  }

  private List<Neighbour> neighbours(String where) {
    return switch (where) {
      case "h2 prefixes" -> prefixes(h2());
      case "mariadb prefixes" -> prefixes(mariaDb(TestMariaDb.database()));
      case "postgresql prefixes" -> prefixes(postgres(TestPostgres.schema()));
      case "mariadb databases" ->
        List.of(
            Neighbour.open(mariaDb(TestMariaDb.database()), "webhooks_"),
            Neighbour.open(mariaDb(TestMariaDb.database()), "webhooks_"));
      case "postgresql schemas" ->
        List.of(
            Neighbour.open(postgres(TestPostgres.schema()), "webhooks_"),
            Neighbour.open(postgres(TestPostgres.schema()), "webhooks_"));
      default -> throw new IllegalArgumentException(where);
    };
  }

  private static List<Neighbour> prefixes(DataSource database) {
    return List.of(Neighbour.open(database, "a_"), Neighbour.open(database, "b_"));
  }

  private DataSource h2() {
    JdbcConnectionPool pool = JdbcConnectionPool.create(
        "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
    pools.add(pool::dispose);
    return pool;
  }

  private DataSource postgres(String schema) {
    return kept(TestPostgres.pool(schema, 6));
  }

  private DataSource mariaDb(String database) {
    return kept(TestMariaDb.pool(database, 6));
  }

  private HikariDataSource kept(HikariDataSource pool) {
    pools.add(pool);
    return pool;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "h2 prefixes",
        "mariadb prefixes",
        "mariadb databases",
        "postgresql prefixes",
        "postgresql schemas"
      })
  void same_id_is_published_in_open_transactions_of_both(String where) throws SQLException {
    List<Neighbour> both = neighbours(where);
    try (Connection one = both.get(0).begin();
        Connection two = both.get(1).begin()) {
      for (int i = 0; i < 100; i++) {
        NewEvent event = Samples.event(1, 0, "order-" + i);
        assertThat(publish(both.get(0), one, event).stored()).isTrue();
        assertThat(publish(both.get(1), two, event).stored()).isTrue();
      }
      two.commit();
      one.commit();
    }
    assertThat(both).allSatisfy(neighbour -> {
      assertThat(neighbour.store().queue().depth().pending()).isEqualTo(100);
    });
  }

  private static EventReceipt publish(Neighbour neighbour, Connection host, NewEvent event) {
    return neighbour
        .store()
        .join(JdbcTransaction.on(host), session -> session.insertEvents(List.of(event)))
        .get(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "h2 prefixes",
        "mariadb prefixes",
        "mariadb databases",
        "postgresql prefixes",
        "postgresql schemas"
      })
  void both_fold_at_the_same_time(String where) throws SQLException {
    List<Neighbour> both = neighbours(where);

    boolean second = both.get(0).run(sql -> {
      assertThat(sql.dialect.tryFoldLock(sql)).isTrue();
      assertThat(folds(both.get(0))).as("as for the same tables").isFalse();
      return folds(both.get(1));
    });

    assertThat(second).isTrue();
  }

  private static boolean folds(Neighbour neighbour) {
    try {
      return neighbour.folds();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "h2 prefixes",
        "mariadb prefixes",
        "mariadb databases",
        "postgresql prefixes",
        "postgresql schemas"
      })
  void one_takes_its_turn_while_the_other_upgrades(String where) throws SQLException {
    List<Neighbour> both = neighbours(where);
    Database upgrading = both.get(0).engine();
    Database second = both.get(1).engine();

    int done = upgrading.dialect.serialized(() -> upgrading.run(Dialect.Purpose.SESSION, sql -> {
      List<Integer> turns = new ArrayList<>();
      sql.dialect.withUpgradeLock(sql, upgrading.names.prefix(), s -> turns.add(turn(second)));
      return turns.get(0);
    }));

    assertThat(done).isEqualTo(2);
  }

  /** On a thread of its own, as another instance would. */
  private static int turn(Database database) {
    return CompletableFuture.supplyAsync(() ->
            database.dialect.serialized(() -> database.run(Dialect.Purpose.SESSION, sql -> {
              List<Integer> turns = new ArrayList<>();
              sql.dialect.withUpgradeLock(sql, database.names.prefix(), s -> turns.add(2));
              return turns.get(0);
            })))
        .orTimeout(60, TimeUnit.SECONDS)
        .join();
  }

  /** On PostgreSQL, names without a schema may lead two users to the same tables. */
  @ParameterizedTest
  @ValueSource(strings = {"Webhooks_", "WEBHOOKS_"})
  void one_set_of_tables_has_one_set_of_locks_however_it_is_reached(String spelling)
      throws SQLException {
    String shared = TestPostgres.schema();
    String own = TestPostgres.schema();
    Neighbour direct = Neighbour.open(postgres(shared), "webhooks_");
    Neighbour roundabout = Neighbour.open(postgres(own + "," + shared), spelling);
    assertThat(tablesIn(direct.database(), own)).isZero();

    try (Connection one = direct.begin();
        Connection two = roundabout.begin()) {
      publish(direct, one, Samples.event(1, 0, "order-1"));
      assertThat(refused(roundabout, two, "order-1")).isTrue();
    }
    boolean both = direct.run(sql -> {
      assertThat(sql.dialect.tryFoldLock(sql)).isTrue();
      return folds(roundabout);
    });
    assertThat(both).isFalse();
    assertThat(upgradeLock(direct)).isEqualTo(upgradeLock(roundabout));
  }

  private static boolean refused(Neighbour neighbour, Connection host, String id) {
    try {
      publish(neighbour, host, Samples.event(1, 0, id));
      return false;
    } catch (WebhookException e) {
      return true;
    }
  }

  private static List<Long> upgradeLock(Neighbour neighbour) throws SQLException {
    return neighbour.run(sql -> {
      List<Long> locks = new ArrayList<>();
      sql.dialect.withUpgradeLock(
          sql,
          neighbour.prefix(),
          s -> locks.addAll(s.list(
              "select classid::bigint << 32 | objid::bigint as key from pg_locks"
                  + " where locktype = 'advisory' and pid = pg_backend_pid()",
              row -> row.bigint("key"))));
      return locks;
    });
  }

  private static long tablesIn(DataSource database, String schema) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        var result = statement.executeQuery(
            "select count(*) from pg_tables where schemaname = '" + schema + "'")) {
      result.next();
      return result.getLong(1);
    }
  }
}
