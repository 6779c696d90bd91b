package dev.webhooks.host;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.model.CreatedWebhook;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.Secret;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.okhttp.OkHttpTransport;
import dev.webhooks.store.jdbc.JdbcTransaction;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;

/** What README shows a host to write; it has to compile as it stands there. */
final class ApplicationStart {
  private ApplicationStart() {}

  /** The host's own table. */
  interface Orders {
    void markPaid(Connection connection, int order) throws SQLException;
  }

  /** Where a customer sees its new secret. */
  interface SecretPage {
    void showOnce(Secret secret);
  }

  static Webhooks start(DataSource dataSource) {
    Webhooks webhooks = Webhooks.builder()
        .store(JdbcWebhookStore.on(dataSource))
        .transport(OkHttpTransport.create())
        .events(EventCatalog.builder()
            .event("order.paid", "An order was paid", "orderId", "amount")
            .build())
        .build();
    webhooks.start();
    return webhooks;
  }

  static void register(Webhooks webhooks, String requestId, SecretPage page) {
    AccountWebhooks acme = webhooks.account("acme");
    CreatedWebhook hook = acme.withIdempotencyKey(requestId)
        .create(WebhookDraft.to("https://hooks.acme.example/in")
            .events("order.*")
            .header("X-Api-Key", "k-123"));
    hook.secret().ifPresent(page::showOnce);
  }

  static void pay(DataSource dataSource, Orders orders, AccountWebhooks acme) throws SQLException {
    try (Connection c = dataSource.getConnection()) {
      c.setAutoCommit(false);
      orders.markPaid(c, 17);
      JdbcTransaction tx = JdbcTransaction.on(c);
      acme.in(tx).publish(Event.of("order.paid", Map.of("orderId", 17, "amount", "9.90")));
      c.commit();
      tx.committed();
    }
  }
}
