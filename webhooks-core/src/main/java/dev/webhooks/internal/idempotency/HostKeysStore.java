package dev.webhooks.internal.idempotency;

import dev.webhooks.idempotency.IdempotencyCache;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.store.DeliveryLog;
import dev.webhooks.spi.store.DeliveryQueue;
import dev.webhooks.spi.store.EncryptedRows;
import dev.webhooks.spi.store.HealthRegister;
import dev.webhooks.spi.store.HostTransaction;
import dev.webhooks.spi.store.InstanceRegister;
import dev.webhooks.spi.store.Retention;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;

/**
 * A store whose sessions keep idempotency keys in a cache of the host's. It stores an answer once
 * the transaction has ended well, and frees the key if the transaction was rolled back.
 */
public final class HostKeysStore implements WebhookStore {
  private final WebhookStore store;
  private final IdempotencyCache cache;

  /** Wraps a store, which stays the owner of everything but the keys. */
  public HostKeysStore(WebhookStore store, IdempotencyCache cache) {
    this.store = store;
    this.cache = cache;
  }

  @Override
  public <T> T transact(Function<StoreSession, T> work) {
    return withKeys(store::transact, work);
  }

  @Override
  public <T> T join(HostTransaction transaction, Function<StoreSession, T> work) {
    return withKeys(joined -> store.join(transaction, joined), work);
  }

  private <T> T withKeys(
      Function<Function<StoreSession, T>, T> runner, Function<StoreSession, T> work) {
    KeysInUse keys = new KeysInUse(cache);
    T result;
    try {
      result = runner.apply(session -> work.apply(keys.in(session)));
    } catch (RuntimeException | Error e) {
      if (!(e instanceof StoreUnavailableException away && away.outcomeUnknown())) {
        keys.rolledBack();
      }
      throw e;
    }
    keys.ended();
    return result;
  }

  @Override
  public String describe() {
    return store.describe();
  }

  @Override
  public void open() {
    store.open();
  }

  @Override
  public Instant currentTime() {
    return store.currentTime();
  }

  @Override
  public Duration deadline() {
    return store.deadline();
  }

  @Override
  public DeliveryQueue queue() {
    return store.queue();
  }

  @Override
  public DeliveryLog log() {
    return store.log();
  }

  @Override
  public Retention retention() {
    return store.retention();
  }

  @Override
  public InstanceRegister instances() {
    return store.instances();
  }

  @Override
  public HealthRegister health() {
    return store.health();
  }

  @Override
  public EncryptedRows encrypted() {
    return store.encrypted();
  }

  @Override
  public void close() {
    store.close();
  }
}
