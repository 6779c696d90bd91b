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
 * Everything in which one database differs from another: how values are bound and read, how a
 * transaction begins, and the few statements that are worth writing for each. Stateless and
 * thread-safe.
 */
abstract class Dialect {
  /** The databases that there is a dialect for, as the end of a sentence. */
  static final String SUPPORTED = "supported are PostgreSQL " + PostgresDialect.OLDEST
      + " and later, MariaDB " + MariaDbDialect.OLDEST + " and later, and H2 " + H2Dialect.MAJOR
      + ".x";

  /** The longest wait for another transaction's lock. */
  static final Duration LOCK_TIMEOUT = Duration.ofSeconds(2);

  /** MariaDB stores the years up to 9999; before the year 1, databases count differently. */
  private static final Instant FIRST_TIME = Instant.parse("0001-01-01T00:00:00Z");

  static final Instant LAST_TIME = Instant.parse("9999-12-31T23:59:59.999999Z");

  /**
   * Chooses by product and version.
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

  /** Returns the name of the folder with the schema. */
  abstract String name();

  // ---- values

  /** Returns SQL that stands for a table given as a parameter. */
  abstract String tableParameter(String alias, List<String> names, List<ColumnType> types);

  /** Binds such a table and returns how many parameters it took. */
  abstract int bind(PreparedStatement statement, int index, Rows<?> rows) throws SQLException;

  /** Turns a value of the library into one that the driver takes. */
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
   * Returns a time as every database can store and compare it. What is finer than microseconds is
   * cut off, since each rounds it in its own way. What lies beyond becomes the first or last time.
   */
  static Instant storable(Instant time) {
    if (time.isBefore(FIRST_TIME)) {
      return FIRST_TIME;
    }
    return time.isAfter(LAST_TIME) ? LAST_TIME : time.truncatedTo(ChronoUnit.MICROS);
  }

  // ---- transactions

  /**
   * Prepares a transaction of the engine: READ COMMITTED, bounded waits for locks, and what keeps
   * the plans of the queue's statements steady. Limits that the server or the user's role sets for
   * the time of a statement or transaction give way to the store's own. The connection is not in
   * auto-commit mode and nothing has run in its transaction.
   *
   * @param timeout how long a statement may take
   * @return what puts the connection's session back as it was, after the transaction has ended
   */
  abstract Restore begin(Sql sql, Purpose purpose, Duration timeout) throws SQLException;

  /** Returns what an error of this database means; null if it is none of those it knows. */
  abstract SqlErrors.@Nullable Meaning meaning(SQLException fault);

  /** Returns whether a statement waited too long for a lock. */
  final boolean isLockTimeout(SQLException fault) {
    return SqlErrors.meaning(fault, this) == SqlErrors.Meaning.LOCK_TIMEOUT;
  }

  /**
   * Runs work that may have to wait for another transaction, the host's connection included.
   *
   * @param timeout how long it waits at most; zero for not at all
   * @return empty if it waited in vain; then the work is undone and the transaction usable
   */
  abstract <T> Optional<T> withLockTimeout(Sql sql, Duration timeout, Work<T> work)
      throws SQLException;

  /**
   * Inserts a row unless a unique index has its values already.
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

  /** Returns how a query ends that locks its rows and leaves out those that are locked already. */
  String forUpdateSkipLocked() {
    return " for update skip locked";
  }

  // ---- statements

  /**
   * Returns what ends a query so that it locks the rows of one of its tables and leaves out those
   * that another transaction has locked; nothing where the database cannot, see {@link RowRemoval}.
   *
   * @param alias the table's name in the query
   */
  abstract String skipLocked(String alias);

  /**
   * Inserts rows.
   *
   * @param insert a template of the form {@code insert into t (…)}, whose columns are those of the
   *     rows in their order
   */
  void insert(Sql sql, String insert, Rows<?> rows) throws SQLException {
    sql.update(insert + " select " + rows.names() + " from " + rows.template(), rows);
  }

