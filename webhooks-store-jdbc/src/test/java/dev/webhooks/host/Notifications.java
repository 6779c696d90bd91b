package dev.webhooks.host;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.model.Event;
import dev.webhooks.model.ImportResult;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookImport;
import dev.webhooks.store.jdbc.JdbcTransaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Production code of a host that leaves its in-house sender account by account. Which of both sends
 * is said by a column of the host's table of customers, read in the transaction that publishes: so
 * each event goes to one of them, and to neither if it is rolled back.
 */
final class Notifications {
  private final DataSource dataSource;
  private final OldSender old;
  private final Webhooks webhooks;

  Notifications(DataSource dataSource, OldSender old, Webhooks webhooks) {
    this.dataSource = dataSource;
    this.old = old;
    this.webhooks = webhooks;
  }

  /** Tells a customer's endpoints of an event, if the host's transaction commits. */
  void publish(Connection host, String account, String eventId) throws SQLException {
    if (isMoved(host, account, "")) {
      webhooks
          .account(account)
          .in(JdbcTransaction.on(host))
          .publish(Event.of("order.paid", Map.of("order", eventId)).withId(eventId));
    } else {
      old.publish(host, account, eventId, "{\"id\":\"" + eventId + "\"}");
    }
  }

  /**
   * Moves a customer, all or nothing: imports its webhooks and switches the sender in one
   * transaction. What the old sender has in its outbox by then, it goes on sending. Who changes a
   * webhook of the customer locks the customer's row as well, and so comes before or after.
   *
   * @return what was refused; if anything was, nothing is changed
   */
  List<ImportResult> move(String account) throws SQLException {
    try (Connection host = dataSource.getConnection()) {
      host.setAutoCommit(false);
      if (isMoved(host, account, " for update")) {
        host.rollback();
        return List.of();
      }
      JdbcTransaction transaction = JdbcTransaction.on(host);
      List<ImportResult> refused =
          webhooks
              .account(account)
              .in(transaction)
              .importWebhooks(imports(host, account, ""))
              .stream()
              .filter(ImportResult::isRefused)
              .toList();
      if (refused.isEmpty()) {
        switchSender(host, account);
        host.commit();
        transaction.committed();
      } else {
        host.rollback();
      }
      return refused;
    }
  }

  /** Copies a customer's webhooks, paused, to an account of their own that only collects. */
  AccountWebhooks shadow(String account) throws SQLException {
    AccountWebhooks shadow = webhooks.account("shadow:" + account);
    try (Connection host = dataSource.getConnection()) {
      shadow.importWebhooks(
          imports(host, account, "shadow-").stream().map(WebhookImport::paused).toList());
    }
    return shadow;
  }

  private List<WebhookImport> imports(Connection host, String account, String prefix)
      throws SQLException {
    return old.webhooks(host, account).stream()
        .map(webhook -> WebhookImport.of(
            prefix + webhook.id(),
            WebhookDraft.to(webhook.url()).events("order.*").secret(webhook.secret())))
        .toList();
  }

  private static boolean isMoved(Connection host, String account, String lock) throws SQLException {
    try (PreparedStatement select =
        host.prepareStatement("select moved from customer where account = ?" + lock)) {
      select.setString(1, account);
      try (ResultSet row = select.executeQuery()) {
        return row.next() && row.getBoolean("moved");
      }
    }
  }

  private static void switchSender(Connection host, String account) throws SQLException {
    try (PreparedStatement update =
        host.prepareStatement("update customer set moved = true where account = ?")) {
      update.setString(1, account);
      update.executeUpdate();
    }
  }
}
