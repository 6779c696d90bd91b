package dev.webhooks.store.jdbc;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names of tables and indexes.
 *
 * @param schema the schema (on MariaDB, the database) that they are in, as written unquoted in SQL;
 *     null for where unqualified names lead
 * @param prefix with what they begin
 */
record TableNames(@Nullable String schema, String prefix) {
  private static final Pattern PREFIX = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,19}");
  private static final Pattern SCHEMA = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,62}");

  TableNames {
    if (!PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "a table prefix is a letter, then up to 19 letters, digits and underscores");
    }
    if (schema != null && !SCHEMA.matcher(schema).matches()) {
      throw new IllegalArgumentException(
          "a schema's name is a letter, then up to 62 letters, digits and underscores");
    }
  }

  /** Returns names that lead to wherever unqualified names lead. */
  static TableNames unqualified(String prefix) {
    return new TableNames(null, prefix);
  }

  TableNames inSchema(String name) {
    return new TableNames(name, prefix);
  }

  TableNames withPrefix(String start) {
    return new TableNames(schema, start);
  }

  /** Returns the name without its schema. */
  String plain(String name) {
    return prefix + name;
  }

  /** Returns the name as statements need it. */
  String qualified(String name) {
    return (schema == null ? "" : schema + ".") + plain(name);
  }
}
