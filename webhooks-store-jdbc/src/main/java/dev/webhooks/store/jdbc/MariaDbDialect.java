package dev.webhooks.store.jdbc;

import dev.webhooks.model.StoreUnavailableException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * MariaDB 10.6 and later. Ids are 16 bytes in the order of their text, times are in UTC without a
 * zone, and keys are compared byte by byte.
 */
final class MariaDbDialect extends Dialect {
  static final String NAME = "mariadb";
  static final String OLDEST = "10.6";

  /**
   * Begins a transaction at READ COMMITTED. Variables save the session's settings: the lock
   * time-out, the limit on statements (replaced only if there is one), and the refusal of changes
   * without a key.
   */
  private static final String BEGIN =
      """
      begin not atomic
        set transaction isolation level read committed;
        set @webhooks_lock_wait = @@innodb_lock_wait_timeout,
          @webhooks_statement_time = @@max_statement_time,
          @webhooks_safe_updates = @@sql_safe_updates,
          innodb_lock_wait_timeout = <locks>,
          max_statement_time = if(@@max_statement_time = 0, 0, <statements>),
          sql_safe_updates = 0;
      end""".replace("<locks>", Long.toString(LOCK_TIMEOUT.toSeconds()));

  private static final String END = """
      set innodb_lock_wait_timeout = @webhooks_lock_wait,
        max_statement_time = @webhooks_statement_time,
        sql_safe_updates = @webhooks_safe_updates, @webhooks_lock_wait = null,
        @webhooks_statement_time = null, @webhooks_safe_updates = null""";

  private static final String SET_LOCK_WAIT = "set innodb_lock_wait_timeout = ";

  private static final String LOCK_WAIT = "select @@innodb_lock_wait_timeout as seconds";

  private static final long LONGEST_PAUSE_NANOS = 20_000_000;

  /** The longest wait for another instance that upgrades the tables. */
  private static final Duration UPGRADE_TIMEOUT = Duration.ofMinutes(4);

  private static final String UPGRADE_LOCK =
      "concat('webhooks.', md5(concat({name: schema}, '.', ?)))";

  private static final String DELTAS = "select " + JdbcStatistics.DELTA
      + " from {stat_delta} order by number limit ? for update skip locked";

  private static final String DELETE_DELTAS =
      "delete d from {x: number bigint} straight_join {stat_delta} d on d.number = x.number";

  private final MariaDbStatements statements = new MariaDbStatements();

  static boolean supports(int major, int minor) {
    return major > 10 || (major == 10 && minor >= 6);
  }

  @Override
  String name() {
    return NAME;
  }

  @Override
  Optional<String> unsupportedSettings(Connection connection) throws SQLException {
    return MariaDbSettings.of(connection).fault();
  }

  @Override
  String tableParameter(String alias, List<String> names, List<ColumnType> types) {
    return JsonRows.table(alias, names, types);
  }

  @Override
  int bind(PreparedStatement statement, int index, Rows<?> rows) throws SQLException {
    statement.setString(index, JsonRows.json(rows));
    return 1;
  }

  @Override
  @Nullable
  Object parameter(@Nullable Object value) {
    if (value instanceof Instant time) {
      return JsonRows.utc(time);
    }
    if (value instanceof UUID id) {
      return JsonRows.bytes(id);
    }
    return super.parameter(value);
  }

  @Override
  @Nullable
  UUID uuid(ResultSet result, String column) throws SQLException {
    byte[] bytes = result.getBytes(column);
    if (bytes == null) {
      return null;
    }
    ByteBuffer id = ByteBuffer.wrap(bytes);
    return new UUID(id.getLong(), id.getLong());
  }

  @Override
  @Nullable
  Instant time(ResultSet result, String column) throws SQLException {
    LocalDateTime time = result.getObject(column, LocalDateTime.class);
    return time == null ? null : time.toInstant(ZoneOffset.UTC);
  }

  @Override
  Restore begin(Sql sql, Purpose purpose, Duration timeout) throws SQLException {
    String seconds = BigDecimal.valueOf(timeout.toMillis(), 3).toPlainString();
    sql.update(BEGIN.replace("<statements>", seconds));
    return () -> sql.update(END);
  }

