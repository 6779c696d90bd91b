package dev.webhooks.store.jdbc;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** H2 2.x. */
final class H2Dialect extends Dialect {
  static final String NAME = "h2";
  static final int MAJOR = 2;

  private static final int NO_ADMIN = 90040;

  /** The first minor version that shows the write delay in force and skips locked rows. */
  private static final int SHOWS_DELAY_AND_SKIPS_LOCKED = 2;

  private static final int LOSES_LAST_COMMITS = 5;

  /** The compatibility modes that know {@code limit}, among other things. */
  private static final Set<String> MODES =
      Set.of("REGULAR", "LEGACY", "DB2", "HSQLDB", "MARIADB", "MYSQL", "POSTGRESQL");

  /**
   * Upper case stays valid under {@code DATABASE_TO_UPPER=FALSE}. The columns are renamed, since
   * {@code OLD_INFORMATION_SCHEMA} names them otherwise.
   */
  private static final String SETTINGS =
      "from INFORMATION_SCHEMA.SETTINGS as s (setting, setting_value) where setting = ";

  private static final String MODE = "select setting_value " + SETTINGS + "'MODE'";

  /** Finds one row if every write delay is 0. */
  private static final String SAFE = "select 1 " + SETTINGS + "'WRITE_DELAY'"
      + " having count(*) > 0 and max(cast(setting_value as integer)) = 0";

  private final H2Statements statements = new H2Statements();
  private final ReentrantLock lock;
  private final int minor;

  H2Dialect(ReentrantLock lock) {
    this(lock, SHOWS_DELAY_AND_SKIPS_LOCKED);
  }

  /**
   * Creates the dialect of one database.
   *
   * @param lock shared by all stores of this process on the same tables
   * @param minor the minor version of H2
   */
  H2Dialect(ReentrantLock lock, int minor) {
    this.lock = lock;
    this.minor = minor;
  }

  /**
   * {@inheritDoc}
   *
   * <p>H2 2.5.252 may write a wrong place of a chunk into the header of its file. After a kill the
   * last commits are then missing: see {@code JdbcH2DurabilityTest}.
   */
  @Override
  Optional<String> warning() {
    return minor == LOSES_LAST_COMMITS
        ? Optional.of("H2 2.5 may lose the last commits of a process that is killed, whatever its"
            + " settings; use H2 2.4.240, which does not")
        : Optional.empty();
  }

