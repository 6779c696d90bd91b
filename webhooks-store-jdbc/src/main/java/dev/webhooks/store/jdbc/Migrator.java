package dev.webhooks.store.jdbc;

import dev.webhooks.model.StoreUnavailableException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The creation, upgrade and check of the tables, by the numbered scripts in the jar.
 *
 * <p>Each script names the oldest version of this class that works with its tables, so that older
 * instances go on beside a newer schema.
 */
final class Migrator {
  private static final Duration TIMEOUT = Duration.ofMinutes(5);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final String ADD_VERSION =
      "insert into {schema} (version, min_compatible) values (?, ?)";

  private static final String NEWEST =
      "select version, min_compatible from {schema} order by version desc limit 1";

  private final Database database;
  private final List<SchemaScript> scripts;

  Migrator(Database database) {
    this(database, SchemaScript.all(database.dialect));
  }

  /** Creates a migrator with other scripts, the first of which makes version 1. */
  Migrator(Database database, List<SchemaScript> scripts) {
    this.database = database;
    this.scripts = scripts;
  }

  private int version() {
    return scripts.size();
  }

  /**
   * Runs the opening of a store and adds the database's message to a fault. The message quotes no
   * row, since none is written.
   */
  static void explaining(Runnable opening) {
    try {
      opening.run();
    } catch (StoreFaultException e) {
      throw new IllegalStateException(
          "the tables of webhooks cannot be created or checked: " + FaultMessage.of(e), e);
    }
  }

  /** Upgrades the tables to the newest version, unless they have it or a later one. */
  void migrate() {
    requireSchema();
    if (newest().filter(schema -> schema.version() >= version()).isEmpty()) {
      database.dialect.serialized(() -> database.run(Dialect.Purpose.SESSION, TIMEOUT, sql -> {
        database.dialect.withUpgradeLock(sql, database.names.prefix(), this::upgrade);
        return version();
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
    for (int step = from + 1; step <= version(); step++) {
      SchemaScript script = scripts.get(step - 1);
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

  /**
   * Repeats a change until no open transaction is in its way; others go on publishing meanwhile.
   */
  private static void change(Sql sql, String statement) throws SQLException {
    long started = System.nanoTime();
    while (!sql.dialect.change(sql, statement)) {
      if (System.nanoTime() - started > TIMEOUT.toNanos()) {
        throw new StoreUnavailableException(
            "open transactions have kept the tables from being upgraded for too long", false, null);
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  /**
   * Checks that the tables exist and that this version works with them.
   *
   * @throws IllegalStateException if not
   */
  void validate() {
    requireSchema();
    Schema schema = newest()
        .orElseThrow(
            () -> new IllegalStateException(
                "the tables of webhooks are missing: let the store create them, or run what ddl() prints"));
    if (schema.version() < version()) {
      throw new IllegalStateException("the tables of webhooks have version " + schema.version()
          + ", but this library needs " + version() + ": let it upgrade them");
    }
    if (schema.minCompatible() > version()) {
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
    for (SchemaScript script : scripts) {
      for (String table : script.tables()) {
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

  /** Returns all statements of {@link #migrate} on an empty database. */
  static String ddl(Dialect dialect, TableNames names) {
    StringBuilder ddl = new StringBuilder(createVersions(dialect)).append(";\n\n");
    List<SchemaScript> scripts = SchemaScript.all(dialect);
    for (SchemaScript script : scripts) {
      ddl.append(script.text().strip()).append("\n\n");
      ddl.append("insert into {schema} (version, min_compatible) values (")
          .append(scripts.indexOf(script) + 1)
          .append(", ")
          .append(script.minCompatible())
          .append(");\n");
    }
    return new SqlTemplates(names, dialect).sql(ddl.toString());
  }

  private record Schema(int version, int minCompatible) {
    static Schema of(Row row) throws SQLException {
      return new Schema(row.integer("version"), row.integer("min_compatible"));
    }
  }
}
