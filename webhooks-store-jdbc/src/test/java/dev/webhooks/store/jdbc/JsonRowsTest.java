package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Values of a table parameter arrive unchanged in the database. */
class JsonRowsTest {
  private static final UUID ID = UUID.fromString("ff8e1f7a-0000-7abc-8def-00000000000a");

  @Test
  void values_of_every_type_arrive_unchanged() {
    Value full = new Value(
        Long.MAX_VALUE,
        Integer.MIN_VALUE,
        ID,
        "~\"'\\%_ ! ",
        "quote \" backslash \\ newline \n tab \t é \uD83D\uDE00 end",
        new byte[] {0, -1, '"', '\\', 10},
        Samples.NOW);
    Value empty = new Value(null, null, null, null, null, null, null);
    Rows<Value> rows = Rows.of(List.of(full, empty))
        .bigint(Value::number)
        .integer(Value::small)
        .uuid(Value::id)
        .key(Value::key)
        .text(Value::text)
        .bytes(Value::bytes)
        .time(Value::time);
    String query = """
        select * from {x: a bigint, b int, c uuid, d key, e text, f bytes, g time} order by a desc""";

    try (HikariDataSource pool = TestMariaDb.pool(TestMariaDb.database(), 1)) {
      Database database = new Database(
          new DataSourceConnections(pool, Duration.ofSeconds(30)),
          new MariaDbDialect(),
          "webhooks_",
          Duration.ofSeconds(10));
      List<Value> read =
          database.run(Dialect.Purpose.SESSION, sql -> sql.list(query, JsonRowsTest::value, rows));

      assertThat(read).usingRecursiveComparison().isEqualTo(List.of(full, empty));
    }
  }

  @Test
  void no_rows_are_an_empty_table() {
    assertThat(JsonRows.json(Rows.ofNumbers(List.of()))).isEqualTo("[]");
  }

  /** The database compares ids byte by byte. */
  @Test
  void ids_keep_their_order() {
    byte[] earlier = JsonRows.bytes(UUID.fromString("019abcde-ffff-7fff-bfff-ffffffffffff"));
    byte[] later = JsonRows.bytes(UUID.fromString("019abcdf-0000-7000-8000-000000000000"));

    assertThat(Arrays.compareUnsigned(earlier, later)).isNegative();
  }

  private static Value value(Row row) throws SQLException {
    Integer small = row.integerOrNull("b");
    return new Value(
        small == null ? null : row.bigint("a"),
        small,
        row.uuidOrNull("c"),
        row.keyOrNull("d"),
        row.textOrNull("e"),
        row.bytesOrNull("f"),
        row.timeOrNull("g"));
  }

  private record Value(
      Long number, Integer small, UUID id, String key, String text, byte[] bytes, Instant time) {}
}
