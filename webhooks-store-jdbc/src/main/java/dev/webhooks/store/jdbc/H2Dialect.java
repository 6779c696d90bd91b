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

  /** The minor version whose views show the delay in force and whose queries skip locked rows. */
  private static final int SHOWS_DELAY_AND_SKIPS_LOCKED = 2;

  private static final int LOSES_LAST_COMMITS = 5;

  /** Those that read {@code limit}, among other things. */
  private static final Set<String> MODES =
      Set.of("REGULAR", "LEGACY", "DB2", "HSQLDB", "MARIADB", "MYSQL", "POSTGRESQL");

  /**
   * The setting. What is H2's own is written in upper case, which {@code DATABASE_TO_UPPER=FALSE}
   * leaves alone and all else turns into the case of the database; its columns are renamed, since
   * {@code OLD_INFORMATION_SCHEMA} has others.
   */
  private static final String SETTINGS =
      "from INFORMATION_SCHEMA.SETTINGS as s (setting, setting_value) where setting = ";

  private static final String MODE = "select setting_value " + SETTINGS + "'MODE'";

  /** One row if every delay of writes is 0. */
  private static final String SAFE = "select 1 " + SETTINGS + "'WRITE_DELAY'"
      + " having count(*) > 0 and max(cast(setting_value as integer)) = 0";

  private final H2Statements statements = new H2Statements();
  private final ReentrantLock lock;
  private final int minor;

  /** Creates the dialect of a database that is not there yet. */
  H2Dialect(ReentrantLock lock) {
    this(lock, SHOWS_DELAY_AND_SKIPS_LOCKED);
  }

  /**
   * Creates the dialect of one database.
   *
   * @param lock shared by all stores of this process on the same tables
   * @param minor the second number of its version
   */
  H2Dialect(ReentrantLock lock, int minor) {
    this.lock = lock;
    this.minor = minor;
  }

  /**
   * {@inheritDoc}
   *
   * <p>H2 2.5.252 may write the place of the chunk before the last one into the header of its file,
   * so that after a kill the last commits are not found: see {@code JdbcH2DurabilityTest}.
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

  /** Sets how long the session waits for locks, and returns how long it did before. */
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
    // H2 takes 0 for its default.
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

  /** {@inheritDoc} H2 before 2.2 can not. */
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
   * <p>H2 guesses how many rows a filter lets through, and often takes the other index.
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
   * Returns as what a name may be stored, after the database's settings. H2's own upper and lower
   * follow the JVM's locale, which turns an I into another letter in Turkish.
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
   * <p>With its default delay of 500 ms a killed process loses what it committed last. The setting
   * belongs to the whole database, and every connection opened with {@code WRITE_DELAY} in its URL
   * sets it anew, so this is repeated with every beat.
   *
   * <p>The view shows two values once the delay has been set: the one stored in the database, and
   * the one in force, which is the default again whenever the database has been opened anew. All
   * have to be 0. H2 before 2.2 does not show the one in force, so there it is set every time.
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
