package dev.webhooks.store.jdbc;

import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.store.DeliveryLog;
import dev.webhooks.spi.store.DeliveryQueue;
import dev.webhooks.spi.store.EncryptedRows;
import dev.webhooks.spi.store.HealthRegister;
import dev.webhooks.spi.store.HostTransaction;
import dev.webhooks.spi.store.InstanceRegister;
import dev.webhooks.spi.store.Retention;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.WebhookStore;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store of webhooks, events and deliveries in PostgreSQL 12 and later, MariaDB 10.6 and later, or
 * H2 2.x for one process.
 *
 * <p>Each call borrows one connection from the data source and returns it as it was; nothing is
 * sent meanwhile. A running instance keeps one more for its heartbeat, but never the pool's last.
 * So it stays alive while the host uses all others, and a pool of two connections is enough.
 * Thread-safe.
 *
 * <p>A fault of the database itself, as opposed to one that is unavailable, is an
 * {@link IllegalStateException} with the {@link SQLException} as its cause.
 */
public final class JdbcWebhookStore implements WebhookStore {
  private static final Logger LOG = LoggerFactory.getLogger(JdbcWebhookStore.class);
  private final DataSourceConnections pool;
  private final @Nullable EmbeddedH2 embedded;
  private final TableNames names;
  private final boolean migrateOnOpen;
  private final Duration statementTimeout;
  private volatile @Nullable OpenedStore opened;

  private JdbcWebhookStore(Builder builder) {
    pool = new DataSourceConnections(builder.dataSource, builder.connectionTimeout);
    embedded = builder.embedded;
    names = builder.names;
    migrateOnOpen = builder.migrateOnOpen;
    statementTimeout = builder.statementTimeout;
  }

  /**
   * Creates a store with defaults on a data source. Its tables begin with {@code webhooks_};
   * opening the store creates and upgrades them.
   *
   * @param dataSource a data source of the host, preferably a pool; the store does not close it
   */
  public static JdbcWebhookStore on(DataSource dataSource) {
    return builder(dataSource).build();
  }

  /**
   * Creates a store in an H2 database of its own, which only this process can open. H2 must be on
   * the class path or module path.
   *
   * @param file the database's file without its ending; created if it is missing
   * @throws IllegalStateException if H2 is missing
   */
  public static JdbcWebhookStore embedded(Path file) {
    Objects.requireNonNull(file, "file");
    EmbeddedH2 embedded;
    try {
      embedded = EmbeddedH2.in(file);
    } catch (NoClassDefFoundError e) {
      throw new IllegalStateException("H2 is not on the class path: add com.h2database:h2", e);
    }
    Builder builder = builder(embedded.dataSource());
    builder.embedded = embedded;
    return builder.build();
  }

  /**
   * Returns a builder for a store with other options.
   *
   * @param dataSource a data source of the host, preferably a pool; the store does not close it
   */
  public static Builder builder(DataSource dataSource) {
    return new Builder(dataSource);
  }

  /**
   * Returns the statements that create the tables. A database administrator may run them; then set
   * {@link Builder#migrateOnOpen} to false.
   *
   * @param database {@code postgresql}, {@code mariadb} or {@code h2}
   * @param tablePrefix the beginning of the tables' names
   * @throws IllegalArgumentException if the database is not known or the prefix is not valid
   */
  public static String ddl(String database, String tablePrefix) {
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(tablePrefix, "tablePrefix");
    return Migrator.ddl(Dialect.named(database), TableNames.unqualified(tablePrefix));
  }

  /**
   * Returns the statements that create the tables in a named schema, see {@link Builder#schema}.
   *
   * @param database {@code postgresql}, {@code mariadb} or {@code h2}
   * @param schema the schema; on MariaDB, the database
   * @param tablePrefix the beginning of the tables' names
   * @throws IllegalArgumentException if the database is not known, or schema or prefix are not
   *     valid
   */
  public static String ddl(String database, String schema, String tablePrefix) {
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(schema, "schema");
    Objects.requireNonNull(tablePrefix, "tablePrefix");
    TableNames names = new TableNames(schema, tablePrefix);
    return Migrator.ddl(Dialect.named(database), names);
  }

  /**
   * {@inheritDoc}
   *
   * @throws StoreUnavailableException if there is no connection to the database; the message has
   *     the driver's reason without passwords
   * @throws IllegalStateException if the database or its settings are not supported, naming the
   *     cause, or if the tables do not fit or cannot be created
   */
  @Override
  public synchronized void open() {
    if (opened != null) {
      return;
    }
    OpenedStore opening = connect();
    opening.database.dialect.warning().ifPresent(LOG::warn);
    Migrator.explaining(() -> {
      opening.database.ensureDurable();
      if (migrateOnOpen) {
        opening.migrator().migrate();
      } else {
        opening.migrator().validate();
      }
    });
    opened = opening;
  }

  /**
   * Creates or upgrades the tables, regardless of {@link Builder#migrateOnOpen}. Several instances
   * may do so at once; tables of a newer version stay as they are.
   *
   * @throws IllegalStateException if the database or its settings are not supported, or if its
   *     tables are too new
   */
  public void migrate() {
    Migrator.explaining(connect().migrator()::migrate);
  }

  /**
   * Checks that the tables exist in a version that this library supports.
   *
   * @throws IllegalStateException if not, naming what is missing, or if the database or its
   *     settings are not supported
   */
  public void validate() {
    Migrator.explaining(connect().migrator()::validate);
  }

  private OpenedStore connect() {
    return OpenedStore.connect(pool, names, statementTimeout);
  }

  private OpenedStore opened() {
    OpenedStore present = opened;
    if (present == null) {
      throw new IllegalStateException("the store is not open: call open() first");
    }
    return present;
  }

