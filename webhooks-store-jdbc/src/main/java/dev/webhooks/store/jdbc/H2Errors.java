package dev.webhooks.store.jdbc;

import static dev.webhooks.store.jdbc.SqlErrors.Meaning.AWAY;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.CONFLICT;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.DISCONNECTED;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.DUPLICATE;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.LOCK_TIMEOUT;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.NO_TABLE;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.TOO_SLOW;
import static java.util.Map.entry;

import dev.webhooks.store.jdbc.SqlErrors.Meaning;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The error codes of H2 (class {@code ErrorCode}) that are no fault of a statement or its data. */
final class H2Errors {
  static final Map<Integer, Meaning> CODES = Map.ofEntries(
      entry(40001, CONFLICT), // deadlock
      entry(90039, CONFLICT), // a large value was closed while it was read
      entry(90112, CONFLICT), // row not found when deleting: another one was first
      entry(90131, CONFLICT), // concurrent update
      entry(50200, LOCK_TIMEOUT), // lock timeout
      entry(8000, DISCONNECTED), // error opening the database
      entry(90007, DISCONNECTED), // object closed
      entry(90020, DISCONNECTED), // database in use by another process
      entry(90067, DISCONNECTED), // connection broken
      entry(90098, DISCONNECTED), // database closed
      entry(90121, DISCONNECTED), // called at shutdown
      entry(90135, DISCONNECTED), // exclusive mode
      entry(57014, TOO_SLOW), // statement cancelled or timed out
      entry(90024, AWAY), // file not renamed
      entry(90025, AWAY), // file not deleted
      entry(90028, AWAY), // I/O exception
      entry(90031, AWAY), // I/O exception
      entry(90062, AWAY), // file not created
      entry(90097, AWAY), // the database is read-only
      entry(90108, AWAY), // out of memory
      entry(42102, NO_TABLE), // no such table
      entry(42103, NO_TABLE), // no such table, but others
      entry(42104, NO_TABLE), // no such table, nor any
      entry(90079, NO_TABLE), // no such schema
      entry(23505, DUPLICATE) // duplicate key
      );

  private H2Errors() {}

  static @Nullable Meaning meaning(SQLException fault) {
    return CODES.get(fault.getErrorCode());
  }
}
