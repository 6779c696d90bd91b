package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.store.jdbc.SqlErrors.Meaning;
import java.io.EOFException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The errors of the databases' manuals, and the store's reading of each. */
class SqlErrorsTest {
  /** Everything that is worth another try by the caller. */
  private static final Set<Meaning> UNAVAILABLE = Set.of(
      Meaning.CONFLICT,
      Meaning.LOCK_TIMEOUT,
      Meaning.DISCONNECTED,
      Meaning.TOO_SLOW,
      Meaning.AWAY,
      Meaning.READ_ONLY);

  @ParameterizedTest
  @CsvSource(textBlock = """
      40000, CONFLICT, transaction_rollback
      40001, CONFLICT, serialization_failure and conflict with recovery
      40P01, CONFLICT, deadlock_detected
      72000, CONFLICT, snapshot_too_old
      55P03, LOCK_TIMEOUT, lock_not_available
      08000, DISCONNECTED, connection_exception
      08001, DISCONNECTED, sqlclient_unable_to_establish_sqlconnection
      08003, DISCONNECTED, connection_does_not_exist
      08004, DISCONNECTED, sqlserver_rejected_establishment_of_sqlconnection
      08006, DISCONNECTED, connection_failure
      08007, DISCONNECTED, transaction_resolution_unknown
      08P01, DISCONNECTED, protocol_violation
      40003, DISCONNECTED, statement_completion_unknown
      25P03, DISCONNECTED, idle_in_transaction_session_timeout
      25P04, DISCONNECTED, transaction_timeout
      57P01, DISCONNECTED, admin_shutdown
      57P02, DISCONNECTED, crash_shutdown
      57P04, DISCONNECTED, database_dropped
      57P05, DISCONNECTED, idle_session_timeout
      57014, TOO_SLOW, query_canceled by statement_timeout or an administrator
      53000, AWAY, insufficient_resources
      53100, AWAY, disk_full
      53200, AWAY, out_of_memory and the table of locks full
      53300, AWAY, too_many_connections
      53400, AWAY, configuration_limit_exceeded
      57000, AWAY, operator_intervention
      57P03, AWAY, cannot_connect_now
      58000, AWAY, system_error
      58030, AWAY, io_error
      58P01, AWAY, undefined_file
      58P02, AWAY, duplicate_file
      25006, READ_ONLY, read_only_sql_transaction
      0A000, OUTDATED, cached plan must not change result type
      26000, OUTDATED, invalid_sql_statement_name
      42P01, NO_TABLE, undefined_table
      3F000, NO_TABLE, invalid_schema_name
      25P02, FAILED_BEFORE, in_failed_sql_transaction
      23505, DUPLICATE, unique_violation
      22021, REFUSED, character_not_in_repertoire
      23502, REFUSED, not_null_violation
      25000, REFUSED, invalid_transaction_state
      25001, REFUSED, active_sql_transaction
      25P01, REFUSED, no_active_sql_transaction
      40002, REFUSED, transaction_integrity_constraint_violation
      42501, REFUSED, insufficient_privilege
      42601, REFUSED, syntax_error
      42703, REFUSED, undefined_column
      54001, REFUSED, statement_too_complex
      55000, REFUSED, object_not_in_prerequisite_state
      55006, REFUSED, object_in_use
      P0001, REFUSED, raise_exception
      XX000, REFUSED, internal_error
      XX001, REFUSED, data_corrupted
      XX002, REFUSED, index_corrupted
      """)
  void postgres(String state, Meaning meaning, String condition) {
    assertMeaning(new PostgresDialect(), new SQLException(condition, state), meaning);
  }

