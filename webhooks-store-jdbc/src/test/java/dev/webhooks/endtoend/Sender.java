package dev.webhooks.endtoend;

import dev.webhooks.Webhooks;
import dev.webhooks.WebhooksBuilder;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.okhttp.OkHttpTransport;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import java.security.cert.X509Certificate;
import javax.sql.DataSource;

/** The library with its real parts, allowed to call the receiver of the test. */
final class Sender {
  private Sender() {}

  static WebhooksBuilder on(DataSource database, X509Certificate trusted) {
    return Webhooks.builder()
        .store(JdbcWebhookStore.on(database))
        .transport(OkHttpTransport.builder().trust(trusted).build())
        .events(EventCatalog.builtIn())
        .allowTargets("localhost");
  }
}
