package dev.webhooks.internal.engine.send;

import dev.webhooks.internal.engine.send.ConcurrencyLimit.Trust;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The policy that shares memory out among webhooks, so that endpoints that hang cannot use it up.
 * Guarded by the lock of {@link OwnedDeliveries}.
 *
 * <p>A hanging endpoint keeps its deliveries in memory for minutes, one that answers for
 * milliseconds. Without limits, a few dozen long queues of the first kind would fill the memory.
 * The limits apply to numbers and to bytes alike:
 *
 * <ol>
 *   <li>Each webhook may own twice what its {@link ConcurrencyLimit} allows, so that the next
 *       attempt never waits for the store. Suspects get no more, unknown webhooks little more.
 *   <li>A trusted webhook may own a sixteenth of the memory, but never more than is left for all.
 *       The more of them have long queues, the less each gets.
 *   <li>Suspects together get a quarter of the memory. They and unknown webhooks together get half
 *       of it, and all together three quarters.
 *   <li>The last quarter is for trusted webhooks that own little: half of their concurrency limit.
 * </ol>
 *
 * <p>When memory is short, a suspect releases what exceeds its limit. It is not claimed again at
 * once, since claims leave out webhooks that own more than half of their limit.
 *
 * <p>Memory is counted in places. A delivery takes one place for each begun {@code maxBytes /
 * maxCount} of its body, so neither bound is ever exceeded.
 */
final class MemoryBudget {
  /** The share of the memory that one webhook may fill. */
  private static final int SHARE_OF_ONE_WEBHOOK = 16;
  /** The share that must be free again before a claim for newcomers is worth while. */
  private static final int SHARE_WORTH_A_CLAIM = 16;

  private final int capacity;
  private final long placeBytes;
  private final int openToAll;
  private final int openToUntrusted;
  private final int openToSuspects;
  private final int mostOfTrusted;
  private final int mostOfUnknown;
  private final Collection<WebhookQueue> queues;
  /** Stands for every webhook without a queue. */
  private final WebhookQueue newcomer;

  private final Map<Trust, Integer> placesByTrust = new EnumMap<>(Trust.class);
  private int count;
  private int used;
  private boolean newcomersWait;
  private boolean freed;

  MemoryBudget(
      int maxCount, long maxBytes, int maxInFlightPerWebhook, Collection<WebhookQueue> queues) {
    this.capacity = maxCount;
    this.placeBytes = Math.max(1, maxBytes / maxCount);
    this.openToAll = capacity - capacity / 4;
    this.openToUntrusted = Math.max(1, capacity / 2);
    this.openToSuspects = Math.max(1, capacity / 4);
    this.mostOfTrusted = capacity / SHARE_OF_ONE_WEBHOOK;
    this.mostOfUnknown = 2 * maxInFlightPerWebhook;
    this.queues = queues;
    this.newcomer = new WebhookQueue(0, maxInFlightPerWebhook);
  }

  /** Returns all memory, but forgets no webhook's trust. */
  void clear() {
    for (WebhookQueue queue : queues) {
      queue.owned = 0;
      queue.places = 0;
      queue.waitsForMemory = false;
    }
    placesByTrust.clear();
    count = 0;
    used = 0;
  }

  /** Brings the trust in a webhook up to date with its attempts. */
  void updateTrust(WebhookQueue queue) {
    move(queue.trust, -queue.places);
    queue.trust = queue.slow > 0 ? Trust.SUSPECT : queue.limit.trust();
    move(queue.trust, queue.places);
    noticeFreed(queue);
  }

  /**
   * Returns whether a webhook may own one more delivery. One of any size is admitted while there is
   * no other.
   *
   * @param known the webhook's queue, or null if it has none
   */
  boolean admits(@Nullable WebhookQueue known, int size) {
    WebhookQueue queue = known == null ? newcomer : known;
    boolean admitted = count == 0 || (queue.owned < most(queue) && places(size) <= open(queue));
    if (!admitted) {
      queue.waitsForMemory = true;
      newcomersWait = newcomersWait || queue.owned == 0;
    }
    return admitted;
  }

  void add(WebhookQueue queue, int size) {
    change(queue, 1, places(size));
  }

  void remove(WebhookQueue queue, int size) {
    change(queue, -1, -places(size));
  }

  private void change(WebhookQueue queue, int deliveries, int places) {
    queue.owned += deliveries;
    queue.places += places;
    count += deliveries;
    move(queue.trust, places);
    noticeFreed(queue);
  }

  /** Returns how many places are free. */
  int free() {
    return capacity - used;
  }

