package dev.webhooks.store.jdbc;

import static dev.webhooks.store.jdbc.SqlErrors.Meaning.AWAY;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.CONFLICT;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.DISCONNECTED;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.DUPLICATE;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.FAILED_BEFORE;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.LOCK_TIMEOUT;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.NO_TABLE;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.OUTDATED;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.READ_ONLY;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.TOO_SLOW;
import static java.util.Map.entry;

import dev.webhooks.store.jdbc.SqlErrors.Meaning;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The SQL states of PostgreSQL (appendix A of its manual) that are no fault of a statement or its
 * data. {@link SqlErrors} has the classes 08, 53 and 58.
 */
final class PostgresErrors {
  static final Map<String, Meaning> STATES = Map.ofEntries(
      // Lost against another transaction; on a standby also against what it replays.
      entry("40000", CONFLICT), // transaction_rollback
      entry("40001", CONFLICT), // serialization_failure
      entry("40P01", CONFLICT), // deadlock_detected
      entry("72000", CONFLICT), // snapshot_too_old, before 17
      entry("55P03", LOCK_TIMEOUT), // lock_not_available

      // The server has ended the session, or ends all of them.
      entry("40003", DISCONNECTED), // statement_completion_unknown
      entry("25P03", DISCONNECTED), // idle_in_transaction_session_timeout
      entry("25P04", DISCONNECTED), // transaction_timeout
      entry("57P01", DISCONNECTED), // admin_shutdown
      entry("57P02", DISCONNECTED), // crash_shutdown
      entry("57P04", DISCONNECTED), // database_dropped
      entry("57P05", DISCONNECTED), // idle_session_timeout

      // Cancelled by statement_timeout or by an administrator.
      entry("57014", TOO_SLOW), // query_canceled
      entry("53000", AWAY), // insufficient_resources
      entry("53100", AWAY), // disk_full
      entry("53200", AWAY), // out_of_memory, also that of the table of locks
      entry("53300", AWAY), // too_many_connections
      entry("53400", AWAY), // configuration_limit_exceeded
      entry("57000", AWAY), // operator_intervention
      entry("57P03", AWAY), // cannot_connect_now
      entry("58000", AWAY), // system_error
      entry("58030", AWAY), // io_error
      entry("58P01", AWAY), // undefined_file
      entry("25006", READ_ONLY), // read_only_sql_transaction

      // The store's statements meet it only as "cached plan must not change result type".
      entry("0A000", OUTDATED), // feature_not_supported
      entry("26000", OUTDATED), // invalid_sql_statement_name: a pooler has forgotten it
      entry("42P01", NO_TABLE), // undefined_table
      entry("3F000", NO_TABLE), // invalid_schema_name
      entry("25P02", FAILED_BEFORE), // in_failed_sql_transaction
      entry("23505", DUPLICATE) // unique_violation
      );

  private PostgresErrors() {}

  static @Nullable Meaning meaning(SQLException fault) {
    String state = fault.getSQLState();
    return state == null ? null : STATES.get(state);
  }
}
