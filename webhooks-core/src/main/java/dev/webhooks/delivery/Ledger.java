package dev.webhooks.delivery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Knows every delivery that this instance holds, from before the statement that gives it the row is
 * sent until its outcome is written, and bounds how many there are, in number and in bytes.
 *
 * <p>This is what makes amnesia impossible: a row that carries the instance's number and is not in
 * here has been forgotten and is handed back by the sweep. Thread-safe.
 */
final class Ledger {
  private final int maxCount;
  private final long maxBytes;
  private final int maxPerWebhook;
  private final Map<UUID, Integer> sizes = new HashMap<>();
  private final Map<Long, Integer> perWebhook = new HashMap<>();
  private long owner;
  private long bytes;

  Ledger(int maxCount, long maxBytes, int maxPerWebhook) {
    this.maxCount = maxCount;
    this.maxBytes = maxBytes;
    this.maxPerWebhook = maxPerWebhook;
  }

  /** Starts over under a new instance number, or with 0 to hold nothing at all. */
  synchronized void startOver(long newOwner) {
    owner = newOwner;
    sizes.clear();
    perWebhook.clear();
    bytes = 0;
  }

  /** Returns the number that rows are held under, or 0 if none may be held. */
  synchronized long owner() {
    return owner;
  }

  /** Notes a delivery as held if there is room for it and it is not held already. */
  synchronized boolean reserve(long webhook, UUID id, int size) {
    boolean room = sizes.size() < maxCount && (bytes + size <= maxBytes || sizes.isEmpty());
    if (owner == 0 || !room || roomFor(webhook) == 0 || sizes.containsKey(id)) {
      return false;
    }
    note(webhook, id, size);
    return true;
  }

  /** Notes what a claim brought; the claim was bounded by the room there was. */
  synchronized void note(Held held) {
    if (held.owner() == owner) {
      note(held.webhook(), held.ref().id(), held.bytes());
    }
  }

  private void note(long webhook, UUID id, int size) {
    if (sizes.put(id, size) == null) {
      bytes += size;
      perWebhook.merge(webhook, 1, Integer::sum);
    }
  }

  /** Forgets a delivery that is no longer held. */
  synchronized void release(long webhook, UUID id) {
    Integer size = sizes.remove(id);
    if (size != null) {
      bytes -= size;
      perWebhook.computeIfPresent(webhook, (number, count) -> count == 1 ? null : count - 1);
    }
  }

  void release(Held held) {
    release(held.webhook(), held.ref().id());
  }

  synchronized boolean holds(UUID id) {
    return sizes.containsKey(id);
  }

  /** Returns whether a delivery is held under the present instance number. */
  synchronized boolean holds(Held held) {
    return held.owner() == owner && sizes.containsKey(held.ref().id());
  }

  /** Returns those that are still held under the present instance number. */
  synchronized List<Held> stillHeld(List<Held> all) {
    List<Held> still = new ArrayList<>(all);
    still.removeIf(held -> !holds(held));
    return still;
  }

  synchronized int count() {
    return sizes.size();
  }

  /** Returns how many more deliveries there is room for. */
  synchronized int room() {
    return owner == 0 ? 0 : maxCount - sizes.size();
  }

  synchronized long roomInBytes() {
    return Math.max(0, maxBytes - bytes);
  }

  /** Returns the webhooks that no more deliveries should be claimed for. */
  synchronized Set<Long> fullWebhooks() {
    Set<Long> full = new HashSet<>();
    perWebhook.forEach((webhook, count) -> {
      if (count > maxPerWebhook / 2) {
        full.add(webhook);
      }
    });
    return full;
  }

  /**
   * Returns how many deliveries of one webhook a claim may bring, so that no webhook exceeds its
   * room.
   */
  int claimPerWebhook() {
    return Math.max(1, maxPerWebhook / 2);
  }

  private int roomFor(long webhook) {
    return Math.max(0, maxPerWebhook - perWebhook.getOrDefault(webhook, 0));
  }
}
