package dev.webhooks.store.jdbc;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The current row of a result, in the library's types. Columns are read by name. */
final class Row {
  private final ResultSet result;
  private final Dialect dialect;

  Row(ResultSet result, Dialect dialect) {
    this.result = result;
    this.dialect = dialect;
  }

  long bigint(String column) throws SQLException {
    return result.getLong(column);
  }

  int integer(String column) throws SQLException {
    return result.getInt(column);
  }

  @Nullable
  Integer integerOrNull(String column) throws SQLException {
    int value = result.getInt(column);
    return result.wasNull() ? null : value;
  }

  boolean bool(String column) throws SQLException {
    return result.getBoolean(column);
  }

  UUID uuid(String column) throws SQLException {
    return present(column, uuidOrNull(column));
  }

  @Nullable
  UUID uuidOrNull(String column) throws SQLException {
    return dialect.uuid(result, column);
  }

  Instant time(String column) throws SQLException {
    return present(column, timeOrNull(column));
  }

  @Nullable
  Instant timeOrNull(String column) throws SQLException {
    return dialect.time(result, column);
  }

  String text(String column) throws SQLException {
    return present(column, textOrNull(column));
  }

  @Nullable
  String textOrNull(String column) throws SQLException {
    return result.getString(column);
  }

  String key(String column) throws SQLException {
    return present(column, keyOrNull(column));
  }

  @Nullable
  String keyOrNull(String column) throws SQLException {
    return dialect.key(result, column);
  }

  byte[] bytes(String column) throws SQLException {
    return present(column, bytesOrNull(column));
  }

  byte @Nullable [] bytesOrNull(String column) throws SQLException {
    return result.getBytes(column);
  }

  /** Returns received bytes as text, with invalid ones replaced; null if there are none. */
  static @Nullable String lenientText(byte @Nullable [] bytes) {
    return bytes == null || bytes.length == 0 ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  private static <T> T present(String column, @Nullable T value) {
    return Objects.requireNonNull(value, column);
  }
}
