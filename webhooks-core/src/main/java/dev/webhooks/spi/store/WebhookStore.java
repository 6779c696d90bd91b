package dev.webhooks.spi.store;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;

/**
 * Keeps everything: webhooks, events, pending and finished deliveries, idempotency keys and the
 * register of instances.
 *
 * <p>Implementations are thread-safe and block the calling thread. Each method fails with
 * {@link dev.webhooks.model.StoreUnavailableException} if the database cannot be reached or does
 * not answer in time. Deadlocks and serialization failures are retried inside, except in a host's
 * transaction.
 */
public interface WebhookStore extends AutoCloseable {
  /** Returns what the store is, for the log: product and version, never a password. */
  String describe();

  /**
   * Makes the store ready: creates or upgrades its tables if it is configured to, else checks them.
   * Doing it again does nothing; several instances may do it at once.
   *
   * @throws IllegalStateException if the database is not supported or its tables do not fit
   */
  void open();

  /**
   * Returns the database's present time. A store takes no decision by it: each method is given the
   * time that counts.
   */
  Instant currentTime();

  /**
   * Runs work in a transaction of its own and commits it; an exception rolls back.
   *
   * <p>The work may run more than once, so it uses ids made before and changes nothing outside the
   * transaction.
   *
   * @param <T> what the work returns
   * @param work what to do; it must not keep the session
   * @throws dev.webhooks.model.StoreUnavailableException saying that the outcome is unknown if the
   *     connection was lost while the commit was under way
   */
  <T> T transact(Function<StoreSession, T> work);

  /**
   * Runs work once in the host's transaction and neither commits, rolls back nor closes. If the
   * work throws a {@link dev.webhooks.model.WebhookException}, what it did is undone and the host's
   * transaction stays usable.
   *
   * @param <T> what the work returns
   * @param transaction a transaction that this kind of store understands
   * @param work what to do; it must not keep the session
   * @throws IllegalArgumentException if the transaction belongs to another kind of store
   */
  <T> T join(HostTransaction transaction, Function<StoreSession, T> work);

  /**
   * Returns within what time a transaction has usually ended or failed, even if the database does
   * not answer. A caller whose work is done in the transaction of another one waits no longer.
   *
   * @return more than zero; 15 seconds unless the store says otherwise
   */
  default Duration deadline() {
    return Duration.ofSeconds(15);
  }

  /** Returns the queue of pending deliveries. */
  DeliveryQueue queue();

  /** Returns the log of pending and finished deliveries. */
  DeliveryLog log();

  /** Returns what removes old and deleted rows. */
  Retention retention();

  /** Returns the register of instances. */
  InstanceRegister instances();

  /** Returns what is known of endpoints with which something is wrong. */
  HealthRegister health();

  /** Returns what finds and replaces all that is stored encrypted. */
  EncryptedRows encrypted();

  /**
   * Releases what the store opened itself and what it keeps for instances; a data source of the
   * host stays open.
   */
  @Override
  void close();
}
