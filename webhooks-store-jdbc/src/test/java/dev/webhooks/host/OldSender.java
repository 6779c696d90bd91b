package dev.webhooks.host;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import javax.sql.DataSource;

/**
 * The in-house sender that a host wants to leave: an outbox in the host's transactions, one row for
 * each endpoint, sent again until it was accepted.
 */
final class OldSender {
  private final DataSource dataSource;

  OldSender(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /** An endpoint as the old tables have it. */
  record OldWebhook(int id, String url, String secret) {}

  /** Puts an event into the outbox of the host's transaction. */
  void publish(Connection host, String account, String eventId, String body) throws SQLException {
    String insert = """
        insert into old_outbox (event, webhook, body)
        select ?, id, ? from old_webhook where account = ?""";
    try (PreparedStatement statement = host.prepareStatement(insert)) {
      statement.setString(1, eventId);
      statement.setString(2, body);
      statement.setString(3, account);
      statement.executeUpdate();
    }
  }

  /** Returns an account's endpoints. */
  List<OldWebhook> webhooks(Connection connection, String account) throws SQLException {
    String select = "select id, url, secret from old_webhook where account = ? order by id";
    try (PreparedStatement statement = connection.prepareStatement(select)) {
      statement.setString(1, account);
      List<OldWebhook> webhooks = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          webhooks.add(
              new OldWebhook(rows.getInt("id"), rows.getString("url"), rows.getString("secret")));
        }
      }
      return webhooks;
    }
  }

  /**
   * Sends what is in the outbox once; what is not accepted stays there.
   *
   * @param http posts a body, and throws if the endpoint does not accept it
   */
  void drain(BiConsumer<OldWebhook, String> http) throws SQLException {
    String select = """
        select o.no, o.body, w.id, w.url, w.secret
        from old_outbox o join old_webhook w on w.id = o.webhook order by o.no""";
    List<Long> sent = new ArrayList<>();
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement = connection.prepareStatement(select);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        OldWebhook webhook =
            new OldWebhook(rows.getInt("id"), rows.getString("url"), rows.getString("secret"));
        if (accepted(http, webhook, rows.getString("body"))) {
          sent.add(rows.getLong("no"));
        }
      }
    }
    remove(sent);
  }

  private static boolean accepted(
      BiConsumer<OldWebhook, String> http, OldWebhook webhook, String body) {
    try {
      http.accept(webhook, body);
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private void remove(List<Long> sent) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement =
            connection.prepareStatement("delete from old_outbox where no = ?")) {
      for (long no : sent) {
        statement.setLong(1, no);
        statement.executeUpdate();
      }
    }
  }
}
