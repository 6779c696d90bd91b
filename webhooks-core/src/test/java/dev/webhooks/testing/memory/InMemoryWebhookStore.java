package dev.webhooks.testing.memory;

import dev.webhooks.spi.store.DeliveryLog;
import dev.webhooks.spi.store.DeliveryQueue;
import dev.webhooks.spi.store.EncryptedRows;
import dev.webhooks.spi.store.HealthRegister;
import dev.webhooks.spi.store.HostTransaction;
import dev.webhooks.spi.store.InstanceRegister;
import dev.webhooks.spi.store.Retention;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;

/**
 * Keeps everything in memory, for tests and demos: it is empty at first, nothing is ever removed
 * but what the library removes, and all is gone with the process. Thread-safe.
 *
 * <p>Behaves like a database at READ COMMITTED: transactions of the library and of the host see
 * what others have committed and what they did themselves. A host without a database opens its
 * transactions with {@link #begin()}.
 */
public final class InMemoryWebhookStore implements WebhookStore {
  private final InstantSource clock;
  private final Tables tables = new Tables();
  private final DeliveryQueue queue = new MemoryQueue(tables);
  private final DeliveryLog log = new MemoryLog(tables);
  private final Retention retention = new MemoryRetention(tables);
  private final HealthRegister health = new MemoryHealth(tables);
  private final EncryptedRows encrypted = new MemoryEncryptedRows(tables);
  private final InstanceRegister instances = new MemoryInstances(tables, this::currentTime);

  /** Creates an empty store on the system's clock. */
  public InMemoryWebhookStore() {
    this(InstantSource.system());
  }

  /**
   * Creates an empty store.
   *
   * @param clock what stands for the database's time
   */
  public InMemoryWebhookStore(InstantSource clock) {
    this.clock = clock;
  }

  /** Begins a transaction of the host; nobody else sees what is done in it until it commits. */
  public InMemoryTransaction begin() {
    return new InMemoryTransaction(tables);
  }

  @Override
  public String describe() {
    return "in memory";
  }

  @Override
  public void open() {}

  @Override
  public Instant currentTime() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  @Override
  public <T> T transact(Function<StoreSession, T> work) {
    try (InMemoryTransaction transaction = begin()) {
      T result = work.apply(new MemorySession(tables, transaction));
      transaction.commit();
      return result;
    }
  }

  @Override
  public <T> T join(HostTransaction transaction, Function<StoreSession, T> work) {
    if (!(transaction instanceof InMemoryTransaction own) || !own.isOf(tables)) {
      throw new IllegalArgumentException("the transaction was not begun by this store: "
          + transaction.getClass().getName());
    }
    Changes before = own.changes().copy();
    try {
      return work.apply(new MemorySession(tables, own));
    } catch (RuntimeException | Error e) {
      own.rollbackTo(before);
      throw e;
    }
  }

  @Override
  public DeliveryQueue queue() {
    return queue;
  }

  @Override
  public DeliveryLog log() {
    return log;
  }

  @Override
  public Retention retention() {
    return retention;
  }

  @Override
  public InstanceRegister instances() {
    return instances;
  }

  @Override
  public HealthRegister health() {
    return health;
  }

  @Override
  public EncryptedRows encrypted() {
    return encrypted;
  }

  @Override
  public void close() {}
}
