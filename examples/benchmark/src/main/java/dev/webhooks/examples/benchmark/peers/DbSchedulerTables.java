package dev.webhooks.examples.benchmark.peers;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** The tables of the db-scheduler variant: the task table that it asks for, and the attempts. */
final class DbSchedulerTables {
  private final DataSource pool;
  private final String text;
  private final String bytes;
  private final String time;

  DbSchedulerTables(DataSource pool, String product) {
    this.pool = pool;
    this.text = product.equals("postgresql") ? "text" : "varchar(100)";
    this.bytes = switch (product) {
      case "postgresql" -> "bytea";
      case "mariadb" -> "mediumblob";
      default -> "varbinary(1000000)";
    };
    this.time = product.equals("mariadb") ? "datetime(6)" : "timestamp(6) with time zone";
  }

  /** The outcome of an attempt. */
  record Attempt(String delivery, int endpoint, long millis, int status) {}

  /** Creates what is not there yet; columns and indexes are those of db-scheduler's own scripts. */
  void create() throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table if not exists scheduled_tasks (task_name " + text
          + " not null, task_instance " + text + " not null, task_data " + bytes
          + ", execution_time " + time + " not null, picked boolean not null, picked_by " + text
          + ", last_success " + time + " null, last_failure " + time
          + " null, consecutive_failures int, last_heartbeat " + time
          + " null, version bigint not null, priority smallint,"
          + " primary key (task_name, task_instance))");
      statement.execute(
          "create index if not exists execution_time_idx on scheduled_tasks" + " (execution_time)");
      statement.execute(
          "create index if not exists last_heartbeat_idx on scheduled_tasks" + " (last_heartbeat)");
      statement.execute("create table if not exists attempts (delivery " + text
          + " not null, endpoint int not null, ended " + time
          + " not null, millis int not null, status int not null, primary key (delivery, ended))");
    }
  }

  /** Inserts the row of an attempt in a transaction, which the work that follows has to commit. */
  void insert(Attempt attempt, Consumer<Connection> commit) {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      try (PreparedStatement insert =
          connection.prepareStatement("insert into attempts (delivery, endpoint, ended, millis,"
              + " status) values (?, ?, current_timestamp, ?, ?)")) {
        insert.setString(1, attempt.delivery());
        insert.setInt(2, attempt.endpoint());
        insert.setLong(3, attempt.millis());
        insert.setInt(4, attempt.status());
        insert.executeUpdate();
      }
      commit.accept(connection);
    } catch (SQLException e) {
      throw new IllegalStateException("the attempt could not be written", e);
    }
  }

  boolean isEmpty() throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet left = statement.executeQuery("select 1 from scheduled_tasks limit 1")) {
      return !left.next();
    }
  }
}
