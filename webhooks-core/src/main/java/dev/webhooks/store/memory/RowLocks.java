package dev.webhooks.store.memory;

import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.store.DeliveryRef;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.Condition;

/** Which transaction keeps others from what. Used only while the tables' lock is held. */
final class RowLocks {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Condition released;
  private final Map<Object, InMemoryTransaction> holders = new HashMap<>();

  RowLocks(Condition released) {
    this.released = released;
  }

  /** Returns whether any transaction holds a lock. */
  boolean held(Object what) {
    return holders.containsKey(what);
  }

  boolean heldByAnother(Object what, InMemoryTransaction transaction) {
    InMemoryTransaction holder = holders.get(what);
    return holder != null && holder != transaction;
  }

  boolean isHeld(Object what) {
    return holders.containsKey(what);
  }

  /** Takes a lock that is known to be free. */
  void take(Object what, InMemoryTransaction transaction) {
    holders.put(what, transaction);
    transaction.changes().locks().add(what);
  }

  /**
   * Takes a lock, waiting for it at most 2 seconds, in which others may change the tables.
   *
   * @throws StoreUnavailableException if it does not become free
   */
  void await(Object what, InMemoryTransaction transaction) {
    long left = PATIENCE.toNanos();
    try {
      while (left > 0 && heldByAnother(what, transaction)) {
        left = released.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted while waiting for a lock", false, e);
    }
    if (heldByAnother(what, transaction)) {
      throw new StoreUnavailableException(
          "another transaction has kept the row locked for 2 seconds", false, null);
    }
    take(what, transaction);
  }

  void release(InMemoryTransaction transaction, Collection<Object> locks) {
    for (Object what : locks) {
      holders.remove(what, transaction);
    }
    released.signalAll();
  }

  /** The lock of an account. */
  record Account(String account) {}

  /** The lock of a delivery that is being retried or made due. */
  record Delivery(DeliveryRef ref) {}

  /** The lock of an event that is being retried. */
  record Event(UUID id) {}

  /** The lock of what is known of an endpoint's health. */
  record Health(long webhook) {}

  /** The lock of an id that a new webhook is to have. */
  record WebhookId(UUID id) {}

  /** The lock of a webhook's row. */
  record Webhook(long number) {}
}
