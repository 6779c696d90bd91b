package dev.webhooks.examples.quickstart;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** The host's own table: what its business is about. It knows nothing of webhooks. */
final class JobTable {
  private final DataSource database;

  JobTable(DataSource database) throws SQLException {
    this.database = database;
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "create table if not exists job (id bigint generated always as identity primary key, what varchar(100))");
    }
  }

  /** Writes a row in the transaction of the given connection. */
  void insert(Connection connection, String what) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into job (what) values (?)")) {
      insert.setString(1, what);
      insert.executeUpdate();
    }
  }

  int count() throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select count(*) from job")) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
