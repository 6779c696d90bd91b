package dev.webhooks.store.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.spi.store.HostTransaction;
import dev.webhooks.spi.store.WebhookStore;
import dev.webhooks.testing.OpenTransaction;
import dev.webhooks.testing.StoreFixture;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** The JDBC store as the contract drives it, on each of its databases. */
final class JdbcFixture extends StoreFixture {
  private static final int POOL = 10;

  private final DataSource hosts;
  private final JdbcWebhookStore store;
  private final JdbcWebhookStore other;
  private final List<AutoCloseable> resources;

  private JdbcFixture(DataSource hosts, DataSource others, AutoCloseable... resources) {
    this.hosts = hosts;
    this.resources = List.of(resources);
    store = JdbcWebhookStore.on(hosts);
    other = JdbcWebhookStore.on(others);
    store.open();
    other.open();
  }

  /** H2 in memory; the database is shared, so the tables are emptied. */
  static JdbcFixture h2Memory() {
    return h2(H2Memory.POOL);
  }

  /** H2 in a file; the database is shared, so the tables are emptied. */
  static JdbcFixture h2File() {
    return h2(H2File.POOL);
  }

  private static JdbcFixture h2(HikariDataSource pool) {
    return new JdbcFixture(pool, pool)
        .emptied(() -> execute(pool, tables("delete from webhooks_")));
  }

  /** PostgreSQL; the schema is shared, so the tables are emptied. */
  static JdbcFixture postgres() {
    return new JdbcFixture(Postgres.POOL, Postgres.OTHER_POOL)
        .emptied(() -> execute(Postgres.POOL, tables("truncate webhooks_")));
  }

  /**
   * MariaDB; the database is shared, so the tables are emptied, which is faster than truncating.
   * Not so the events: until InnoDB has purged what was deleted, the ids that another test used are
   * places at which inserts lock more than their own.
   *
   * <p>It is done on a connection of its own, since those of the pool wait for locks as long as the
   * store told them to. The server itself locks its tables of statistics while it renews them, for
   * seconds where the machine is busy.
   */
  static JdbcFixture mariaDb() {
    return new JdbcFixture(MariaDb.POOL, MariaDb.OTHER_POOL)
        .emptied(() -> TestMariaDb.withLockTimeout(
            MariaDb.DATABASE,
            "begin not atomic " + tables("delete from webhooks_") + " end",
            "truncate table webhooks_event"));
  }

  /** Empties its tables, and closes what is open if that cannot be done. */
  private JdbcFixture emptied(Runnable emptying) {
    try {
      emptying.run();
      return this;
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private static String tables(String statement) {
    return Stream.of(
            "webhook",
            "subscription",
            "account_lock",
            "endpoint_health",
            "instance",
            "event",
            "queue",
            "delivery",
            "attempt",
            "stat",
            "stat_delta",
            "idempotency",
            "erasure")
        .map(table -> statement + table + ";")
        .collect(Collectors.joining());
  }

  private static final class H2Memory {
    private static final HikariDataSource POOL = h2Pool("mem:" + UUID.randomUUID());
  }

  private static final class H2File {
    private static final HikariDataSource POOL = h2Pool("file:" + directory().resolve("db"));

    private static Path directory() {
      try {
        Path directory = Files.createTempDirectory("webhooks");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
          POOL.close();
          delete(directory);
        }));
        return directory;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static HikariDataSource h2Pool(String place) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:h2:" + place + ";DB_CLOSE_ON_EXIT=FALSE");
    config.setUsername("sa");
    config.setPassword("");
    config.setMaximumPoolSize(JdbcFixture.POOL);
    config.setMinimumIdle(1);
    return new HikariDataSource(config);
  }

  private static final class Postgres {
    private static final String SCHEMA = TestPostgres.schema();
    private static final HikariDataSource POOL = TestPostgres.pool(SCHEMA, JdbcFixture.POOL);
    private static final HikariDataSource OTHER_POOL = TestPostgres.pool(SCHEMA, JdbcFixture.POOL);
  }

  private static final class MariaDb {
    private static final String DATABASE = TestMariaDb.database();
    private static final HikariDataSource POOL = TestMariaDb.pool(DATABASE, JdbcFixture.POOL);
    private static final HikariDataSource OTHER_POOL = TestMariaDb.pool(DATABASE, JdbcFixture.POOL);
  }

  private static void execute(DataSource dataSource, String sql) {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ignores failures: a database may still write while it ends. */
  private static void delete(Path directory) {
    File[] files = directory.toFile().listFiles();
    if (files != null) {
      Stream.of(files).forEach(File::delete);
    }
    directory.toFile().delete();
  }

  @Override
  public WebhookStore store() {
    return store;
  }

  @Override
  public WebhookStore otherStore() {
    return other;
  }

  @Override
  public OpenTransaction begin() {
    try {
      return new Open(hosts.getConnection());
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    store.close();
    other.close();
    for (AutoCloseable resource : resources) {
      try {
        resource.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static final class Open implements OpenTransaction {
    private final Connection connection;
    private final JdbcTransaction handle;

    Open(Connection connection) throws SQLException {
      this.connection = connection;
      connection.setAutoCommit(false);
      handle = JdbcTransaction.on(connection);
    }

    @Override
    public HostTransaction handle() {
      return handle;
    }

    @Override
    public void commit() {
      run(connection::commit);
    }

    @Override
    public void rollback() {
      run(connection::rollback);
    }

    @Override
    public void close() {
      run(connection::rollback);
      run(connection::close);
    }

    private static void run(UnsendableDeliveries ending) {
      try {
        ending.run();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    private interface UnsendableDeliveries {
      void run() throws SQLException;
    }
  }
}
