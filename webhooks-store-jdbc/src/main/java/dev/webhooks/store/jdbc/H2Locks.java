package dev.webhooks.store.jdbc;

import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Locks for all stores of this process on the same tables of H2. H2 has no statement with which two
 * claimers would pass each other by, so they take turns; the statements are correct without, and
 * several processes on one file would only do some work in vain.
 */
final class H2Locks {
  private static final String PLACE =
      "select coalesce(database_path(), database()), current_schema";

  /** By the place of the tables and their prefix, as long as any store has the lock. */
  private static final Map<String, WeakReference<ReentrantLock>> LOCKS = new HashMap<>();

  private H2Locks() {}

  /** Returns the lock of the tables to which names lead on a connection. */
  static ReentrantLock of(Connection connection, TableNames names) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(PLACE)) {
      result.next();
      String schema = names.schema() == null ? result.getString(2) : names.schema();
      String tables = schema + "|" + names.prefix();
      return of(result.getString(1) + "|" + tables.toLowerCase(Locale.ROOT));
    }
  }

  private static ReentrantLock of(String tables) {
    synchronized (LOCKS) {
      LOCKS.values().removeIf(lock -> lock.get() == null);
      WeakReference<ReentrantLock> known = LOCKS.get(tables);
      ReentrantLock present = known == null ? null : known.get();
      if (present != null) {
        return present;
      }
      ReentrantLock created = new ReentrantLock();
      LOCKS.put(tables, new WeakReference<>(created));
      return created;
    }
  }
}
