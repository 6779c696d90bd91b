package dev.webhooks.internal.engine.send;

import dev.webhooks.internal.engine.base.DeliverySettings;
import dev.webhooks.internal.engine.send.ConcurrencyLimit.Trust;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All deliveries that this instance owns, and the {@link WebhookQueue} of each webhook. The
 * {@link MemoryBudget} bounds how many there are.
 *
 * <p>An id is added before the statement that gives this instance the row is sent. It stays until
 * the outcome is written. So a row that carries the instance's number and is not in here has been
 * forgotten, and the sweep releases it. All other memory of deliveries holds only what is in here,
 * or was a moment ago. Thread-safe.
 */
public final class OwnedDeliveries {
  /** Maximum number of idle webhooks whose concurrency limit is kept (LRU). */
  private static final int MAX_IDLE = 10_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<UUID, Entry> entries = new HashMap<>();
  private final Map<Long, WebhookQueue> queues = new HashMap<>();
  /** Webhooks without work whose limit has adapted, least recently used first. */
  private final Set<WebhookQueue> idle = new LinkedHashSet<>();

  private final MemoryBudget budget;
  private final int maxInFlightPerWebhook;
  private long owner;

  public OwnedDeliveries(DeliverySettings settings) {
    this.maxInFlightPerWebhook = settings.maxInFlightPerWebhook();
    this.budget = new MemoryBudget(
        settings.maxOwned(), settings.maxOwnedBytes(), maxInFlightPerWebhook, queues.values());
  }

  /**
   * An owned delivery.
   *
   * @param size the bytes of its body
   * @param confirmed whether the row is certainly ours, and not only reserved
   */
  private record Entry(WebhookQueue queue, int size, boolean confirmed) {}

  // ---- deliveries

  /** Forgets all deliveries and owns new ones under another number, or none at all under 0. */
  public void startOver(long newOwner) {
    locked(() -> {
      owner = newOwner;
      entries.clear();
      budget.clear();
      List.copyOf(queues.values()).forEach(this::removeIfUnused);
    });
  }

  /** Returns the number of this instance, or 0 if it may own nothing. */
  public long owner() {
    return locked(() -> owner);
  }

  /**
   * Reserves memory for a delivery whose row is about to be ours. Returns false if there is too
   * little memory or the delivery is in here already.
   */
  public boolean reserve(long webhook, UUID id, int size) {
    return locked(() -> {
      boolean fits =
          owner != 0 && !entries.containsKey(id) && budget.admits(queues.get(webhook), size);
      if (fits) {
        put(webhook, id, size, false);
      }
      return fits;
    });
  }

  /** Adds a delivery whose row is certainly ours, reserved or not. */
  public void add(OwnedDelivery delivery) {
    locked(() -> {
      boolean reserved = confirm(delivery) || entries.containsKey(delivery.ref().id());
      if (!reserved && delivery.owner() == owner) {
        put(delivery.webhook(), delivery.ref().id(), delivery.bytes(), true);
      }
    });
  }

  private void put(long webhook, UUID id, int size, boolean confirmed) {
    WebhookQueue queue = find(webhook);
    entries.put(id, new Entry(queue, size, confirmed));
    budget.add(queue, size);
  }

  /**
   * Confirms that the row of a reserved delivery is ours.
   *
   * @return false if it is not in here any more, or if a claim has confirmed it meanwhile
   */
  public boolean confirm(OwnedDelivery delivery) {
    return locked(() -> {
      Entry entry = entries.get(delivery.ref().id());
      if (delivery.owner() != owner || entry == null || entry.confirmed) {
        return false;
      }
      entries.put(delivery.ref().id(), new Entry(entry.queue, entry.size, true));
      return true;
    });
  }

  /** Cancels a reservation unless a claim has confirmed it meanwhile. */
  public void cancel(OwnedDelivery delivery) {
    locked(() -> {
      Entry entry = entries.get(delivery.ref().id());
      if (entry != null && !entry.confirmed) {
        remove(delivery);
      }
    });
  }

