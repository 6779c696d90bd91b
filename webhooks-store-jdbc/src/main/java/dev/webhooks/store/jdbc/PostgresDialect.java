package dev.webhooks.store.jdbc;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** PostgreSQL 12 and later. */
final class PostgresDialect extends Dialect {
  static final String NAME = "postgresql";
  static final int OLDEST = 12;

  /** The encodings that keep every character. */
  private static final Set<String> UNICODE = Set.of("UTF8", "SQL_ASCII");

  /**
   * Settings of one transaction.
   *
   * <p>The planner's statistics of a queue are wrong, since it fills and empties within minutes,
   * and it would read whole tables. Only nested loops over indexes have a cost that does not depend
   * on its estimates. A bitmap scan reads a whole range where an index scan ends at the limit.
   *
   * <p>A disabled plan costs ten thousand million more. A server with JIT would compile plans that
   * need one all the same, which takes up to a hundred times as long as the statement.
   *
   * <p>Roles often limit the time of a host's requests, and retention may take longer. The limits
   * are only replaced where they exist, since each costs a timer. Transactions have none before
   * version 17.
   */
  private static final String SESSION_SETTINGS = """
      select current_setting('transaction_isolation'),
        set_config('lock_timeout', '2000', true), set_config('enable_seqscan', 'off', true),
        set_config('enable_bitmapscan', 'off', true), set_config('jit', 'off', true), case
          when current_setting('statement_timeout') <> '0'
          then set_config('statement_timeout', ?, true) end, case
          when current_setting('transaction_timeout', true) <> '0'
          then set_config('transaction_timeout', '0', true) end""";

  private static final String QUEUE_SETTINGS = SESSION_SETTINGS
      + ", set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)";

  /** Prevents a sort of all matching rows for the first 1,000. */
  private static final String RETENTION_SETTINGS =
      QUEUE_SETTINGS + ", set_config('enable_sort', 'off', true)";

  private static final String LOG_SETTINGS =
      RETENTION_SETTINGS + ", set_config('enable_material', 'off', true)";

  private static final String FIND_SCHEMA =
      "select oid from pg_catalog.pg_namespace where nspname = {name: schema}";

  private final PostgresStatements statements = new PostgresStatements();

  @Override
  String name() {
    return NAME;
  }

