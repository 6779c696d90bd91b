package dev.webhooks.store.jdbc;

import static dev.webhooks.store.jdbc.UncheckedSqlException.wrapping;

import dev.webhooks.idempotency.IdempotencyCache;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.EndpointHealth;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.StoreSession.EventReceipt;
import dev.webhooks.spi.store.StoreSession.NewRetry;
import dev.webhooks.spi.store.StoreSession.NewTest;
import dev.webhooks.spi.store.StoreSession.RecoverRequest;
import dev.webhooks.spi.store.StoreSession.WebhookFilter;
import dev.webhooks.spi.store.StoreSession.WebhookList;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** A session in one transaction of the store or the host. */
final class JdbcSession implements StoreSession {
  private final Sql sql;
  private final RevertibleWrites writes;
  private final JdbcRegistry registry;
  private final JdbcEvents events;
  private final JdbcStatistics statistics;
  private final JdbcIdempotencyCache idempotency;
  private final JdbcRetries retries;
  private final WaitingDeliveries waiting;
  private final JdbcTestDeliveries tests;

  JdbcSession(Sql sql, RevertibleWrites writes, LockBudget budget) {
    this.sql = sql;
    this.writes = writes;
    registry = new JdbcRegistry(sql);
    events = new JdbcEvents(sql, budget);
    statistics = new JdbcStatistics(sql);
    idempotency = new JdbcIdempotencyCache(sql, writes);
    retries = new JdbcRetries(sql);
    waiting = new WaitingDeliveries(sql);
    tests = new JdbcTestDeliveries(sql, events);
  }

  @Override
  public void lockAccount(String account) {
    writes.run(() -> {
      registry.lockAccount(account);
      return account;
    });
  }

  @Override
  public int countWebhooks(String account) {
    return wrapping(() -> registry.count(account));
  }

  @Override
  public long insertWebhook(WebhookRow webhook) {
    return writes.run(() -> registry.insert(webhook));
  }

  @Override
  public Optional<WebhookRow> findWebhook(String account, UUID id) {
    return wrapping(() -> registry.find(account, id));
  }

  @Override
  public Optional<WebhookRow> lockWebhook(String account, UUID id) {
    return writes.run(() -> registry.lock(account, id));
  }

  @Override
  public void updateWebhook(WebhookRow webhook) {
    writes.run(() -> {
      registry.update(webhook);
      return webhook;
    });
  }

  @Override
  public void deleteWebhook(long number, Instant now) {
    writes.run(() -> {
      registry.delete(number, now);
      return number;
    });
  }

  @Override
  public List<Long> eraseAccount(String account, Instant now) {
    return writes.run(() -> new JdbcErasure(sql).erase(account, now));
  }

  @Override
  public void forgetHealth(long number) {
    writes.run(() -> sql.update(JdbcHealthRegister.DELETE, number));
  }

  @Override
  public WebhookList listWebhooks(String account, WebhookFilter filter) {
    return wrapping(() -> registry.list(account, filter));
  }

  @Override
  public Map<Long, WebhookStatistics> statistics(Collection<Long> numbers) {
    return wrapping(() -> statistics.read(numbers));
  }

  @Override
  public Map<Long, EndpointHealth> health(Collection<Long> numbers) {
    return wrapping(() -> JdbcHealthRegister.read(sql, numbers));
  }

  @Override
  public Map<String, Map<String, List<WebhookConfiguration>>> subscribers(
      Map<String, Set<String>> eventTypes) {
    return wrapping(() -> registry.subscribers(eventTypes));
  }

  @Override
  public List<EventReceipt> insertEvents(List<NewEvent> newEvents) {
    return wrapping(() -> events.insert(newEvents, writes.insertedEvents()));
  }

  @Override
  public Optional<byte[]> findBody(String account, UUID event) {
    return wrapping(() -> events.body(account, event));
  }

  @Override
  public Optional<Delivery> findDelivery(WebhookConfiguration webhook, UUID delivery) {
    return wrapping(() -> LogQuery.find(sql, webhook, delivery)).map(LogQuery.Found::delivery);
  }

  @Override
  public List<UUID> findRetryable(RecoverRequest request) {
    return wrapping(() -> retries.find(request));
  }

  @Override
  public Set<UUID> retry(long webhook, List<NewRetry> newRetries, Instant now, Instant keepUntil) {
    return writes.run(() -> retries.retry(webhook, newRetries, now, keepUntil));
  }

  @Override
  public List<UUID> findWaiting(long webhook, Instant from, Instant to, int limit) {
    return wrapping(() -> waiting.find(webhook, from, to, limit));
  }

  @Override
  public int makeDue(long webhook, Collection<UUID> deliveries, Instant now) {
    return writes.run(() -> waiting.makeDue(webhook, deliveries, now));
  }

  @Override
  public void insertTest(NewTest test) {
    writes.run(() -> {
      tests.insert(test);
      return test;
    });
  }

  @Override
  public boolean finishTest(AttemptOutcome outcome, Instant now) {
    return writes.run(() -> tests.finish(outcome, now));
  }

  @Override
  public IdempotencyCache idempotency() {
    return idempotency;
  }
}