  /** Returns a request for what may be claimed, and notes which webhooks it leaves out. */
  ClaimRequest claim(long owner, Instant now, long after, int most) {
    int perWebhook = claimable(newcomer);
    Map<Long, Integer> limits = new HashMap<>();
    for (WebhookQueue queue : queues) {
      // Trusted ones that own nothing first get as many as newcomers, and the rest with the next
      // claim. Otherwise a claim would have to name every webhook that is known.
      boolean likeNewcomer = queue.owned == 0 && queue.trust == Trust.TRUSTED;
      if (perWebhook == 0 || !likeNewcomer) {
        int limit = claimable(queue);
        queue.waitsForMemory = limit == 0;
        if (limit != perWebhook) {
          limits.put(queue.webhook, limit);
        }
      }
    }
    newcomersWait = perWebhook == 0;
    int places = used < openToAll ? openToAll - used : free();
    boolean anybody = perWebhook > 0 || !limits.isEmpty();
    int total = anybody ? Math.max(0, Math.min(most, places)) : 0;
    return new ClaimRequest(owner, now, after, perWebhook, total, places * placeBytes, limits);
  }

  /** Returns how many deliveries of a webhook a claim may bring. */
  private int claimable(WebhookQueue queue) {
    int most = most(queue);
    return queue.owned > most / 2 ? 0 : Math.max(0, Math.min(most - queue.owned, open(queue)));
  }

  /** Returns, while memory is short, how many deliveries webhooks own beyond their limits. */
  Map<Long, Integer> excess() {
    if (!isShort()) {
      return Map.of();
    }
    Map<Long, Integer> excess = new HashMap<>();
    for (WebhookQueue queue : queues) {
      int beyond = queue.owned - most(queue);
      if (queue.trust != Trust.TRUSTED && beyond > 0) {
        excess.put(queue.webhook, beyond);
      }
    }
    return excess;
  }

  /** Returns whether deliveries of suspects may be in the way of others. */
  private boolean isShort() {
    return used > capacity / 2 || placesOf(Trust.SUSPECT) > openToSuspects / 2;
  }

  /** Returns, once, whether there is memory now for deliveries that had to wait for it. */
  boolean takeFreed() {
    boolean taken = freed;
    freed = false;
    return taken;
  }

  private void noticeFreed(WebhookQueue queue) {
    if (queue.waitsForMemory && claimable(queue) > 0) {
      queue.waitsForMemory = false;
      freed = true;
    }
    if (newcomersWait
        && claimable(newcomer) > 0
        && open(newcomer) >= capacity / SHARE_WORTH_A_CLAIM) {
      newcomersWait = false;
      freed = true;
    }
  }

  /** Returns how many deliveries a webhook may own. */
  private int most(WebhookQueue queue) {
    if (queue.trust == Trust.TRUSTED && used >= openToAll) {
      return little(queue);
    }
    int share = switch (queue.trust) {
      case TRUSTED -> Math.min(mostOfTrusted, openToAll - used);
      case UNKNOWN -> mostOfUnknown;
      case SUSPECT -> 0;
    };
    int enoughToBeBusy = 2 * queue.limit.allowed();
    return Math.max(enoughToBeBusy, share / usualPlaces(queue));
  }

  /** Returns how many deliveries a webhook may own of the part for those that own little. */
  private static int little(WebhookQueue queue) {
    return Math.max(1, queue.limit.allowed() / 2);
  }

  /** Returns how many places are left in the part of the memory that is open to a webhook. */
  private int open(WebhookQueue queue) {
    int suspect = placesOf(Trust.SUSPECT);
    int untrusted = suspect + placesOf(Trust.UNKNOWN);
    int openToUnknown = Math.min(openToUntrusted - untrusted, openToAll - used);
    return switch (queue.trust) {
      case TRUSTED -> (queue.owned < little(queue) ? capacity : openToAll) - used;
      case UNKNOWN -> openToUnknown;
      case SUSPECT -> Math.min(openToSuspects - suspect, openToUnknown);
    };
  }

  /** Returns how many places a delivery of a webhook usually takes. */
  private int usualPlaces(WebhookQueue queue) {
    if (queue.owned > 0) {
      return queue.places / queue.owned;
    }
    return count > 0 ? used / count : 1;
  }

  private int places(int size) {
    return (int) Math.max(1, Math.min(capacity, (size + placeBytes - 1) / placeBytes));
  }

  private int placesOf(Trust trust) {
    return placesByTrust.getOrDefault(trust, 0);
  }

  private void move(Trust trust, int places) {
    used += places;
    placesByTrust.merge(trust, places, Integer::sum);
  }
}
