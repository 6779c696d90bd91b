package dev.webhooks.examples.benchmark.peers;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.okhttp.OkHttpTransport;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.store.jdbc.JdbcTransaction;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;

/** This library with its defaults. */
final class Ours implements Sender {
  private static final String TYPE = "benchmark.topic-";
  private static final String EVERY_TYPE = "benchmark.every";
  private static final int MOST_WEBHOOKS = 2_000;

  private final List<String> webhookIds = new ArrayList<>();
  private final DataSource database;
  private final Webhooks webhooks;
  private final AccountWebhooks account;

  Ours(SenderOptions options) {
    database = options.database();
    webhooks = Webhooks.builder()
        .store(JdbcWebhookStore.on(database))
        .transport(OkHttpTransport.builder().trust(options.certificate()).build())
        .secretCipher(SecretCipher.none())
        .allowTargets("localhost")
        .events(EventCatalog.acceptingAny())
        .maxWebhooksPerAccount(MOST_WEBHOOKS)
        .sending(options.sending())
        .build();
    webhooks.start();
    account = webhooks.account(
        options.account().isEmpty() ? "account-" + UUID.randomUUID() : options.account());
  }

  @Override
  public String settings() {
    return "the defaults: 256 attempts at once, 8 of one webhook";
  }

  /** Those that are there already move to another URL: their log goes on, as the peers' does. */
  @Override
  public void subscribe(List<String> urls) {
    while (webhookIds.size() > urls.size()) {
      account.delete(webhookIds.remove(webhookIds.size() - 1));
    }
    for (int topic = 0; topic < urls.size(); topic++) {
      if (topic < webhookIds.size()) {
        account.update(webhookIds.get(topic), WebhookPatch.empty().url(urls.get(topic)));
      } else {
        WebhookDraft draft = WebhookDraft.to(urls.get(topic)).events(type(topic), EVERY_TYPE);
        webhookIds.add(account.create(draft).webhook().id());
      }
    }
  }

  private static String type(int topic) {
    return topic == EVERY_ENDPOINT ? EVERY_TYPE : TYPE + topic;
  }

  @Override
  public void publish(int topic, byte[] payload) {
    account.publish(Event.ofJson(type(topic), payload));
  }

  @Override
  public Runnable publish(Connection connection, int topic, byte[] payload) {
    JdbcTransaction transaction = JdbcTransaction.on(connection);
    account.in(transaction).publish(Event.ofJson(type(topic), payload));
    return transaction::committed;
  }

  @Override
  public void publishTogether(List<byte[]> payloads, int topics) {
    List<Event> events = new ArrayList<>();
    for (byte[] payload : payloads) {
      events.add(Event.ofJson(type(events.size() % topics), payload));
    }
    account.publish(events);
  }

  @Override
  public boolean isIdle() throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet pending = statement.executeQuery("select 1 from webhooks_queue limit 1")) {
      return !pending.next();
    }
  }

  @Override
  public void close() {
    webhooks.close();
  }
}
