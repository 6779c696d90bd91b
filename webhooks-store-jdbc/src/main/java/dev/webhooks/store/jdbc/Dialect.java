package dev.webhooks.store.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The differences between databases: bound values, the beginning of a transaction, and some
 * statements. Stateless and thread-safe.
 */
abstract class Dialect {
  /** The supported databases, as the end of a sentence. */
  static final String SUPPORTED = "supported are PostgreSQL " + PostgresDialect.OLDEST
      + " and later, MariaDB " + MariaDbDialect.OLDEST + " and later, and H2 " + H2Dialect.MAJOR
      + ".x";

  /** The longest wait for another transaction's lock. */
  static final Duration LOCK_TIMEOUT = Duration.ofSeconds(2);

  /** The range that all databases store and count alike: MariaDB ends with the year 9999. */
  private static final Instant FIRST_TIME = Instant.parse("0001-01-01T00:00:00Z");

  static final Instant LAST_TIME = Instant.parse("9999-12-31T23:59:59.999999Z");

  /**
   * Chooses the dialect by product and version.
   *
   * @param names where the tables are
   * @throws IllegalStateException if the database is not supported, naming it
   */
  static Dialect of(DatabaseMetaData database, TableNames names) throws SQLException {
    String product = database.getDatabaseProductName();
    int major = database.getDatabaseMajorVersion();
    if (product.equals("PostgreSQL") && major >= PostgresDialect.OLDEST) {
      return new PostgresDialect();
    }
    if (product.equals("MariaDB")
        && MariaDbDialect.supports(major, database.getDatabaseMinorVersion())) {
      return new MariaDbDialect();
    }
    if (product.equals("H2") && major == H2Dialect.MAJOR) {
      return new H2Dialect(
          H2Locks.of(database.getConnection(), names), database.getDatabaseMinorVersion());
    }
    throw new IllegalStateException("webhooks cannot be stored in " + product + " "
        + database.getDatabaseProductVersion() + "; " + SUPPORTED);
  }

  /** Returns the dialect of a product: {@code h2}, {@code mariadb} or {@code postgresql}. */
  static Dialect named(String product) {
    return switch (product) {
      case PostgresDialect.NAME -> new PostgresDialect();
      case MariaDbDialect.NAME -> new MariaDbDialect();
      case H2Dialect.NAME -> new H2Dialect(new ReentrantLock());
      default ->
        throw new IllegalArgumentException("no schema for " + product + "; there is one for "
            + PostgresDialect.NAME + ", " + MariaDbDialect.NAME + " and " + H2Dialect.NAME);
    };
  }

  /** Returns the name of the folder with the schema's scripts. */
  abstract String name();

  // ---- values

  /** Returns SQL for a table that is given as a parameter. */
  abstract String tableParameter(String alias, List<String> names, List<ColumnType> types);

  /** Binds a table parameter and returns the number of JDBC parameters that it took. */
  abstract int bind(PreparedStatement statement, int index, Rows<?> rows) throws SQLException;

  /** Converts a value of the library to one that the driver accepts. */
  @Nullable
  Object parameter(@Nullable Object value) {
    if (value instanceof Instant time) {
      return OffsetDateTime.ofInstant(storable(time), ZoneOffset.UTC);
    }
    return value instanceof Key key ? key.text() : value;
  }

  @Nullable
  UUID uuid(ResultSet result, String column) throws SQLException {
    return result.getObject(column, UUID.class);
  }

