package dev.webhooks.testing.memory;

import dev.webhooks.spi.store.EndpointHealth;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Everything that is committed, guarded by one lock that is held for moments only: never while work
 * of a caller runs.
 */
final class Tables {
  private final ReentrantLock lock = new ReentrantLock();
  private final RowLocks rowLocks = new RowLocks(lock.newCondition());
  private final InMemoryIdempotencyCache keys = new InMemoryIdempotencyCache();
  private final WebhookTable webhooks = new WebhookTable();
  private final EventTable events = new EventTable();
  private final DeliveryTable deliveries = new DeliveryTable();
  private final List<Erasure> erasures = new ArrayList<>();
  private final Map<Long, EndpointHealth> health = new HashMap<>();
  private final Map<Long, Counters> counters = new HashMap<>();
  private final Map<Long, Long> beats = new HashMap<>();
  private long lastInstance;

  <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  void lockedRun(Runnable work) {
    lock.lock();
    try {
      work.run();
    } finally {
      lock.unlock();
    }
  }

  /** The keys, which have a lock of their own: do not wait for one while holding the tables'. */
  InMemoryIdempotencyCache keys() {
    return keys;
  }

  // All below: only while the lock is held.

  RowLocks rowLocks() {
    return rowLocks;
  }

  WebhookTable webhooks() {
    return webhooks;
  }

  DeliveryTable deliveries() {
    return deliveries;
  }

  EventTable events() {
    return events;
  }

  /** The accounts whose events are still to be removed. */
  List<Erasure> erasures() {
    return erasures;
  }

  Counters counters(long webhook) {
    return counters.computeIfAbsent(webhook, number -> new Counters());
  }

  /** Removes what is left of a deleted webhook that has no deliveries. */
  void forgetWebhook(long number) {
    webhooks.forget(number);
    deliveries.forget(number);
    counters.remove(number);
    health.remove(number);
  }

  /** Returns the health of failing endpoints, by their webhooks' numbers. */
  Map<Long, EndpointHealth> health() {
    return health;
  }

  /** Returns a webhook's configuration with the state of its endpoint. */
  WebhookConfiguration configuration(WebhookRow row) {
    EndpointHealth known = health.get(row.number());
    WebhookConfiguration configuration = row.configuration();
    return known == null
        ? configuration
        : configuration.change().endpoint(known.state()).build();
  }

  /** The beat of every registered instance, by its number. */
  Map<Long, Long> beats() {
    return beats;
  }

  /** Returns a number never given before. */
  long nextInstance() {
    return ++lastInstance;
  }

  /** Gives the rows of an instance that is not registered any more back. */
  int takeFromTheDead(long instance) {
    List<DeliveryRow> rows = deliveries.ownedBy(instance);
    rows.forEach(deliveries::takeFromTheDead);
    return rows.size();
  }

  // Ends of transactions

  /** Makes changes visible, and only then lets those go on who waited for them. */
  void apply(Changes changes, InMemoryTransaction transaction) {
    lockedRun(() -> {
      for (WebhookRow row : changes.webhooks().values()) {
        webhooks.put(row);
      }
      changes.events().values().forEach(events::insert);
      changes.deliveries().forEach(deliveries::insert);
      changes.retries().forEach(deliveries::markRetried);
      changes.madeDue().forEach(deliveries::makeDue);
      changes.tests().forEach(deliveries::finishTest);
      changes.kept().forEach(events::keep);
      erasures.addAll(changes.erasures());
      health.keySet().removeAll(changes.forgottenHealth());
      rowLocks.release(transaction, changes.locks());
    });
    changes.erasures().forEach(erasure -> keys.forget(erasure.account()));
    changes.answers().forEach((key, given) -> keys.answer(key, given.token(), given.answer()));
    changes.keys().forEach((key, use) -> {
      if (!changes.answers().containsKey(key)) {
        keys.leave(key, use.token());
      }
    });
  }

  /** Gives up the locks and keys that were taken since a copy of the changes was made. */
  void undo(Changes changes, Changes before, InMemoryTransaction transaction) {
    Set<Object> taken = new HashSet<>(changes.locks());
    taken.removeAll(before.locks());
    lockedRun(() -> rowLocks.release(transaction, taken));
    changes.keys().forEach((key, use) -> {
      if (!before.keys().containsKey(key)) {
        keys.release(key, use.token());
      }
    });
  }
}
