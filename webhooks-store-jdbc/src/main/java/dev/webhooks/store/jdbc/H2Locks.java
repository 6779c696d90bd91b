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
 * Locks for the stores of this process on the same tables of H2.
 *
 * <p>In H2 claims cannot skip locked rows, so they run one after the other. The statements are
 * correct without this lock; several processes on one file would only waste work.
 */
final class H2Locks {
  private static final String PLACE =
      "select coalesce(database_path(), database()), current_schema";

  /** Locks by the place and prefix of the tables, as long as a store refers to them. */
  private static final Map<String, WeakReference<ReentrantLock>> LOCKS = new HashMap<>();

  private H2Locks() {}

  /** Returns the lock of the tables that a connection finds by these names. */
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