  /**
   * {@inheritDoc}
   *
   * <p>With SQL_ASCII the server stores and returns the driver's UTF-8 unchanged.
   */
  @Override
  Optional<String> unsupportedSettings(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("show server_encoding")) {
      result.next();
      String encoding = result.getString(1);
      return UNICODE.contains(encoding)
          ? Optional.empty()
          : Optional.of("the encoding " + encoding
              + ", which has no room for every character: create a database with encoding 'UTF8'");
    }
  }

  @Override
  String tableParameter(String alias, List<String> names, List<ColumnType> types) {
    StringJoiner arrays = new StringJoiner(", ", "unnest(", ")");
    types.forEach(type -> arrays.add("?::" + sqlName(type) + "[]"));
    return arrays + " as " + alias + "(" + String.join(", ", names) + ")";
  }

  @Override
  int bind(PreparedStatement statement, int index, Rows<?> rows) throws SQLException {
    int next = index;
    for (Rows.Column column : rows.columns()) {
      Object[] values = arrayOf(column);
      Array array = statement.getConnection().createArrayOf(sqlName(column.type()), values);
      statement.setArray(next++, array);
    }
    return rows.columns().size();
  }

  private Object[] arrayOf(Rows.Column column) {
    Class<?> type =
        column.type() == ColumnType.TIME ? OffsetDateTime.class : column.type().javaType;
    Object[] values = (Object[]) java.lang.reflect.Array.newInstance(type, column.values().length);
    for (int i = 0; i < values.length; i++) {
      values[i] = parameter(column.values()[i]);
    }
    return values;
  }

  private static String sqlName(ColumnType type) {
    return switch (type) {
      case BIGINT -> "bigint";
      case INT -> "int";
      case UUID -> "uuid";
      case KEY, TEXT -> "text";
      case BYTES -> "bytea";
      case TIME -> "timestamptz";
    };
  }

  @Override
  Restore begin(Sql sql, Purpose purpose, Duration timeout) throws SQLException {
    String settings = switch (purpose) {
      case SESSION -> SESSION_SETTINGS;
      case QUEUE -> QUEUE_SETTINGS;
      case RETENTION -> RETENTION_SETTINGS;
      case LOG -> LOG_SETTINGS;
    };
    String statementTimeout = Long.toString(timeout.toMillis());
    if (!isReadCommitted(sql, settings, statementTimeout)) {
      sql.connection.rollback();
      try (Statement statement = sql.connection.createStatement()) {
        statement.execute("set transaction isolation level read committed");
      }
      isReadCommitted(sql, settings, statementTimeout);
    }
    return Restore.NOTHING;
  }

  private static boolean isReadCommitted(Sql sql, String settings, String statementTimeout)
      throws SQLException {
    try (PreparedStatement statement = sql.prepare(settings)) {
      sql.bind(statement, statementTimeout);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        return result.getString(1).equals("read committed");
      }
    }
  }

  @Override
  SqlErrors.@Nullable Meaning meaning(SQLException fault) {
    return PostgresErrors.meaning(fault);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Sets a savepoint, since a failed statement would abort the whole transaction.
   */
  @Override
  <T> Optional<T> withLockTimeout(Sql sql, Duration timeout, Work<T> work) throws SQLException {
    Savepoint before = sql.connection.setSavepoint();
    try {
      String usual = setLockTimeout(sql, Math.max(1, timeout.toMillis()) + "ms");
      T result = work.run(sql);
      setLockTimeout(sql, usual);
      sql.connection.releaseSavepoint(before);
      return Optional.of(result);
    } catch (SQLException e) {
      if (!isLockTimeout(e)) {
        throw e;
      }
      sql.connection.rollback(before);
      sql.connection.releaseSavepoint(before);
      return Optional.empty();
    }
  }

  /** Sets the transaction's lock time-out and returns the former one. */
  private static String setLockTimeout(Sql sql, String value) throws SQLException {
    String set = """
        with usual as materialized (select current_setting('lock_timeout') as value)
        select value, set_config('lock_timeout', ?, true) from usual""";
    return sql.list(set, row -> row.text("value"), value).get(0);
  }

  @Override
  boolean insertIfAbsent(Sql sql, String insert, @Nullable Object... parameters)
      throws SQLException {
    return sql.update(insert + " on conflict do nothing", parameters) == 1;
  }

  @Override
  String skipLocked(String alias) {
    return " for update of " + alias + " skip locked";
  }

  @Override
  String currentTime() {
    return "clock_timestamp()";
  }

  /**
   * {@inheritDoc}
   *
   * <p>Compares rows of columns, which fits no other index. With a condition on the type or status
   * alone, the planner would often read another index by id until enough rows match.
   */
  @Override
  String within(KeyRange range, List<Object> parameters) {
    Key type = range.type();
    parameters.add(range.webhook());
    for (UUID bound : List.of(range.from(), range.to())) {
      if (type != null) {
        parameters.add(type);
      }
      parameters.add(bound);
    }
    String columns = type == null ? "(status, id)" : "(type, status, id)";
    String values = "(" + (type == null ? "" : "?, ") + range.status().literal + ", ?)";
    return "webhook = ? and " + columns + " >= " + values + " and " + columns + " < " + values;
  }

  @Override
  QueueStatements queueStatements() {
    return statements;
  }

  @Override
  String replaceCounters() {
    return "insert into {stat} (" + JdbcStatistics.COUNTERS + ")" + JdbcStatistics.SELECT_COUNTERS
        + """

        on conflict (webhook) do update set
          succeeded = excluded.succeeded, failed = excluded.failed,
          consecutive = excluded.consecutive, last_attempt = excluded.last_attempt,
          last_success = excluded.last_success, last_failure = excluded.last_failure""";
  }

  @Override
  <T> List<T> takeDeltas(Sql sql, int limit, Sql.RowMapper<T> mapper) throws SQLException {
    String take = """
        delete from {stat_delta}
        where ctid = any (array(select ctid from {stat_delta} limit ?))
        returning
        """ + JdbcStatistics.DELTA;
    return sql.list(take, mapper, limit);
  }

  /** {@inheritDoc} Names the lock after the table, so that all names of the table share it. */
  @Override
  boolean tryFoldLock(Sql sql) throws SQLException {
    String lock = """
        select pg_try_advisory_xact_lock(
          hashtextextended('fold', '{stat_delta}'::regclass::oid::bigint)) as locked""";
    return sql.list(lock, row -> row.bool("locked")).get(0);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Does not use {@code to_regclass}, which may miss a table that another session has created
   * since this transaction began.
   */
  @Override
  boolean tableExists(Sql sql, String table) throws SQLException {
    String find = "select 1 from pg_catalog.pg_class where relname = ? and "
        + (sql.names().schema() == null
            ? "pg_catalog.pg_table_is_visible(oid)"
            : "relnamespace in (" + FIND_SCHEMA + ")");
    return !sql.list(find, row -> 1, table.toLowerCase(Locale.ROOT)).isEmpty();
  }

  @Override
  boolean schemaExists(Sql sql) throws SQLException {
    return sql.first(FIND_SCHEMA, row -> true).isPresent();
  }

  @Override
  String schemaName(@Nullable String schema) {
    return schema == null ? "current_schema()" : "'" + schema.toLowerCase(Locale.ROOT) + "'";
  }

  @Override
  String ifNotExists() {
    return "";
  }

  @Override
  boolean change(Sql sql, String statement) throws SQLException {
    return withLockTimeout(sql, Duration.ofSeconds(1), s -> s.update(statement)).isPresent();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Takes a lock named after the schema of the tables. Turns off the limits on waiting and on
   * idle transactions, since an upgrade pauses between its tries.
   */
  @Override
  void withUpgradeLock(Sql sql, String prefix, Work<?> work) throws SQLException {
    String lock = """
        select set_config('lock_timeout', '0', true),
          set_config('idle_in_transaction_session_timeout', '0', true),
          pg_advisory_xact_lock(hashtextextended(? || 'upgrade', coalesce(
            (select relnamespace from pg_catalog.pg_class
             where ? and relname = ? || 'schema' and pg_catalog.pg_table_is_visible(oid)),
            (select oid from pg_catalog.pg_namespace where nspname = {name: schema}))::bigint))""";
    boolean found = sql.names().schema() == null;
    String folded = prefix.toLowerCase(Locale.ROOT);
    sql.list(lock, row -> prefix, folded, found, folded);
    work.run(sql);
  }
}
