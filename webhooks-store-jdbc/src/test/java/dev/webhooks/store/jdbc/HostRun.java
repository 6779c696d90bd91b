package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.CreatedWebhook;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * All that a host does with webhooks, once, on a database that was set up in an unusual way. The
 * effects show whether the engine's background work went through: what it should have removed is
 * gone at the end.
 */
final class HostRun {
  /** Neither in Latin 1 nor in the part of Unicode that two bytes number. */
  private static final String NAME = "Zürich 東京 🎉";

  private static final String URL = "https://hooks.acme.example/in";
  private static final List<String> EMPTIED = List.of(
      "webhook",
      "subscription",
      "endpoint_health",
      "event",
      "queue",
      "delivery",
      "attempt",
      "stat",
      "stat_delta",
      "idempotency",
      "erasure");

  private final DataSource dataSource;
  private final TestWebhooks kit;
  private final AccountWebhooks acme;
  private final TestReceiver endpoint;

  private HostRun(DataSource dataSource, TestWebhooks kit) {
    this.dataSource = dataSource;
    this.kit = kit;
    acme = kit.account("acme");
    endpoint = kit.receiver(URL);
  }

  /** Creates the tables in an empty database and fails unless everything works there. */
  static void passesOn(DataSource dataSource) throws SQLException {
    try (TestWebhooks kit =
        TestWebhooks.on(JdbcWebhookStore.on(dataSource), EventCatalog.acceptingAny())) {
      new HostRun(dataSource, kit).run();
    }
  }

  private void run() throws SQLException {
    String webhook = created();
    published();
    endpoint.answers(500, 200);
    kit.runUntilIdle();
    kit.advance(Duration.ofMinutes(10));
    assertThat(statuses(webhook))
        .containsExactly(DeliveryStatus.SUCCESS, DeliveryStatus.SUCCESS, DeliveryStatus.SUCCESS);

    retried(webhook);
    managed(webhook);
    removed();
  }

  private String created() throws SQLException {
    WebhookDraft draft = WebhookDraft.to(URL).name(NAME).events("order.*").header("X-Key", "k-1");
    CreatedWebhook first = acme.withIdempotencyKey("key-1").create(draft);
    CreatedWebhook again = acme.withIdempotencyKey("key-1").create(draft);
    assertThat(again.webhook().id()).isEqualTo(first.webhook().id());

    joined(account -> {
      String second = account.create(draft).webhook().id();
      assertThat(account.get(second).webhook().name()).isEqualTo(NAME);
      account.delete(second);
    });
    assertThat(acme.list(WebhookQuery.all().event("order.paid").status(WebhookStatus.ACTIVE))
            .data())
        .singleElement()
        .satisfies(webhook -> assertThat(webhook.name()).isEqualTo(NAME));
    return first.webhook().id();
  }

  /** One event in a transaction of its own, and two in one of the host's, of which one is known. */
  private void published() throws SQLException {
    Event given = Event.of("order.paid", Map.of("for", NAME)).withId("order-17-paid");
    acme.publish(given);
    List<Event> events = List.of(
        given,
        Event.of("order.paid", Map.of("orderId", 18)),
        Event.of("order.shipped", Map.of("orderId", 19)).withId("order-19"));
    joined(account -> account.publish(events));
  }

  /** Does something in a transaction of the host's, whose session has the host's settings. */
  private void joined(Consumer<AccountWebhooks> work) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      JdbcTransaction transaction = JdbcTransaction.on(connection);
      work.accept(acme.in(transaction));
      connection.commit();
      transaction.committed();
    }
  }

  private List<DeliveryStatus> statuses(String webhook) {
    return acme.deliveries(webhook, DeliveryQuery.latest()).data().stream()
        .map(Delivery::status)
        .toList();
  }

  private void retried(String webhook) throws SQLException {
    endpoint.answers(500);
    acme.publish(Event.of("order.late", Map.of("orderId", 20)));
    kit.advance(Duration.ofDays(4));
    DeliveryQuery failed = DeliveryQuery.latest().event("order.late").status(DeliveryStatus.FAILED);
    assertThat(acme.deliveries(webhook, failed).data()).hasSize(1);
    assertThat(acme.get(webhook).webhook().statistics().failed()).isEqualTo(1);

    endpoint.answers(200);
    String delivery = acme.deliveries(webhook, failed).data().get(0).id();
    joined(account -> account.retry(webhook, delivery));
    kit.runUntilIdle();

    assertThat(statuses(webhook)).startsWith(DeliveryStatus.SUCCESS);
    assertThat(endpoint.lastRequest().data()).containsEntry("orderId", 20);
  }

  private void managed(String webhook) throws SQLException {
    WebhookPatch patch = WebhookPatch.empty().events("order.paid", "bill.*").name("plain");
    joined(account -> account.update(webhook, patch));
    joined(account -> account.rotateSecret(webhook, SecretRotation.generated()));
    assertThat(acme.test(webhook).delivered()).isTrue();
    endpoint.answers(410);
    acme.publish(Event.of("bill.sent", Map.of("billId", 1)));
    kit.advance(Duration.ofSeconds(1));

    assertThat(acme.get(webhook).webhook().status()).isEqualTo(WebhookStatus.FAILED);
    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.PAUSED));
    Instant since = kit.clock().instant().minus(Duration.ofHours(1));
    joined(account -> assertThat(account.recover(webhook, since)).isEqualTo(1));
    acme.publish(Event.of("bill.sent", Map.of("billId", 2)));
    assertThat(statuses(webhook)).contains(DeliveryStatus.PENDING);
  }

  private void removed() throws SQLException {
    joined(AccountWebhooks::erase);
    kit.advance(Duration.ofDays(3));
    for (String table : EMPTIED) {
      assertThat(rows("webhooks_" + table)).as(table).isZero();
    }
  }

  private long rows(String table) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet count = statement.executeQuery("select count(*) from " + table)) {
      count.next();
      return count.getLong(1);
    }
  }
}
