package dev.webhooks.store.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Locks for all stores of this process on one H2 database. H2 has no statement with which two
 * claimers would pass each other by, so they take turns; the statements are correct without, and
 * several processes on one file would only do some work in vain.
 */
final class H2Locks {
  /** Two databases that share a lock by chance wait for each other a little, no more. */
  private static final ReentrantLock[] STRIPES =
      Stream.generate(ReentrantLock::new).limit(64).toArray(ReentrantLock[]::new);

  private H2Locks() {}

  /** Returns the lock of the database that a connection leads to. */
  static ReentrantLock of(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("select coalesce(database_path(), database())")) {
      result.next();
      return STRIPES[Math.floorMod(result.getString(1).hashCode(), STRIPES.length)];
    }
  }
}
