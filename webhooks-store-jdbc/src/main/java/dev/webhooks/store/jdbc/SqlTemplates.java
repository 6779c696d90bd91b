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
 * SQL templates with placeholders in braces:
 *
 * <ul>
 *   <li>{@code {queue}}: a table's name with schema and prefix
 *   <li>{@code {queue}_claim}: an index of that table
 *   <li>{@code {x: webhook bigint, id uuid}}: a table parameter, bound with {@link Rows}
 *   <li>{@code {name: schema}}: the schema's name as a value
 * </ul>
 *
 * <p>Thread-safe.
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
   * Returns a template as SQL. The cache is bounded, since some templates are made for a single
   * query.
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

  /** Returns the columns of a table parameter, each with the alias. */
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