  /** Removes a delivery that this instance owns no more. */
  public void remove(OwnedDelivery delivery) {
    locked(() -> {
      Entry entry = entries.remove(delivery.ref().id());
      if (entry != null) {
        budget.remove(entry.queue, entry.size);
        removeIfUnused(entry.queue);
      }
    });
  }

  public boolean contains(UUID id) {
    return locked(() -> entries.containsKey(id));
  }

  /** Returns whether a delivery is still owned under the present number of this instance. */
  public boolean contains(OwnedDelivery delivery) {
    return locked(
        () -> delivery.owner() == owner && entries.containsKey(delivery.ref().id()));
  }

  /** Returns those that are still owned under the present number of this instance. */
  public List<OwnedDelivery> stillOwned(Collection<OwnedDelivery> deliveries) {
    return locked(() -> {
      List<OwnedDelivery> still = new ArrayList<>(deliveries);
      still.removeIf(delivery -> !contains(delivery));
      return still;
    });
  }

  public int count() {
    return locked(entries::size);
  }

  // ---- memory

  /** Returns how many more deliveries fit into memory. */
  public int free() {
    return locked(() -> owner == 0 ? 0 : budget.free());
  }

  /**
   * Returns a request for as much as may be claimed now.
   *
   * @param after the number of the webhook served last
   * @param most how many deliveries at most
   */
  public ClaimRequest claim(Instant now, long after, int most) {
    return locked(() -> budget.claim(owner, now, after, owner == 0 ? 0 : most));
  }

  /** Returns how many deliveries to release, by webhook; none while there is memory enough. */
  public Map<Long, Integer> excess() {
    return locked(budget::excess);
  }

  /** Returns, once, whether memory has become free for deliveries that had to stay in the store. */
  boolean takeFreed() {
    return locked(budget::takeFreed);
  }

  // ---- queues

  /** Returns the lock over all queues. */
  ReentrantLock lock() {
    return lock;
  }

  /** Returns the queue of a webhook that gets work. */
  WebhookQueue workingQueue(long webhook) {
    return locked(() -> {
      WebhookQueue queue = find(webhook);
      if (!queue.working) {
        queue.working = true;
        idle.remove(queue);
      }
      return queue;
    });
  }

  /** Returns the queue of a webhook if that has work, else null. */
  @Nullable
  WebhookQueue queueWithWork(long webhook) {
    return locked(() -> {
      WebhookQueue queue = queues.get(webhook);
      return queue != null && queue.working ? queue : null;
    });
  }

  /** Keeps the limit of a webhook without work, as long as it is one of the last to have had it. */
  void rest(WebhookQueue queue) {
    locked(() -> {
      queue.working = false;
      queue.forgetConfiguration();
      if (queue.trust != Trust.UNKNOWN) {
        idle.add(queue);
      }
      if (idle.size() > MAX_IDLE) {
        WebhookQueue oldest = idle.iterator().next();
        idle.remove(oldest);
        oldest.limit.reset();
        budget.updateTrust(oldest);
        removeIfUnused(oldest);
      }
      removeIfUnused(queue);
    });
  }

  /** Adapts the limit of a webhook, and how much it may own, to an attempt that has ended. */
  void attemptEnded(WebhookQueue queue, boolean wasFast, @Nullable AttemptOutcome outcome) {
    locked(() -> {
      queue.limit.ended(wasFast, outcome);
      budget.updateTrust(queue);
    });
  }

  /** Trusts a webhook less, as one of its attempts has become slow. */
  void attemptIsSlow(WebhookQueue queue) {
    locked(() -> budget.updateTrust(queue));
  }

  private WebhookQueue find(long webhook) {
    return queues.computeIfAbsent(
        webhook, number -> new WebhookQueue(number, maxInFlightPerWebhook));
  }

  private void removeIfUnused(WebhookQueue queue) {
    if (queue.owned == 0 && !queue.working && queue.trust == Trust.UNKNOWN) {
      queues.remove(queue.webhook);
    }
  }

  private <T extends @Nullable Object> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }
}