  @ParameterizedTest
  @CsvSource(textBlock = """
      1020, HY000, CONFLICT, record has changed since last read
      1213, 40001, CONFLICT, deadlock and conflict between nodes of Galera
      1402, XA100, CONFLICT, XA branch rolled back
      1412, HY000, CONFLICT, table definition has changed
      1613, XA106, CONFLICT, XA branch took too long
      1614, XA102, CONFLICT, XA branch in a deadlock
      3058, HY000, CONFLICT, deadlock of named locks
      1205, HY000, LOCK_TIMEOUT, lock wait timeout
      1689, HY000, LOCK_TIMEOUT, lock wait aborted
      1053, 08S01, DISCONNECTED, server shutdown in progress
      1077, 00000, DISCONNECTED, normal shutdown
      1078, 00000, DISCONNECTED, got signal
      1079, 00000, DISCONNECTED, shutdown complete
      1080, 08S01, DISCONNECTED, forcing close of thread
      1152, 08S01, DISCONNECTED, aborted connection
      1154, 08S01, DISCONNECTED, read error from pipe
      1155, 08S01, DISCONNECTED, error from fcntl
      1156, 08S01, DISCONNECTED, packets out of order
      1157, 08S01, DISCONNECTED, uncompress
      1158, 08S01, DISCONNECTED, error reading packets
      1159, 08S01, DISCONNECTED, timeout reading packets
      1160, 08S01, DISCONNECTED, error writing packets
      1161, 08S01, DISCONNECTED, timeout writing packets
      1184, 08S01, DISCONNECTED, aborted connection
      1927, 70100, DISCONNECTED, connection was killed
      1042, 08S01, DISCONNECTED, host not found
      1043, 08S01, DISCONNECTED, bad handshake
      1317, 70100, TOO_SLOW, query interrupted
      1969, 70100, TOO_SLOW, max_statement_time exceeded
      1016, HY000, AWAY, cannot open file
      1021, HY000, AWAY, disk full
      1023, HY000, AWAY, error on close
      1024, HY000, AWAY, error on read
      1026, HY000, AWAY, error on write
      1028, HY000, AWAY, sort aborted
      1030, HY000, AWAY, error of the storage engine
      1037, HY001, AWAY, out of memory
      1038, HY001, AWAY, out of sort memory
      1040, 08004, AWAY, too many connections
      1041, HY000, AWAY, out of resources
      1114, HY000, AWAY, table full
      1135, HY000, AWAY, cannot create thread
      1180, HY000, AWAY, error during commit
      1181, HY000, AWAY, error during rollback
      1203, 42000, AWAY, max_user_connections
      1206, HY000, AWAY, table of locks full
      1226, 42000, AWAY, user limit reached
      1461, 42000, AWAY, max_prepared_stmt_count
      1587, HY000, AWAY, too many files opened
      1637, HY000, AWAY, too many transactions
      1878, HY000, AWAY, temporary file write failure
      3015, HY000, AWAY, storage engine out of memory
      4139, HY000, AWAY, index file full
      1036, HY000, AWAY, table is read only
      1047, 08S01, AWAY, node not prepared
      1290, HY000, AWAY, server runs with --read-only
      1836, HY000, AWAY, read-only mode
      1874, HY000, AWAY, InnoDB in read-only mode
      1792, 25006, READ_ONLY, read-only transaction
      1243, HY000, OUTDATED, unknown prepared statement
      1615, HY000, OUTDATED, needs to be re-prepared
      1046, 3D000, NO_TABLE, no database selected
      1049, 42000, NO_TABLE, unknown database
      1146, 42S02, NO_TABLE, no such table
      1022, 23000, DUPLICATE, duplicate key
      1062, 23000, DUPLICATE, duplicate entry
      1169, 23000, DUPLICATE, unique constraint
      1586, 23000, DUPLICATE, duplicate entry for key
      1044, 42000, REFUSED, access to the database denied
      1048, 23000, REFUSED, column cannot be null
      1054, 42S22, REFUSED, unknown column
      1064, 42000, REFUSED, syntax
      1142, 42000, REFUSED, access to the table denied
      1153, 08S01, REFUSED, packet too large
      1366, 22007, REFUSED, incorrect value
      1406, 22001, REFUSED, data too long
      1568, 25001, REFUSED, transaction characteristics cannot be changed
      1665, HY000, REFUSED, binlog_format = statement
      """)
  void maria_db(int code, String state, Meaning meaning, String condition) {
    assertMeaning(new MariaDbDialect(), new SQLException(condition, state, code), meaning);
  }