  @Override
  Optional<String> unsupportedSettings(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(MODE)) {
      String mode = result.next() ? result.getString(1) : "REGULAR";
      return MODES.contains(mode.toUpperCase(Locale.ROOT))
          ? Optional.empty()
          : Optional.of("MODE=" + mode + " in its URL; use REGULAR, LEGACY, DB2, HSQLDB, MariaDB,"
              + " MySQL or PostgreSQL");
    }
  }

  @Override
  String forUpdateSkipLocked() {
    return minor >= SHOWS_DELAY_AND_SKIPS_LOCKED ? super.forUpdateSkipLocked() : " for update";
  }

  @Override
  String name() {
    return NAME;
  }

  @Override
  String tableParameter(String alias, List<String> names, List<ColumnType> types) {
    StringJoiner arrays = new StringJoiner(", ", "unnest(", ")");
    types.forEach(type -> arrays.add("cast(? as " + sqlName(type) + " array)"));
    return arrays + " as " + alias + "(" + String.join(", ", names) + ")";
  }

  @Override
  int bind(PreparedStatement statement, int index, Rows<?> rows) throws SQLException {
    int next = index;
    for (Rows.Column column : rows.columns()) {
      Object[] values = new Object[column.values().length];
      for (int i = 0; i < values.length; i++) {
        Object value = column.values()[i];
        boolean key = column.type() == ColumnType.KEY && value != null;
        values[i] = key ? bytes((String) value) : parameter(value);
      }
      statement.setObject(next++, values);
    }
    return rows.columns().size();
  }

  private static String sqlName(ColumnType type) {
    return switch (type) {
      case BIGINT -> "bigint";
      case INT -> "int";
      case UUID -> "uuid";
      case TEXT -> "varchar";
      case KEY, BYTES -> "varbinary";
      case TIME -> "timestamp(6) with time zone";
    };
  }

  @Override
  @Nullable
  Object parameter(@Nullable Object value) {
    return value instanceof Key key ? bytes(key.text()) : super.parameter(value);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  @Nullable
  String key(ResultSet result, String column) throws SQLException {
    byte[] bytes = result.getBytes(column);
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  Restore begin(Sql sql, Purpose purpose, Duration timeout) throws SQLException {
    Connection connection = sql.connection;
    int isolation = connection.getTransactionIsolation();
    if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    }
    int lockTimeout = setLockTimeout(sql, (int) LOCK_TIMEOUT.toMillis());
    return () -> {
      if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
        connection.setTransactionIsolation(isolation);
      }
      setLockTimeout(sql, lockTimeout);
    };
  }

  /** Sets the session's lock time-out and returns the former one. */
  private static int setLockTimeout(Sql sql, int millis) throws SQLException {
    int usual = sql.list("select lock_timeout() as millis", row -> row.integer("millis"))
        .get(0);
    if (usual != millis) {
      sql.update("set lock_timeout " + millis);
    }
    return usual;
  }

  @Override
  SqlErrors.@Nullable Meaning meaning(SQLException fault) {
    return H2Errors.meaning(fault);
  }

  @Override
  <T> Optional<T> withLockTimeout(Sql sql, Duration timeout, Work<T> work) throws SQLException {
    Savepoint before = sql.connection.setSavepoint();
    // H2 takes 0 as its default.
    int usual = setLockTimeout(sql, Math.max(1, (int) timeout.toMillis()));
    try {
      T result = work.run(sql);
      sql.connection.releaseSavepoint(before);
      return Optional.of(result);
    } catch (SQLException e) {
      if (!isLockTimeout(e)) {
        throw e;
      }
      sql.connection.rollback(before);
      sql.connection.releaseSavepoint(before);
      return Optional.empty();
    } finally {
      setLockTimeout(sql, usual);
    }
  }

  /** {@inheritDoc} H2 before 2.2 cannot. */
  @Override
  String skipLocked(String alias) {
    return "";
  }

  @Override
  String currentTime() {
    return "current_timestamp(6)";
  }

  /**
   * {@inheritDoc}
   *
   * <p>H2 guesses the selectivity of a filter and often takes the other index.
   */
  @Override
  String useIndex(String index) {
    return " use index (" + index + ")";
  }

  @Override
  QueueStatements queueStatements() {
    return statements;
  }

  @Override
  String replaceCounters() {
    return "merge into {stat} (" + JdbcStatistics.COUNTERS + ") key (webhook)"
        + JdbcStatistics.SELECT_COUNTERS;
  }

  @Override
  <T> List<T> takeDeltas(Sql sql, int limit, Sql.RowMapper<T> mapper) throws SQLException {
    String take =
        "select " + JdbcStatistics.DELTA + " from old table (delete from {stat_delta} limit ?)";
    return sql.list(take, mapper, limit);
  }

  @Override
  boolean tryFoldLock(Sql sql) throws SQLException {
    String lock = "select version from {schema} where version = 1 for update";
    return withLockTimeout(sql, Duration.ZERO, s -> s.list(lock, row -> 1)).isPresent();
  }

  @Override
  <T> T serialized(Supplier<T> transaction) {
    lock.lock();
    try {
      return transaction.get();
    } finally {
      lock.unlock();
    }
  }

  @Override
  boolean tableExists(Sql sql, String table) throws SQLException {
    String schema = sql.names().schema();
    String find = "select 1 from INFORMATION_SCHEMA.TABLES where TABLE_NAME in (?, ?, ?) and "
        + (schema == null ? "TABLE_SCHEMA = current_schema" : "TABLE_SCHEMA in (?, ?, ?)");
    List<String> parameters = new ArrayList<>(foldings(table));
    if (schema != null) {
      parameters.addAll(foldings(schema));
    }
    return !sql.list(find, row -> 1, parameters.toArray()).isEmpty();
  }

  /**
   * Returns the forms in which the database may store a name. The JVM's locale must not matter:
   * Turkish has another upper case of i.
   */
  private static List<String> foldings(String name) {
    return List.of(name, name.toUpperCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
  }

  @Override
  boolean schemaExists(Sql sql) throws SQLException {
    String find = "select 1 from INFORMATION_SCHEMA.SCHEMATA where SCHEMA_NAME in (?, ?, ?)";
    Object[] names = foldings(Objects.requireNonNull(sql.names().schema())).toArray();
    return sql.first(find, row -> true, names).isPresent();
  }

  @Override
  String schemaName(@Nullable String schema) {
    return schema == null ? "current_schema" : "'" + schema + "'";
  }

  @Override
  boolean qualifiesIndexes() {
    return true;
  }

  @Override
  String ifNotExists() {
    return "if not exists ";
  }

  @Override
  void withUpgradeLock(Sql sql, String prefix, Work<?> work) throws SQLException {
    work.run(sql);
  }

  @Override
  boolean durabilityMayChange() {
    return true;
  }

  /**
   * {@inheritDoc}
   *
   * <p>With its default write delay of 500 ms a killed process loses its last commits. The setting
   * is the database's, and each connection with {@code WRITE_DELAY} in its URL changes it. So every
   * heartbeat repeats this.
   *
   * <p>Once the delay has been set, the view shows two values: the stored one and the one in force.
   * Reopening the database restores the default, so both have to be 0. H2 before 2.2 does not show
   * the one in force, so it is always set.
   */
  @Override
  void ensureDurable(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      boolean delayed;
      try (ResultSet result = statement.executeQuery(SAFE)) {
        delayed = !result.next();
      }
      if (delayed || minor < SHOWS_DELAY_AND_SKIPS_LOCKED) {
        setWriteDelay(statement);
      }
    }
  }

  private static void setWriteDelay(Statement statement) throws SQLException {
    try {
      statement.execute("set write_delay 0");
    } catch (SQLException e) {
      if (e.getErrorCode() != NO_ADMIN) {
        throw e;
      }
      throw new IllegalStateException(
          "with its WRITE_DELAY this H2 database loses commits when the process is killed, and the"
              + " store's user may not change it: add ;WRITE_DELAY=0 to its URL",
          e);
    }
  }
}
