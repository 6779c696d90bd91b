package dev.webhooks.store.jdbc;

import dev.webhooks.model.StoreUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A runner of statements on one connection: templates (see {@link SqlTemplates}) with parameters in
 * the library's types. Not thread-safe, like the connection.
 */
final class Sql {
  final Connection connection;
  final Dialect dialect;
  private final SqlTemplates templates;

  Sql(Connection connection, Dialect dialect, SqlTemplates templates) {
    this.connection = connection;
    this.dialect = dialect;
    this.templates = templates;
  }

  TableNames names() {
    return templates.names();
  }

  /** Runs a statement and returns the number of changed rows. */
  int update(String template, @Nullable Object... parameters) throws SQLException {
    try (PreparedStatement statement = prepare(template)) {
      bind(statement, parameters);
      return statement.executeUpdate();
    }
  }

  /**
   * Runs a statement once for each element, in their order.
   *
   * @param parameters returns the parameters of an element
   * @return the elements for which the statement changed a row
   */
  <T> List<T> batch(String template, List<T> elements, Function<T, @Nullable Object[]> parameters)
      throws SQLException {
    if (elements.isEmpty()) {
      return List.of();
    }
    if (!dialect.reportsBatchCounts()) {
      return oneByOne(template, elements, parameters);
    }
    List<T> changed = new ArrayList<>();
    try (PreparedStatement statement = prepare(template)) {
      for (T element : elements) {
        bind(statement, parameters.apply(element));
        statement.addBatch();
      }
      int[] counts = statement.executeBatch();
      for (int i = 0; i < counts.length; i++) {
        if (counts[i] > 0) {
          changed.add(elements.get(i));
        }
      }
    }
    return changed;
  }

  private <T> List<T> oneByOne(
      String template, List<T> elements, Function<T, @Nullable Object[]> parameters)
      throws SQLException {
    List<T> changed = new ArrayList<>();
    try (PreparedStatement statement = prepare(template)) {
      for (T element : elements) {
        bind(statement, parameters.apply(element));
        if (statement.executeUpdate() > 0) {
          changed.add(element);
        }
      }
    }
    return changed;
  }

  /**
   * Runs work that waits for locks of other transactions up to {@link Dialect#LOCK_TIMEOUT}.
   *
   * @param locked the rows that the work locks, for the exception's message
   * @throws StoreUnavailableException if another transaction keeps them locked
   */
  <T> T locking(String locked, Dialect.Work<T> work) throws SQLException {
    return dialect
        .withLockTimeout(this, Dialect.LOCK_TIMEOUT, work)
        .orElseThrow(() -> new StoreUnavailableException(
            "another transaction has kept " + locked + " locked for too long", false, null));
  }

  void insert(String template, Rows<?> rows) throws SQLException {
    dialect.insert(this, template, rows);
  }

  <T> List<T> list(String template, RowMapper<T> mapper, @Nullable Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = prepare(template)) {
      bind(statement, parameters);
      return list(statement, mapper);
    }
  }

  <T> List<T> list(PreparedStatement statement, RowMapper<T> mapper) throws SQLException {
    try (ResultSet result = statement.executeQuery()) {
      return rows(result, mapper);
    }
  }

  /** Runs several statements that go to the server together, and returns the rows of the query. */
  <T> List<T> listAmongOthers(String template, RowMapper<T> mapper, @Nullable Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = prepare(template)) {
      bind(statement, parameters);
      boolean query = statement.execute();
      while (!query && statement.getUpdateCount() != -1) {
        query = statement.getMoreResults();
      }
      try (ResultSet result = statement.getResultSet()) {
        return rows(result, mapper);
      }
    }
  }

  private <T> List<T> rows(ResultSet result, RowMapper<T> mapper) throws SQLException {
    List<T> rows = new ArrayList<>();
    Row row = new Row(result, dialect);
    while (result.next()) {
      rows.add(mapper.map(row));
    }
    return rows;
  }

  <T> Optional<T> first(String template, RowMapper<T> mapper, @Nullable Object... parameters)
      throws SQLException {
    return list(template, mapper, parameters).stream().findFirst();
  }

  /** Runs an insert and returns the number that the database generated for the row. */
  long insertNumbered(String template, @Nullable Object... parameters) throws SQLException {
    String[] generated = {"number"};
    try (PreparedStatement statement =
        connection.prepareStatement(templates.sql(template), generated)) {
      bind(statement, parameters);
      statement.executeUpdate();
      try (ResultSet keys = statement.getGeneratedKeys()) {
        keys.next();
        return keys.getLong(1);
      }
    }
  }

  PreparedStatement prepare(String template) throws SQLException {
    return prepare(template, "");
  }

  /** Prepares a template with an end of varying length, which is not worth caching. */
  PreparedStatement prepare(String template, String end) throws SQLException {
    return connection.prepareStatement(templates.sql(template) + end);
  }

  void bind(PreparedStatement statement, @Nullable Object... parameters) throws SQLException {
    int index = 1;
    for (Object parameter : parameters) {
      if (parameter instanceof Rows<?> rows) {
        index += dialect.bind(statement, index, rows);
      } else {
        statement.setObject(index++, dialect.parameter(parameter));
      }
    }
  }

  @FunctionalInterface
  interface RowMapper<T> {
    T map(Row row) throws SQLException;
  }
}
