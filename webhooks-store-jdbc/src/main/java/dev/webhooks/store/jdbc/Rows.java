package dev.webhooks.store.jdbc;

import static java.util.stream.Collectors.joining;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A table given to a statement as a parameter, column by column. The statement declares the same
 * columns in braces: {@code {x: webhook bigint, id uuid}}.
 */
final class Rows<T> {
  private final Collection<T> rows;
  private final List<Column> columns = new ArrayList<>();

  private Rows(Collection<T> rows) {
    this.rows = rows;
  }

  /** Returns a table with a row for each element and no columns yet. */
  static <T> Rows<T> of(Collection<T> rows) {
    return new Rows<>(rows);
  }

  static Rows<Long> ofNumbers(Collection<Long> numbers) {
    return of(numbers).bigint(n -> n);
  }

  Rows<T> bigint(Function<T, @Nullable Long> value) {
    return column(ColumnType.BIGINT, value);
  }

  Rows<T> integer(Function<T, @Nullable Integer> value) {
    return column(ColumnType.INT, value);
  }

  Rows<T> uuid(Function<T, @Nullable UUID> value) {
    return column(ColumnType.UUID, value);
  }

  Rows<T> key(Function<T, @Nullable String> value) {
    return column(ColumnType.KEY, value);
  }

  Rows<T> text(Function<T, @Nullable String> value) {
    return column(ColumnType.TEXT, value);
  }

  Rows<T> bytes(Function<T, byte @Nullable []> value) {
    return column(ColumnType.BYTES, value);
  }

  Rows<T> time(Function<T, @Nullable Instant> value) {
    return column(ColumnType.TIME, value);
  }

  List<Column> columns() {
    return columns;
  }

  int size() {
    return rows.size();
  }

  /** Returns the declaration of this table with numbered columns. */
  String template() {
    StringJoiner template = new StringJoiner(", ", "{x: ", "}");
    for (int i = 0; i < columns.size(); i++) {
      template.add("c" + i + " " + columns.get(i).type.name().toLowerCase(Locale.ROOT));
    }
    return template.toString();
  }

  /** Returns the names of the columns in {@link #template}. */
  String names() {
    return IntStream.range(0, columns.size()).mapToObj(i -> "c" + i).collect(joining(", "));
  }

  private Rows<T> column(ColumnType type, Function<T, ?> value) {
    columns.add(new Column(type, rows.stream().map(value).toArray()));
    return this;
  }

  record Column(ColumnType type, @Nullable Object[] values) {}
}