  /**
   * Turns a query for one row by its key into one that sees what others have committed last, even
   * if the transaction's other reads do not, where the database can do that. It does not wait: a
   * row that another transaction has locked is left out.
   */
  String currentRead(String query) {
    return query;
  }

  /** Returns whether the driver tells of each element of a batch how many rows it changed. */
  boolean reportsBatchCounts() {
    return true;
  }

  /** Returns an expression for the database's present time, not that of the transaction's start. */
  abstract String currentTime();

  /**
   * Returns a condition for the rows of a range, which makes the database read the range's index.
   *
   * @param parameters where those of the condition are added
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

  /** Returns what goes behind a table's name to have it read by an index, or nothing. */
  String useIndex(String index) {
    return "";
  }

  abstract QueueStatements queueStatements();

  /** Replaces the counters of webhooks; bound with the rows of {@link JdbcStatistics}. */
  abstract String replaceCounters();

  /** Removes some of the appended counters and returns them in any order. */
  abstract <T> List<T> takeDeltas(Sql sql, int limit, Sql.RowMapper<T> mapper) throws SQLException;

  /** Makes the transaction the only one that folds these counters, if none is doing it. */
  abstract boolean tryFoldLock(Sql sql) throws SQLException;

  /**
   * Runs a transaction that takes rows of the queue or changes the schema; where the database has
   * no means of its own, the stores of this process take turns.
   */
  <T> T serialized(Supplier<T> transaction) {
    return transaction.get();
  }

  // ---- schema

  /**
   * Returns whether a table exists in the schema that is named, or where unqualified names lead.
   */
  abstract boolean tableExists(Sql sql, String table) throws SQLException;

  /** Returns whether the schema that is named exists. */
  abstract boolean schemaExists(Sql sql) throws SQLException;

  /** Returns the name of a schema as a value in SQL; that of the connection's for null. */
  abstract String schemaName(@Nullable String schema);

  /** Returns whether statements name an index with its schema. */
  boolean qualifiesIndexes() {
    return false;
  }

  /** Returns what goes between {@code create table} and a name where statements may be repeated. */
  abstract String ifNotExists();

  /** Runs work in the transaction while no other instance upgrades the same schema. */
  abstract void withUpgradeLock(Sql sql, String prefix, Work<?> work) throws SQLException;

  /**
   * Runs a statement that changes the schema. While one waits for an open transaction, everybody
   * waits who uses its table after that; so where the tables may be in use, it gives up within a
   * second.
   *
   * @return whether it was run
   */
  boolean change(Sql sql, String statement) throws SQLException {
    sql.update(statement);
    return true;
  }

  /**
   * Returns what is wrong with the settings of a database or its sessions, and what to do about it;
   * empty if the library works under them.
   */
  abstract Optional<String> unsupportedSettings(Connection connection) throws SQLException;

  /** Returns what an operator should know about this version of the database before using it. */
  Optional<String> warning() {
    return Optional.empty();
  }

  /** Returns whether {@link #ensureDurable} has something to do. */
  boolean durabilityMayChange() {
    return false;
  }

  /**
   * Sees to it that what is committed survives the end of this process.
   *
   * @param connection in auto-commit mode
   */
  void ensureDurable(Connection connection) throws SQLException {}

  /** The purposes of a transaction. */
  enum Purpose {
    /** Registry and publishing. */
    SESSION,
    /** The hot tables: plans are pinned. */
    QUEUE,
    /** The removal of old rows: what comes first in an index is read and no more. */
    RETENTION,
    /** Reading the log: pinned to indexes in their order. */
    LOG
  }

  /** Work in a transaction. */
  @FunctionalInterface
  interface Work<T> {
    T run(Sql sql) throws SQLException;
  }

  /** Puts something back. */
  @FunctionalInterface
  interface Restore {
    /** Nothing to put back. */
    Restore NOTHING = () -> {};

    void run() throws SQLException;
  }
}
