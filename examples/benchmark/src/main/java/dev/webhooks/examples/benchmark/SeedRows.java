package dev.webhooks.examples.benchmark;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collections;

/** Inserts rows into one of the library's tables, many at a time. */
final class SeedRows implements AutoCloseable {
  private static final int BATCH = 1_000;

  private final PreparedStatement insert;
  private final boolean h2;
  private int waiting;

  SeedRows(Connection connection, boolean h2, String table, String columns) throws SQLException {
    int count = columns.split(",").length;
    String values = String.join(", ", Collections.nCopies(count, "?"));
    this.h2 = h2;
    this.insert = connection.prepareStatement(
        "insert into webhooks_" + table + " (" + columns + ") values (" + values + ")");
  }

  /** Marks a text that H2 keeps as bytes. */
  static Key key(String text) {
    return new Key(text);
  }

  void add(Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      insert.setObject(i + 1, bound(values[i]));
    }
    insert.addBatch();
    if (++waiting == BATCH) {
      flush();
    }
  }

  private Object bound(Object value) {
    if (value instanceof Instant time) {
      return time.atOffset(ZoneOffset.UTC);
    }
    if (value instanceof Key key) {
      return h2 ? key.text.getBytes(StandardCharsets.UTF_8) : key.text;
    }
    return value;
  }

  void flush() throws SQLException {
    if (waiting > 0) {
      insert.executeBatch();
      waiting = 0;
    }
  }

  @Override
  public void close() throws SQLException {
    insert.close();
  }

  record Key(String text) {}
}