  @Override
  public String describe() {
    OpenedStore present = opened;
    return present == null ? "a database not yet opened" : present.product;
  }

  @Override
  public Instant currentTime() {
    return opened().database.run(Dialect.Purpose.QUEUE, JdbcInstanceRegister::currentTime);
  }

  @Override
  public <T> T transact(Function<StoreSession, T> work) {
    return opened()
        .database
        .run(
            Dialect.Purpose.SESSION,
            sql -> work.apply(
                new JdbcSession(sql, RevertibleWrites.inStoreTransaction(sql), LockBudget.STORE)));
  }

  /**
   * {@inheritDoc}
   *
   * @param transaction a {@link JdbcTransaction}
   * @throws IllegalStateException if the connection is closed, in auto-commit mode or not to the
   *     store's tables, or if the transaction is read-only or failed before
   */
  @Override
  public <T> T join(HostTransaction transaction, Function<StoreSession, T> work) {
    if (!(transaction instanceof JdbcTransaction jdbc)) {
      throw new IllegalArgumentException("a JDBC store joins a JdbcTransaction, not a "
          + transaction.getClass().getName());
    }
    Database database = opened().database;
    Sql sql = database.on(jdbc.connection());
    RevertibleWrites writes = RevertibleWrites.inHostTransaction(sql);
    try {
      T result = work.apply(new JdbcSession(sql, writes, LockBudget.HOST));
      writes.keep();
      return result;
    } catch (UncheckedSqlException e) {
      RuntimeException fault = opened().hostFaults.notStored(e.fault(), sql.connection);
      writes.revert(fault);
      throw fault;
    } catch (RuntimeException e) {
      writes.revert(e);
      throw e;
    }
  }

  /** Returns the sum of the time-outs for a connection and for a statement. */
  @Override
  public Duration deadline() {
    return pool.timeout().plus(statementTimeout);
  }

  @Override
  public DeliveryQueue queue() {
    return opened().queue;
  }

  @Override
  public DeliveryLog log() {
    return opened().log;
  }

  @Override
  public Retention retention() {
    return opened().retention;
  }

  @Override
  public InstanceRegister instances() {
    return opened().instances;
  }

  @Override
  public HealthRegister health() {
    return opened().health;
  }

  @Override
  public EncryptedRows encrypted() {
    return opened().encrypted;
  }

  @Override
  public void close() {
    OpenedStore present = opened;
    if (present != null) {
      present.instances.close();
    }
    if (embedded != null) {
      embedded.close();
    }
  }

  /** Options of a store. Not thread-safe. */
  public static final class Builder {
    private final DataSource dataSource;
    private @Nullable EmbeddedH2 embedded;
    private TableNames names = TableNames.unqualified("webhooks_");
    private boolean migrateOnOpen = true;
    private Duration connectionTimeout = Duration.ofSeconds(5);
    private Duration statementTimeout = Duration.ofSeconds(10);

    private Builder(DataSource dataSource) {
      this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
    }

    /**
     * Sets the beginning of the names of tables and indexes; {@code webhooks_} if not set.
     *
     * @param tablePrefix a letter, then up to 19 letters, digits and underscores
     * @throws IllegalArgumentException if it is anything else
     */
    public Builder tablePrefix(String tablePrefix) {
      Objects.requireNonNull(tablePrefix, "tablePrefix");
      names = names.withPrefix(tablePrefix);
      return this;
    }

    /**
     * Sets the schema of the tables; on MariaDB, the database. It must exist.
     *
     * <p>All statements then name it, so the host's connections work with any {@code search_path}
     * or current database. If not set, unqualified names must lead to the tables on each
     * connection.
     *
     * @param schema a letter, then up to 62 letters, digits and underscores; no reserved word. Its
     *     case counts as in a statement without quotes
     * @throws IllegalArgumentException if it is anything else
     */
    public Builder schema(String schema) {
      names = names.inSchema(Objects.requireNonNull(schema, "schema"));
      return this;
    }

    /**
     * Sets whether opening the store creates and upgrades the tables, or only checks them.
     *
     * @param migrateOnOpen true if not set
     */
    public Builder migrateOnOpen(boolean migrateOnOpen) {
      this.migrateOnOpen = migrateOnOpen;
      return this;
    }

    /**
     * Sets the longest wait for a connection before the store reports that the database is
     * unavailable; 5 seconds if not set. The pool may have another limit.
     *
     * @param connectionTimeout 100 milliseconds to 10 minutes
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder connectionTimeout(Duration connectionTimeout) {
      Objects.requireNonNull(connectionTimeout, "connectionTimeout");
      this.connectionTimeout = inRange("a connection time-out", connectionTimeout);
      return this;
    }

    /**
     * Sets the limit on the time of a statement of the engine, after which its connection is given
     * up; 10 seconds if not set.
     *
     * <p>It replaces the limits of the database's user, such as PostgreSQL's
     * {@code statement_timeout}. It does not apply to the host's connections.
     *
     * @param statementTimeout 100 milliseconds to 10 minutes
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder statementTimeout(Duration statementTimeout) {
      Objects.requireNonNull(statementTimeout, "statementTimeout");
      this.statementTimeout = inRange("a statement time-out", statementTimeout);
      return this;
    }

    private static Duration inRange(String what, Duration timeout) {
      if (timeout.compareTo(Duration.ofMillis(100)) < 0
          || timeout.compareTo(Duration.ofMinutes(10)) > 0) {
        throw new IllegalArgumentException(what + " is 100 milliseconds to 10 minutes");
      }
      return timeout;
    }

    /** Returns the store, which connects when it is opened. */
    public JdbcWebhookStore build() {
      return new JdbcWebhookStore(this);
    }
  }
}
