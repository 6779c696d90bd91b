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
 * <p>All other memory of deliveries is bounded by it: lanes, what is to be handed back, doubts and
 * outcomes that wait to be written hold nothing that is not noted here or was until a moment ago.
 *
 * <p>This is what makes amnesia impossible: a row that carries the instance's number and is not in
 * here has been forgotten and is handed back by the sweep. Thread-safe.
 */
final class Ledger {
  private final int maxCount;
  private final long maxBytes;
  private final int maxPerWebhook;
  private final Map<UUID, Entry> entries = new HashMap<>();
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
    entries.clear();
    perWebhook.clear();
    bytes = 0;
  }

  /** Returns the number that rows are held under, or 0 if none may be held. */
  synchronized long owner() {
    return owner;
  }

  /**
   * Notes a delivery whose row is about to be ours, if there is room for it and it is not noted
   * already.
   */
  synchronized boolean reserve(long webhook, UUID id, int size) {
    boolean room = entries.size() < maxCount && (bytes + size <= maxBytes || entries.isEmpty());
    if (owner == 0 || !room || roomFor(webhook) == 0 || entries.containsKey(id)) {
      return false;
    }
    note(webhook, id, new Entry(size, false));
    return true;
  }

  /** Notes a delivery whose row is certainly ours, whether or not it was reserved before. */
  synchronized void take(Held held) {
    if (held.owner() == owner) {
      release(held.webhook(), held.ref().id());
      note(held.webhook(), held.ref().id(), new Entry(held.bytes(), true));
    }
  }

  private void note(long webhook, UUID id, Entry entry) {
    entries.put(id, entry);
    bytes += entry.size;
    perWebhook.merge(webhook, 1, Integer::sum);
  }

  /**
   * Forgets a reserved delivery whose row turned out not to be there, unless it has been taken
   * meanwhile: a claim may have been faster.
   */
  synchronized void giveUp(Held held) {
    Entry entry = entries.get(held.ref().id());
    if (entry != null && !entry.taken) {
      release(held);
    }
  }

  /** Forgets a delivery that is no longer held. */
  private void release(long webhook, UUID id) {
    Entry entry = entries.remove(id);
    if (entry != null) {
      bytes -= entry.size;
      perWebhook.computeIfPresent(webhook, (number, count) -> count == 1 ? null : count - 1);
    }
  }

  /** Forgets a delivery that is no longer held. */
  synchronized void release(Held held) {
    release(held.webhook(), held.ref().id());
  }

  synchronized boolean holds(UUID id) {
    return entries.containsKey(id);
  }

  /** Returns whether a delivery is held under the present instance number. */
  synchronized boolean holds(Held held) {
    return held.owner() == owner && entries.containsKey(held.ref().id());
  }

  /** Returns those that are still held under the present instance number. */
  synchronized List<Held> stillHeld(List<Held> all) {
    List<Held> still = new ArrayList<>(all);
    still.removeIf(held -> !holds(held));
    return still;
  }

  synchronized int count() {
    return entries.size();
  }

  /** Returns how many more deliveries there is room for. */
  synchronized int room() {
    return owner == 0 ? 0 : maxCount - entries.size();
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

  /**
   * A noted delivery.
   *
   * @param size the bytes of its body
   * @param taken whether its row is certainly ours, or only may become so
   */
  private record Entry(int size, boolean taken) {}
}
