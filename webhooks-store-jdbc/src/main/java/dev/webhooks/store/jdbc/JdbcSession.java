package dev.webhooks.store.jdbc;

import static dev.webhooks.store.jdbc.SessionRollback.unchecked;

import dev.webhooks.idempotency.IdempotencyCache;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.EndpointHealth;
import dev.webhooks.spi.store.EventReceipt;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.NewRetry;
import dev.webhooks.spi.store.NewTest;
import dev.webhooks.spi.store.RecoverRequest;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookFilter;
import dev.webhooks.spi.store.WebhookList;
import dev.webhooks.spi.store.WebhookRow;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** One transaction, be it the store's or the host's. */
final class JdbcSession implements StoreSession {
  private final Sql sql;
  private final SessionRollback rollback;
  private final JdbcRegistry registry;
  private final JdbcEvents events;
  private final JdbcStatistics statistics;
  private final JdbcIdempotencyCache idempotency;
  private final JdbcRetries retries;
  private final WaitingDeliveries waiting;
  private final JdbcTestDeliveries tests;

  JdbcSession(Sql sql, SessionRollback rollback, LockBudget budget) {
    this.sql = sql;
    this.rollback = rollback;
    registry = new JdbcRegistry(sql);
    events = new JdbcEvents(sql, budget);
    statistics = new JdbcStatistics(sql);
    idempotency = new JdbcIdempotencyCache(sql, rollback);
    retries = new JdbcRetries(sql);
    waiting = new WaitingDeliveries(sql);
    tests = new JdbcTestDeliveries(sql, events);
  }

  @Override
  public void lockAccount(String account) {
    rollback.write(() -> {
      registry.lockAccount(account);
      return account;
    });
  }

  @Override
  public int countWebhooks(String account) {
    return unchecked(() -> registry.count(account));
  }

  @Override
  public long insertWebhook(WebhookRow webhook) {
    return rollback.write(() -> registry.insert(webhook));
  }

  @Override
  public Optional<WebhookRow> findWebhook(String account, UUID id) {
    return unchecked(() -> registry.find(account, id));
  }

  @Override
  public Optional<WebhookRow> lockWebhook(String account, UUID id) {
    return rollback.write(() -> registry.lock(account, id));
  }

  @Override
  public void updateWebhook(WebhookRow webhook) {
    rollback.write(() -> {
      registry.update(webhook);
      return webhook;
    });
  }

  @Override
  public void deleteWebhook(long number, Instant now) {
    rollback.write(() -> {
      registry.delete(number, now);
      return number;
    });
  }

  @Override
  public List<Long> eraseAccount(String account, Instant now) {
    return rollback.write(() -> new JdbcErasure(sql).erase(account, now));
  }

  @Override
  public void forgetHealth(long number) {
    rollback.write(() -> sql.update(JdbcHealthRegister.DELETE, number));
  }

  @Override
  public WebhookList listWebhooks(String account, WebhookFilter filter) {
    return unchecked(() -> registry.list(account, filter));
  }

  @Override
  public Map<Long, WebhookStatistics> statistics(Collection<Long> numbers) {
    return unchecked(() -> statistics.read(numbers));
  }

  @Override
  public Map<Long, EndpointHealth> health(Collection<Long> numbers) {
    return unchecked(() -> JdbcHealthRegister.read(sql, numbers));
  }

  @Override
  public Map<String, Map<String, List<WebhookConfiguration>>> subscribers(
      Map<String, Set<String>> eventTypes) {
    return unchecked(() -> registry.subscribers(eventTypes));
  }

  @Override
  public List<EventReceipt> insertEvents(List<NewEvent> newEvents) {
    return unchecked(() -> events.insert(newEvents, rollback.inserted()));
  }

  @Override
  public Optional<byte[]> findBody(String account, UUID event) {
    return unchecked(() -> events.body(account, event));
  }

  @Override
  public Optional<Delivery> findDelivery(WebhookConfiguration webhook, UUID delivery) {
    return unchecked(() -> LogQuery.find(sql, webhook, delivery)).map(LogQuery.Found::delivery);
  }

  @Override
  public List<UUID> findRetryable(RecoverRequest request) {
    return unchecked(() -> retries.find(request));
  }

  @Override
  public Set<UUID> retry(long webhook, List<NewRetry> newRetries, Instant now, Instant keepUntil) {
    return rollback.write(() -> retries.retry(webhook, newRetries, now, keepUntil));
  }

  @Override
  public List<UUID> findWaiting(long webhook, Instant from, Instant to, int limit) {
    return unchecked(() -> waiting.find(webhook, from, to, limit));
  }

  @Override
  public int makeDue(long webhook, Collection<UUID> deliveries, Instant now) {
    return rollback.write(() -> waiting.makeDue(webhook, deliveries, now));
  }

  @Override
  public void insertTest(NewTest test) {
    rollback.write(() -> {
      tests.insert(test);
      return test;
    });
  }

  @Override
  public boolean finishTest(AttemptOutcome outcome, Instant now) {
    return rollback.write(() -> tests.finish(outcome, now));
  }

  @Override
  public IdempotencyCache idempotency() {
    return idempotency;
  }
}
