package dev.webhooks.examples.benchmark.chaos;

import java.nio.file.Path;
import java.sql.SQLException;

/**
 * A database server of its own, as durable as in production, that can be killed and started again
 * on its data.
 */
public interface TestDatabase extends AutoCloseable {
  String name();

  /** Creates an empty database and returns its JDBC URL. */
  String create(String database) throws SQLException;

  /** Kills the server without warning: SIGKILL. */
  void kill() throws Exception;

  /** Starts the killed server again on the data it left; returns once it answers. */
  void restart() throws Exception;

  /** Returns an SQL expression for a version 7 UUID made of a time in ms and a number. */
  String uuid(long millis, String number);

  /** Returns an SQL expression for bytes. */
  String bytes(String hex);

  /** Returns an SQL expression for a time some days before now. */
  String daysAgo(int days);

  /** Returns what an SQL {@code from} needs to count up to a number in the column {@code n}. */
  String numbers(long first, long last);

  /** Returns the statement that gathers statistics of a table. */
  String analyze(String table);

  /** Starts the server that a name stands for, in a directory. */
  static TestDatabase start(String name, Path directory) throws Exception {
    return switch (name) {
      case "postgresql" -> new PostgresDatabase(directory);
      case "mariadb" -> new MariaDatabase(directory);
      default ->
        throw new IllegalArgumentException(
            "no database is called " + name + ": postgresql or mariadb");
    };
  }
}
