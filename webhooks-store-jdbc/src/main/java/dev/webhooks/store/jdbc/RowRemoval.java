package dev.webhooks.store.jdbc;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The removal of rows by key without waiting. Where the database can, the rows were locked when
 * they were found; elsewhere locked rows are skipped.
 */
final class RowRemoval {
  private RowRemoval() {}

  /**
   * Removes rows.
   *
   * @param delete a statement that removes one row by its key
   * @param key returns the parameters for a row
   * @return the removed rows
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

  /** Removes all rows, or returns empty and removes none if one of them is locked. */
  private static <T> Optional<List<T>> unlocked(
      Sql sql, String delete, List<T> rows, Function<T, @Nullable Object[]> key)
      throws SQLException {
    return sql.dialect.withLockTimeout(sql, Duration.ZERO, s -> s.batch(delete, rows, key));
  }
}
