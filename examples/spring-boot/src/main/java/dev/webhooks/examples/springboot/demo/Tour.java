package dev.webhooks.examples.springboot.demo;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.examples.springboot.shop.OrderService;
import dev.webhooks.model.Webhook;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.model.WebhookStatistics;
import java.util.Locale;
import org.springframework.context.ApplicationContext;

/** Subscribes the demo's receiver and says what there is to see. */
final class Tour {
  private static final String ACCOUNT = "acme";

  private final AccountWebhooks acme;
  private final OrderService orders;
  private final String shop;

  Tour(ApplicationContext context) {
    acme = context.getBean(Webhooks.class).account(ACCOUNT);
    orders = context.getBean(OrderService.class);
    shop = "http://localhost:" + context.getEnvironment().getProperty("local.server.port");
  }

  /** Returns the webhook of an earlier run, or a new one. */
  private Webhook subscribe(String url) {
    return acme.list(WebhookQuery.all()).data().stream()
        .filter(webhook -> webhook.url().equals(url))
        .findFirst()
        .orElseGet(() -> acme.create(WebhookDraft.to(url)
                .name("Demo receiver")
                .events("order.*")
                .secret(DemoReceiver.SECRET))
            .webhook());
  }

  void begin(String receiver, String visitors) {
    Webhook webhook = subscribe(receiver);
    WebhookStatistics events = webhook.statistics();
    long process = ProcessHandle.current().pid();
    System.out.printf(
        Locale.ROOT,
        """

        The shop is open at %1$s, as process %2$d.
        %3$d orders in the database; of their events %4$d were delivered, %5$d are pending, %6$d failed.

        place an order      curl -u alice:alice %1$s/api/orders -H 'Content-Type: application/json' -d '{"item":"mug","quantity":1}'
        of too much         the same with '{"item":"stool","quantity":99}': published, rolled back, never sent
        webhooks and log    curl -u alice:alice %1$s/api/v1/webhooks/%7$s/deliveries
        portal              %1$s/portal in a browser, as alice with the password alice
        a webhook of yours  create it there with the URL %8$s, or any other path of that address,
                            and the event order.placed; what arrives is printed here
        health and metrics  curl -u ops:ops %1$s/actuator/health
                            curl -u ops:ops %1$s/actuator/metrics/webhooks.deliveries
        kill it             kill -9 %2$d while orders are placed, then start it again

        """,
        shop,
        process,
        orders.count(ACCOUNT),
        events.succeeded(),
        events.pending(),
        events.failed(),
        webhook.id(),
        visitors);
  }
}
