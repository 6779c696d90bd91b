package dev.webhooks.delivery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Knows every delivery that this instance holds, from before the statement that gives it the row is
 * sent until its outcome is written, and bounds how many there are: the {@link Room} says whether
 * one more may be held.
 *
 * <p>All other memory of deliveries is bounded by it: lanes, what is to be handed back, doubts and
 * outcomes that wait to be written hold nothing that is not noted here or was until a moment ago.
 *
 * <p>This is what makes amnesia impossible: a row that carries the instance's number and is not in
 * here has been forgotten and is handed back by the sweep. Thread-safe.
 */
final class Ledger {
  private final Map<UUID, Entry> entries = new HashMap<>();
  private final Room room;
  private long owner;

  Ledger(DeliverySettings settings) {
    this.room =
        new Room(settings.maxOwned(), settings.maxOwnedBytes(), settings.maxInFlightPerWebhook());
  }

  /** Starts over under a new instance number, or with 0 to hold nothing at all. */
  synchronized void startOver(long newOwner) {
    owner = newOwner;
    entries.clear();
    room.clear();
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
    if (owner == 0 || entries.containsKey(id) || !room.admits(webhook, size)) {
      return false;
    }
    entries.put(id, new Entry(size, false));
    room.add(webhook, size);
    return true;
  }

  /** Notes a delivery whose row is certainly ours, whether or not it was reserved before. */
  synchronized void take(Held held) {
    if (held.owner() != owner) {
      return;
    }
    Entry reserved = entries.put(held.ref().id(), new Entry(held.bytes(), true));
    if (reserved == null) {
      room.add(held.webhook(), held.bytes());
    }
  }

  /**
   * Notes that the row of a reserved delivery is certainly ours.
   *
   * @return whether it was only reserved until now; false if it is not noted any more, or if a
   *     claim has brought it in meanwhile
   */
  synchronized boolean takeReserved(Held held) {
    Entry entry = entries.get(held.ref().id());
    if (held.owner() != owner || entry == null || entry.taken) {
      return false;
    }
    entries.put(held.ref().id(), new Entry(entry.size, true));
    return true;
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
  synchronized void release(Held held) {
    Entry entry = entries.remove(held.ref().id());
    if (entry != null) {
      room.remove(held.webhook(), entry.size);
    }
  }

  synchronized boolean holds(UUID id) {
    return entries.containsKey(id);
  }

  /** Returns whether a delivery is held under the present instance number. */
  synchronized boolean holds(Held held) {
    return held.owner() == owner && entries.containsKey(held.ref().id());
  }

  /** Returns those that are still held under the present instance number. */
  synchronized List<Held> stillHeld(Collection<Held> all) {
    List<Held> still = new ArrayList<>(all);
    still.removeIf(held -> !holds(held));
    return still;
  }

  synchronized int count() {
    return entries.size();
  }

  /** Returns how many more deliveries there is room for. */
  synchronized int room() {
    return owner == 0 ? 0 : room.free();
  }

  /**
   * Returns what a claim may bring.
   *
   * @param most how many deliveries at most
   */
  synchronized Allowance allowance(int most) {
    return room.allowance(owner == 0 ? 0 : most);
  }

  /** Returns how many deliveries to hand back, by webhook; none while there is room enough. */
  synchronized Map<Long, Integer> excess() {
    return room.excess();
  }

  /**
   * Returns whether there is room now for deliveries that had to stay in the store; does not return
   * it again.
   */
  synchronized boolean takeFreed() {
    return room.takeFreed();
  }

  /** Takes in what is thought of a webhook now; null if that was forgotten. */
  synchronized void judge(long webhook, @Nullable Standing standing) {
    room.judge(webhook, standing);
  }

  /**
   * A noted delivery.
   *
   * @param size the bytes of its body
   * @param taken whether its row is certainly ours, or only may become so
   */
  private record Entry(int size, boolean taken) {}
}