  @ParameterizedTest
  @CsvSource(textBlock = """
      40001, CONFLICT, DEADLOCK_1
      90039, CONFLICT, LOB_CLOSED_ON_TIMEOUT_1
      90112, CONFLICT, ROW_NOT_FOUND_WHEN_DELETING_1
      90131, CONFLICT, CONCURRENT_UPDATE_1
      50200, LOCK_TIMEOUT, LOCK_TIMEOUT_1
      8000, DISCONNECTED, ERROR_OPENING_DATABASE_1
      90007, DISCONNECTED, OBJECT_CLOSED
      90020, DISCONNECTED, DATABASE_ALREADY_OPEN_1
      90067, DISCONNECTED, CONNECTION_BROKEN_1
      90098, DISCONNECTED, DATABASE_IS_CLOSED
      90121, DISCONNECTED, DATABASE_CALLED_AT_SHUTDOWN
      90135, DISCONNECTED, DATABASE_IS_IN_EXCLUSIVE_MODE
      57014, TOO_SLOW, STATEMENT_WAS_CANCELED
      90024, AWAY, FILE_RENAME_FAILED_2
      90025, AWAY, FILE_DELETE_FAILED_1
      90028, AWAY, IO_EXCEPTION_1
      90031, AWAY, IO_EXCEPTION_2
      90062, AWAY, FILE_CREATION_FAILED_1
      90097, AWAY, DATABASE_IS_READ_ONLY
      90108, AWAY, OUT_OF_MEMORY
      42102, NO_TABLE, TABLE_OR_VIEW_NOT_FOUND_1
      42103, NO_TABLE, TABLE_OR_VIEW_NOT_FOUND_WITH_CANDIDATES_2
      42104, NO_TABLE, TABLE_OR_VIEW_NOT_FOUND_DATABASE_EMPTY_1
      90079, NO_TABLE, SCHEMA_NOT_FOUND_1
      23505, DUPLICATE, DUPLICATE_KEY_1
      22001, REFUSED, VALUE_TOO_LONG_2
      23502, REFUSED, NULL_NOT_ALLOWED
      42000, REFUSED, SYNTAX_ERROR_1
      42122, REFUSED, COLUMN_NOT_FOUND_1
      50000, REFUSED, GENERAL_ERROR_1
      50100, REFUSED, FEATURE_NOT_SUPPORTED_1
      90030, REFUSED, FILE_CORRUPTED_1
      90040, REFUSED, ADMIN_RIGHTS_REQUIRED
      90096, REFUSED, NOT_ENOUGH_RIGHTS_FOR_1
      90136, REFUSED, WINDOW_NOT_FOUND_1
      90143, REFUSED, ROW_NOT_FOUND_IN_PRIMARY_INDEX
      """)
  void h2(int code, Meaning meaning, String condition) {
    String state = String.format(Locale.ROOT, "%05d", code);
    assertMeaning(Dialect.named("h2"), new SQLException(condition, state, code), meaning);
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql", "mariadb"})
  void drivers_and_pools(String product) {
    Dialect dialect = Dialect.named(product);

    assertMeaning(dialect, new SQLTimeoutException("by the driver"), Meaning.TOO_SLOW);
    assertMeaning(
        dialect,
        new SQLException("no answer", "08006", new SocketTimeoutException()),
        Meaning.TOO_SLOW);
    assertMeaning(
        dialect, new SQLException("cut", (String) null, new EOFException()), Meaning.DISCONNECTED);
    assertMeaning(dialect, new SQLTransientConnectionException("by a pool"), Meaning.DISCONNECTED);
    assertMeaning(dialect, new SQLRecoverableException("reconnect"), Meaning.DISCONNECTED);
    assertMeaning(dialect, new SQLException("says nothing"), Meaning.REFUSED);
  }

  /** A commit that failed is told as one of unknown outcome wherever it may have been stored. */
  @ParameterizedTest
  @CsvSource(textBlock = """
      40001, true
      40P01, true
      23505, true
      22003, true
      25P02, true
      25P03, true
      25P04, true
      40003, false
      08006, false
      57P01, false
      57014, false
      53100, false
      58030, false
      """)
  void commit_of_postgres_that_failed_was_rolled_back(String state, boolean certain) {
    SQLException fault = new SQLException("", state);

    assertThat(SqlErrors.rolledBack(fault, new PostgresDialect())).isEqualTo(certain);
  }

  @ParameterizedTest
  @CsvSource({
    "1213, 40001, true",
    "1180, HY000, false",
    "1047, 08S01, false",
    "1927, 70100, false",
    "1053, 08S01, false"
  })
  void commit_of_maria_db_that_failed_was_rolled_back(int code, String state, boolean certain) {
    SQLException fault = new SQLException("", state, code);

    assertThat(SqlErrors.rolledBack(fault, new MariaDbDialect())).isEqualTo(certain);
  }

  private static void assertMeaning(Dialect dialect, SQLException fault, Meaning meaning) {
    assertThat(SqlErrors.meaning(fault, dialect)).isEqualTo(meaning);
    assertThat(SqlErrors.notStored(fault, dialect))
        .isInstanceOf(
            UNAVAILABLE.contains(meaning)
                ? StoreUnavailableException.class
                : StoreFaultException.class)
        .hasCauseInstanceOf(SQLException.class);
  }
}
