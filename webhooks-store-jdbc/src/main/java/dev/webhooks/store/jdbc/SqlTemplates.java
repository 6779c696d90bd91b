package dev.webhooks.store.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Fills in what statements leave open between braces: {@code {queue}} is a table's name with the
 * configured schema and prefix, {@code {queue}_claim} an index of it, {@code {x: webhook bigint, id
 * uuid}} is a table given as a parameter, bound with {@link Rows}, {@code {null: uuid}} is a null
 * of a type, and {@code {name: schema}} is the schema's name as a value. Thread-safe.
 */
final class SqlTemplates {
  private static final Pattern HOLE = Pattern.compile("\\{(\\w+)(?::([^}]*))?}");

  private static final Pattern COLUMN = Pattern.compile("(\\w+) (\\w+)");

  private static final int REMEMBERED = 1_000;

  private final TableNames names;
  private final Dialect dialect;
  private final Map<String, String> filled = new ConcurrentHashMap<>();

  SqlTemplates(TableNames names, Dialect dialect) {
    this.names = names;
    this.dialect = dialect;
  }

  /**
   * Returns a template as SQL. Most are filled in once; those that are made up as needed, such as
   * one for each page of the log, do not gather in memory.
   */
  String sql(String template) {
    String known = filled.get(template);
    if (known != null) {
      return known;
    }
    String sql =
        HOLE.matcher(template).replaceAll(match -> Matcher.quoteReplacement(fill(match, template)));
    if (filled.size() < REMEMBERED) {
      filled.put(template, sql);
    }
    return sql;
  }

  TableNames names() {
    return names;
  }

  /** Returns the columns of a table given as a parameter, each with its alias before it. */
  static String columns(String parameter) {
    Matcher hole = HOLE.matcher(parameter);
    if (!hole.find()) {
      throw new IllegalArgumentException(parameter);
    }
    return COLUMN
        .matcher(hole.group(2))
        .results()
        .map(column -> hole.group(1) + "." + column.group(1))
        .collect(Collectors.joining(", "));
  }

  private String fill(MatchResult hole, String template) {
    String name = hole.group(1);
    String columns = hole.group(2);
    if (columns == null) {
      boolean index = template.startsWith("_", hole.end());
      return index && !dialect.qualifiesIndexes() ? names.plain(name) : names.qualified(name);
    }
    return switch (name) {
      case "name" -> dialect.schemaName(names.schema());
      default -> parameter(name, columns);
    };
  }

  private static ColumnType type(String name) {
    return ColumnType.valueOf(name.toUpperCase(Locale.ROOT));
  }

  private String parameter(String alias, String columns) {
    List<String> names = new ArrayList<>();
    List<ColumnType> types = new ArrayList<>();
    COLUMN.matcher(columns).results().forEach(column -> {
      names.add(column.group(1));
      types.add(type(column.group(2)));
    });
    return dialect.tableParameter(alias, names, types);
  }
}
