package dev.webhooks.store.jdbc;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names of tables and indexes.
 *
 * @param schema the schema (on MariaDB, the database), as written without quotes in SQL; null for
 *     unqualified names
 * @param prefix the beginning of the names
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

  static TableNames unqualified(String prefix) {
    return new TableNames(null, prefix);
  }

  TableNames inSchema(String name) {
    return new TableNames(name, prefix);
  }

  TableNames withPrefix(String start) {
    return new TableNames(schema, start);
  }

  String plain(String name) {
    return prefix + name;
  }

  /** Returns the name with the schema, if there is one. */
  String qualified(String name) {
    return (schema == null ? "" : schema + ".") + plain(name);
  }
}