  @Override
  SqlErrors.@Nullable Meaning meaning(SQLException fault) {
    return MariaDbErrors.meaning(fault);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Polls without waiting in the database. Sessions that wait for one row there deadlock when
   * its owner rolls back. A deadlock rolls back the whole transaction, which may be the host's.
   */
  @Override
  <T> Optional<T> withLockTimeout(Sql sql, Duration timeout, Work<T> work) throws SQLException {
    Savepoint before = sql.connection.setSavepoint();
    int usual = sql.list(LOCK_WAIT, row -> row.integer("seconds")).get(0);
    sql.update(SET_LOCK_WAIT + 0);
    try {
      long started = System.nanoTime();
      Optional<T> result = attempt(sql, before, work);
      while (result.isEmpty() && System.nanoTime() - started < timeout.toNanos()) {
        pause();
        result = attempt(sql, before, work);
      }
      sql.connection.releaseSavepoint(before);
      return result;
    } finally {
      sql.update(SET_LOCK_WAIT + usual);
    }
  }

  private <T> Optional<T> attempt(Sql sql, Savepoint before, Work<T> work) throws SQLException {
    try {
      return Optional.of(work.run(sql));
    } catch (SQLException e) {
      if (!isLockTimeout(e)) {
        throw e;
      }
      sql.connection.rollback(before);
      return Optional.empty();
    }
  }

  private static void pause() {
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_PAUSE_NANOS));
  }

  /** Uses {@code values}, several times as fast as a table parameter where there are bodies. */
  @Override
  void insert(Sql sql, String insert, Rows<?> rows) throws SQLException {
    String row = "(" + String.join(",", Collections.nCopies(rows.columns().size(), "?")) + ")";
    String values = String.join(",", Collections.nCopies(rows.size(), row));
    try (PreparedStatement statement = sql.prepare(insert + " values ", values)) {
      int index = 1;
      for (int i = 0; i < rows.size(); i++) {
        for (Rows.Column column : rows.columns()) {
          statement.setObject(index++, parameter(column.values()[i]));
        }
      }
      statement.executeUpdate();
    }
  }

  @Override
  String skipLocked(String alias) {
    return " for update skip locked";
  }

  /**
   * {@inheritDoc}
   *
   * <p>Under strict snapshot isolation, the default from 11.6 on, such a read would end the
   * transaction. Versions with that setting run the comment.
   */
  @Override
  String currentRead(String query) {
    return "/*M!110402 set statement innodb_snapshot_isolation = 0 for */ " + query
        + " lock in share mode skip locked";
  }

  /** Returns false: with {@code useBulkStmts} the driver reports success without counts. */
  @Override
  boolean reportsBatchCounts() {
    return false;
  }

  @Override
  String currentTime() {
    return "utc_timestamp(6)";
  }

  @Override
  String useIndex(String index) {
    return " force index (" + index + ")";
  }

  @Override
  QueueStatements queueStatements() {
    return statements;
  }

  @Override
  String replaceCounters() {
    return "insert into {stat} (" + JdbcStatistics.COUNTERS + ")" + JdbcStatistics.SELECT_COUNTERS
        + """

        on duplicate key update
          succeeded = values(succeeded), failed = values(failed),
          consecutive = values(consecutive), last_attempt = values(last_attempt),
          last_success = values(last_success), last_failure = values(last_failure)""";
  }

  @Override
  <T> List<T> takeDeltas(Sql sql, int limit, Sql.RowMapper<T> mapper) throws SQLException {
    List<Long> numbers = new ArrayList<>();
    Sql.RowMapper<T> counting = row -> {
      numbers.add(row.bigint("number"));
      return mapper.map(row);
    };
    List<T> deltas = sql.list(DELTAS, counting, limit);
    if (!deltas.isEmpty()) {
      sql.update(DELETE_DELTAS, Rows.ofNumbers(numbers));
    }
    return deltas;
  }

  @Override
  boolean tryFoldLock(Sql sql) throws SQLException {
    String lock = "select version from {schema} where version = 1 for update skip locked";
    return sql.first(lock, row -> true).isPresent();
  }

  @Override
  boolean tableExists(Sql sql, String table) throws SQLException {
    String find = """
        select 1 from information_schema.tables
        where table_schema = {name: schema} and table_name = ?
          and (@@lower_case_table_names <> 0 or binary table_name = ?)""";
    return !sql.list(find, row -> 1, table, table).isEmpty();
  }

  @Override
  boolean schemaExists(Sql sql) throws SQLException {
    String find = "select 1 from information_schema.schemata where schema_name = {name: schema}";
    return sql.first(find, row -> true).isPresent();
  }

  @Override
  String schemaName(@Nullable String schema) {
    return schema == null ? "database()" : "'" + schema + "'";
  }

  @Override
  String ifNotExists() {
    return "if not exists ";
  }

  /** {@inheritDoc} The statement itself sets its time-out. */
  @Override
  boolean change(Sql sql, String statement) throws SQLException {
    try {
      sql.update(statement);
      return true;
    } catch (SQLException e) {
      if (!isLockTimeout(e)) {
        throw e;
      }
      return false;
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Uses a lock of the session, since each change of the schema commits and so ends the locks of
   * a transaction. The last commit comes before the lock's release.
   */
  @Override
  void withUpgradeLock(Sql sql, String prefix, Work<?> work) throws SQLException {
    String lock =
        "select get_lock(" + UPGRADE_LOCK + ", " + UPGRADE_TIMEOUT.toSeconds() + ") as locked";
    if (!sql.list(lock, row -> row.bool("locked"), prefix).get(0)) {
      throw new StoreUnavailableException(
          "another instance has been upgrading the tables for too long", false, null);
    }
    try {
      work.run(sql);
      sql.connection.commit();
    } finally {
      sql.list("select release_lock(" + UPGRADE_LOCK + ")", row -> true, prefix);
    }
  }
}