  @Nullable
  Instant time(ResultSet result, String column) throws SQLException {
    OffsetDateTime time = result.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  @Nullable
  String key(ResultSet result, String column) throws SQLException {
    return result.getString(column);
  }

  /**
   * Returns a time that every database stores and compares alike. Databases round fractions of a
   * microsecond differently, so they are cut off. A time out of range becomes the first or last
   * one.
   */
  static Instant storable(Instant time) {
    if (time.isBefore(FIRST_TIME)) {
      return FIRST_TIME;
    }
    return time.isAfter(LAST_TIME) ? LAST_TIME : time.truncatedTo(ChronoUnit.MICROS);
  }

  // ---- transactions

  /**
   * Prepares a transaction of the engine: READ COMMITTED, bounded waits for locks, and steady
   * plans. The store's limits on time replace those of the server or of the user's role. The
   * connection is not in auto-commit mode, and its transaction is empty.
   *
   * @param timeout the limit on the time of a statement
   * @return restores the session after the transaction has ended
   */
  abstract Restore begin(Sql sql, Purpose purpose, Duration timeout) throws SQLException;

  /** Returns the meaning of an error of this database; null if it is not a known one. */
  abstract SqlErrors.@Nullable Meaning meaning(SQLException fault);

  final boolean isLockTimeout(SQLException fault) {
    return SqlErrors.meaning(fault, this) == SqlErrors.Meaning.LOCK_TIMEOUT;
  }

  /**
   * Runs work that may wait for other transactions, also on the host's connection.
   *
   * @param timeout the longest wait; zero to not wait
   * @return empty after the time-out; then the work is rolled back and the transaction is usable
   */
  abstract <T> Optional<T> withLockTimeout(Sql sql, Duration timeout, Work<T> work)
      throws SQLException;

  /**
   * Inserts a row unless a unique index already has its values.
   *
   * @param insert a template of the form {@code insert into t (…) values (…)}
   * @return whether it was inserted
   */
  boolean insertIfAbsent(Sql sql, String insert, @Nullable Object... parameters)
      throws SQLException {
    try {
      return sql.update(insert, parameters) == 1;
    } catch (SQLException e) {
      if (SqlErrors.meaning(e, this) != SqlErrors.Meaning.DUPLICATE) {
        throw e;
      }
      return false;
    }
  }

  /** Returns the end of a query that locks its rows and skips locked ones. */
  String forUpdateSkipLocked() {
    return " for update skip locked";
  }

  // ---- statements

  /**
   * Returns the end of a query that locks the rows of one table and skips locked ones. It is empty
   * where the database cannot do that; see {@link RowRemoval}.
   *
   * @param alias the table's name in the query
   */
  abstract String skipLocked(String alias);

  /**
   * Inserts rows.
   *
   * @param insert a template of the form {@code insert into t (…)} with the columns of the rows, in
   *     their order
   */
  void insert(Sql sql, String insert, Rows<?> rows) throws SQLException {
    sql.update(insert + " select " + rows.names() + " from " + rows.template(), rows);
  }

  /**
   * Returns a query for one row by its key that sees the latest committed values, where the
   * database has such reads. Other reads of the transaction may see an older snapshot. It skips a
   * row that another transaction has locked.
   */
  String currentRead(String query) {
    return query;
  }

  /** Returns whether the driver reports the changed rows of each element of a batch. */
  boolean reportsBatchCounts() {
    return true;
  }

  /** Returns an expression for the current time, not the start of the transaction. */
  abstract String currentTime();

  /**
   * Returns a condition for the rows of a range, in the form that makes the database read its
   * index.
   *
   * @param parameters the list to which the condition's parameters are added
   */
  String within(KeyRange range, List<Object> parameters) {
    parameters.add(range.webhook());
    if (range.type() != null) {
      parameters.add(range.type());
    }
    parameters.add(range.from());
    parameters.add(range.to());
    return "webhook = ?" + (range.type() == null ? "" : " and type = ?") + " and status = "
        + range.status().literal + " and id >= ? and id < ?";
  }

  /** Returns the hint behind a table's name that names an index, or an empty text. */
  String useIndex(String index) {
    return "";
  }

  abstract QueueStatements queueStatements();

  /**
   * Returns the statement that replaces the counters of webhooks; {@link JdbcStatistics} binds it.
   */
  abstract String replaceCounters();

  /** Removes some appended counters and returns them in any order. */
  abstract <T> List<T> takeDeltas(Sql sql, int limit, Sql.RowMapper<T> mapper) throws SQLException;

  /** Takes the lock on folding these counters, unless another transaction has it. */
  abstract boolean tryFoldLock(Sql sql) throws SQLException;

  /**
   * Runs a transaction that claims rows or changes the schema. Where the database cannot skip
   * locked rows, the stores of this process run such transactions one after the other.
   */
  <T> T serialized(Supplier<T> transaction) {
    return transaction.get();
  }

  // ---- schema

  /** Returns whether a table exists in the named schema, or else where unqualified names lead. */
  abstract boolean tableExists(Sql sql, String table) throws SQLException;

  abstract boolean schemaExists(Sql sql) throws SQLException;

  /** Returns the name of a schema as a value in SQL; null stands for the connection's schema. */
  abstract String schemaName(@Nullable String schema);

  /** Returns whether statements name an index with its schema. */
  boolean qualifiesIndexes() {
    return false;
  }

  /**
   * Returns the text between {@code create table} and a name; not empty where scripts are
   * repeatable.
   */
  abstract String ifNotExists();

  /** Runs work in the transaction while no other instance upgrades the same schema. */
  abstract void withUpgradeLock(Sql sql, String prefix, Work<?> work) throws SQLException;

  /**
   * Runs a statement that changes the schema. It gives up within a second where the tables may be
   * in use: a change that waits for an open transaction makes all later users of its table wait.
   *
   * @return whether the statement was run
   */
  boolean change(Sql sql, String statement) throws SQLException {
    sql.update(statement);
    return true;
  }

  /**
   * Returns the first setting of a database or its sessions that the library cannot work under,
   * with its remedy.
   */
  abstract Optional<String> unsupportedSettings(Connection connection) throws SQLException;

  /** Returns a warning about this version of the database. */
  Optional<String> warning() {
    return Optional.empty();
  }

  boolean durabilityMayChange() {
    return false;
  }

  /**
   * Makes sure that committed data survives the end of this process.
   *
   * @param connection in auto-commit mode
   */
  void ensureDurable(Connection connection) throws SQLException {}

  /** The purposes of a transaction. */
  enum Purpose {
    /** Registry and publishing. */
    SESSION,
    /** Tables of the queue, with pinned plans. */
    QUEUE,
    /** Removal of old rows, in the order of an index. */
    RETENTION,
    /** Reads of the log, pinned to indexes in their order. */
    LOG
  }

  /** Work in a transaction. */
  @FunctionalInterface
  interface Work<T> {
    T run(Sql sql) throws SQLException;
  }

  /** An action that restores a former state. */
  @FunctionalInterface
  interface Restore {
    Restore NOTHING = () -> {};

    void run() throws SQLException;
  }
}
