package dev.webhooks.store.jdbc;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Removes rows by their keys without waiting for any. Where the database can, they were locked when
 * they were found; else those that another transaction holds are left.
 */
final class RowRemoval {
  private RowRemoval() {}

  /**
   * Removes rows.
   *
   * @param delete a statement that removes one row by its key
   * @param key returns the parameters for a row
   * @return the rows that were removed
   */
  static <T> List<T> remove(
      Sql sql, String delete, List<T> rows, Function<T, @Nullable Object[]> key)
      throws SQLException {
    if (rows.isEmpty()) {
      return rows;
    }
    Optional<List<T>> removed = unlocked(sql, delete, rows, key);
    if (removed.isPresent()) {
      return removed.get();
    }
    List<T> oneByOne = new ArrayList<>();
    for (T row : rows) {
      unlocked(sql, delete, List.of(row), key).ifPresent(oneByOne::addAll);
    }
    return oneByOne;
  }

  /** Returns empty, with nothing removed, if one of the rows is locked. */
  private static <T> Optional<List<T>> unlocked(
      Sql sql, String delete, List<T> rows, Function<T, @Nullable Object[]> key)
      throws SQLException {
    return sql.dialect.withLockTimeout(sql, Duration.ZERO, s -> s.batch(delete, rows, key));
  }
}
