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
 * configured prefix, {@code {x: webhook bigint, id uuid}} is a table given as a parameter, bound
 * with {@link Rows}, and {@code {null: uuid}} is a null of a type. Thread-safe.
 */
final class SqlTemplates {
  private static final Pattern HOLE = Pattern.compile("\\{(\\w+)(?::([^}]*))?}");

  private static final Pattern COLUMN = Pattern.compile("(\\w+) (\\w+)");

  private static final int REMEMBERED = 1_000;

  private final String prefix;
  private final Dialect dialect;
  private final Map<String, String> filled = new ConcurrentHashMap<>();

  SqlTemplates(String prefix, Dialect dialect) {
    this.prefix = prefix;
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
    String sql = HOLE.matcher(template).replaceAll(match -> Matcher.quoteReplacement(fill(match)));
    if (filled.size() < REMEMBERED) {
      filled.put(template, sql);
    }
    return sql;
  }

  /** Fills in table names alone. */
  static String names(String template, String prefix) {
    return HOLE.matcher(template)
        .replaceAll(match -> Matcher.quoteReplacement(prefix + match.group(1)));
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

  private String fill(MatchResult hole) {
    String name = hole.group(1);
    String columns = hole.group(2);
    if (columns == null) {
      return prefix + name;
    }
    return name.equals("null") ? dialect.nullOf(type(columns.strip())) : parameter(name, columns);
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
