package dev.webhooks.store.jdbc;

import dev.webhooks.model.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Creates and upgrades the tables from the numbered scripts in the jar, and checks them.
 *
 * <p>Each script says which oldest version of this class can work with the tables it leaves, so
 * that an older instance goes on beside a newer schema.
 */
final class Migrator {
  /** The newest script, which this version of the library works with. */
  static final int VERSION = 3;

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Pattern MIN_COMPATIBLE = Pattern.compile("-- min_compatible: (\\d+)");
  private static final Pattern CREATED_TABLE =
      Pattern.compile("create table (?:if not exists )?\\{(\\w+)}");

  private static final String ADD_VERSION =
      "insert into {schema} (version, min_compatible) values (?, ?)";

  private static final String NEWEST =
      "select version, min_compatible from {schema} order by version desc limit 1";

  private final Database database;
  private final int version;

  Migrator(Database database, int version) {
    this.database = database;
    this.version = version;
  }

  /**
   * Runs something that opens a store, and has a fault say what the database says. That quotes no
   * row, since none is written meanwhile.
   */
  static void saying(Runnable opening) {
    try {
      opening.run();
    } catch (StoreFaultException e) {
      throw new IllegalStateException(
          "the tables of webhooks cannot be created or checked: " + DriverWords.of(e), e);
    }
  }

  /** Brings the tables to the newest version, unless they are there or beyond. */
  void migrate() {
    requireSchema();
    if (newest().filter(schema -> schema.version() >= version).isEmpty()) {
      database.dialect.takingTurns(() -> database.run(Dialect.Purpose.SESSION, PATIENCE, sql -> {
        database.dialect.exclusively(sql, database.names.prefix(), this::upgrade);
        return version;
      }));
    }
    validate();
  }

  private void requireSchema() {
    String schema = database.names.schema();
    if (schema != null && !database.run(Dialect.Purpose.SESSION, database.dialect::schemaExists)) {
      throw new IllegalStateException("the schema " + schema + " is missing, in which the tables of"
          + " webhooks are to be: create it, or name another one");
    }
  }

  private Schema upgrade(Sql sql) throws SQLException {
    Optional<Schema> present = find(sql);
    if (present.isEmpty() && !versionsExist(sql)) {
      sql.update(createVersions(sql.dialect));
    }
    int from = present.map(Schema::version).orElse(0);
    for (int step = from + 1; step <= version; step++) {
      Script script = Script.load(sql.dialect, step);
      for (String statement : script.statements()) {
        if (present.isPresent()) {
          change(sql, statement);
        } else {
          sql.update(statement);
        }
      }
      sql.update(ADD_VERSION, step, script.minCompatible());
    }
    return find(sql).orElseThrow();
  }

  /** Tries until no open transaction is in the way; meanwhile others go on publishing. */
  private static void change(Sql sql, String statement) throws SQLException {
    long started = System.nanoTime();
    while (!sql.dialect.change(sql, statement)) {
      if (System.nanoTime() - started > PATIENCE.toNanos()) {
        throw new StoreUnavailableException(
            "open transactions have kept the tables from being upgraded for too long", false, null);
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  /**
   * Checks that the tables are there, and that this version can work with them.
   *
   * @throws IllegalStateException if it cannot
   */
  void validate() {
    requireSchema();
    Schema schema = newest()
        .orElseThrow(
            () -> new IllegalStateException(
                "the tables of webhooks are missing: let the store create them, or run what ddl() prints"));
    if (schema.version() < version) {
      throw new IllegalStateException("the tables of webhooks have version " + schema.version()
          + ", but this library needs " + version + ": let it upgrade them");
    }
    if (schema.minCompatible() > version) {
      throw new IllegalStateException("the tables of webhooks have version " + schema.version()
          + ", which this library is too old for");
    }
    List<String> missing = database.run(Dialect.Purpose.SESSION, this::missingTables);
    if (!missing.isEmpty()) {
      throw new IllegalStateException("tables of webhooks are missing: " + missing);
    }
  }

  private List<String> missingTables(Sql sql) throws SQLException {
    List<String> missing = new ArrayList<>();
    for (int step = 1; step <= version; step++) {
      for (String table : Script.load(sql.dialect, step).tables()) {
        if (!sql.dialect.tableExists(sql, database.names.prefix() + table)) {
          missing.add(database.names.prefix() + table);
        }
      }
    }
    return missing;
  }

  private Optional<Schema> newest() {
    return database.run(Dialect.Purpose.SESSION, this::find);
  }

  private Optional<Schema> find(Sql sql) throws SQLException {
    return versionsExist(sql) ? sql.first(NEWEST, Schema::of) : Optional.empty();
  }

  private boolean versionsExist(Sql sql) throws SQLException {
    return sql.dialect.tableExists(sql, database.names.prefix() + "schema");
  }

  private static String createVersions(Dialect dialect) {
    return "create table " + dialect.ifNotExists() + """
        {schema} (
          version int primary key,
          min_compatible int not null
        )""";
  }

  /** Returns everything that {@link #migrate} would run on an empty database. */
  static String ddl(Dialect dialect, TableNames names) {
    StringBuilder ddl = new StringBuilder(createVersions(dialect)).append(";\n\n");
    for (int step = 1; step <= VERSION; step++) {
      Script script = Script.load(dialect, step);
      ddl.append(script.text().strip()).append("\n\n");
      ddl.append("insert into {schema} (version, min_compatible) values (")
          .append(step)
          .append(", ")
          .append(script.minCompatible())
          .append(");\n");
    }
    return new SqlTemplates(names, dialect).sql(ddl.toString());
  }

  /** What the newest row of the version table says. */
  private record Schema(int version, int minCompatible) {
    static Schema of(Row row) throws SQLException {
      return new Schema(row.integer("version"), row.integer("min_compatible"));
    }
  }

  /** A numbered script. */
  private record Script(String text) {
    static Script load(Dialect dialect, int step) {
      String name = "schema/" + dialect.name() + "/V" + step + ".sql";
      try (InputStream in = Migrator.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException("missing in the jar: " + name);
        }
        return new Script(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    int minCompatible() {
      Matcher matcher = MIN_COMPATIBLE.matcher(text);
      if (!matcher.find()) {
        throw new IllegalStateException("a script does not say what it is compatible with");
      }
      return Integer.parseInt(matcher.group(1));
    }

    List<String> statements() {
      String withoutComments = text.replaceAll("(?m)^--.*$", "");
      return Pattern.compile(";")
          .splitAsStream(withoutComments)
          .map(String::strip)
          .filter(s -> !s.isEmpty())
          .toList();
    }

    List<String> tables() {
      return CREATED_TABLE.matcher(text).results().map(match -> match.group(1)).toList();
    }
  }
}
