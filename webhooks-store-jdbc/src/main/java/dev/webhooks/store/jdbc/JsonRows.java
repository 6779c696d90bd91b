package dev.webhooks.store.jdbc;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Table parameters of MariaDB: a JSON array with an array for each row. Ids are hexadecimal, other
 * bytes base64.
 */
final class JsonRows {
  private static final HexFormat HEX = HexFormat.of();

  private JsonRows() {}

  /** Returns SQL for the table, with one parameter. */
  static String table(String alias, List<String> names, List<ColumnType> types) {
    StringJoiner values = new StringJoiner(", ", "(select ", " from ");
    StringJoiner columns = new StringJoiner(", ", "json_table(?, '$[*]' columns (", ")) j) as ");
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      values.add(decoded("j." + name, types.get(i)) + " as " + name);
      columns.add(name + " " + encodedType(types.get(i)) + " path '$[" + i + "]'");
    }
    return values.toString() + columns + alias;
  }

  private static String encodedType(ColumnType type) {
    return switch (type) {
      case BIGINT -> "bigint";
      case INT -> "int";
      case UUID -> "char(32) character set ascii";
      case KEY -> "varchar(255) character set ascii collate ascii_nopad_bin";
      case TEXT -> "longtext character set utf8mb4 collate utf8mb4_bin";
      case BYTES -> "longtext character set ascii";
      case TIME -> "datetime(6)";
    };
  }

  private static String decoded(String column, ColumnType type) {
    return switch (type) {
      case UUID -> "unhex(" + column + ")";
      case BYTES -> "from_base64(" + column + ")";
      case BIGINT, INT, KEY, TEXT, TIME -> column;
    };
  }

  static String json(Rows<?> rows) {
    StringBuilder json = new StringBuilder("[");
    for (int row = 0; row < rows.size(); row++) {
      char separator = '[';
      json.append(row == 0 ? "" : ",");
      for (Rows.Column column : rows.columns()) {
        append(json.append(separator), column.values()[row]);
        separator = ',';
      }
      json.append(']');
    }
    return json.append(']').toString();
  }

  private static void append(StringBuilder json, @Nullable Object value) {
    if (value == null || value instanceof Number) {
      json.append(value);
    } else if (value instanceof UUID id) {
      quote(json, HEX.formatHex(bytes(id)));
    } else if (value instanceof byte[] bytes) {
      quote(json, Base64.getEncoder().encodeToString(bytes));
    } else if (value instanceof Instant time) {
      quote(json, utc(time).toString());
    } else {
      quote(json, value.toString());
    }
  }

  private static void quote(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ') {
        json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }

  /** Returns the bytes of an id, whose order is that of the database. */
  static byte[] bytes(UUID id) {
    return ByteBuffer.allocate(16)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .array();
  }

  /** Returns a time in UTC without a zone. */
  static LocalDateTime utc(Instant time) {
    return LocalDateTime.ofInstant(Dialect.storable(time), ZoneOffset.UTC);
  }
}
