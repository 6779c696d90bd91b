package dev.webhooks.testing.memory;

import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.DeliveryRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The committed deliveries and the ways to find them: by webhook, by owner, and those that nobody
 * owns. Used only while the tables' lock is held.
 */
final class DeliveryTable {
  private final NavigableMap<Long, Lane> lanes = new TreeMap<>();
  private final NavigableMap<Long, Lane> lanesWithUnowned = new TreeMap<>();
  private final Map<Long, Map<UUID, DeliveryRow>> owned = new HashMap<>();

  void insert(DeliveryRow row) {
    Lane lane = lanes.computeIfAbsent(row.webhook(), Lane::new);
    lane.all.put(row.id(), row);
    lane.pending.put(row.id(), row);
    index(row);
  }

  /** Returns a webhook's deliveries in the order of their ids. */
  NavigableMap<UUID, DeliveryRow> of(long webhook) {
    return lane(webhook).all;
  }

  /** Returns a webhook's pending deliveries in the order of their ids. */
  NavigableMap<UUID, DeliveryRow> pendingOf(long webhook) {
    return lane(webhook).pending;
  }

  /** Returns a copy of the deliveries behind one, in the order of webhooks and ids. */
  List<DeliveryRow> after(DeliveryRef ref, int limit) {
    return lanes.tailMap(ref.webhook(), true).values().stream()
        .map(lane -> lane.webhook == ref.webhook() ? lane.all.tailMap(ref.id(), false) : lane.all)
        .flatMap(rows -> rows.values().stream())
        .limit(limit)
        .toList();
  }

  /** Returns how many deliveries of a webhook are pending; tests do not count. */
  int pending(long webhook) {
    long tests = ownedBy(DeliveryRow.TESTING).stream()
        .filter(row -> row.webhook() == webhook)
        .count();
    return lane(webhook).pending.size() - (int) tests;
  }

  int pending() {
    return lanes.values().stream().mapToInt(lane -> lane.pending.size()).sum();
  }

  /** Returns when the oldest pending delivery was created. */
  @Nullable
  Instant oldestPending() {
    return lanes.values().stream()
        .filter(lane -> !lane.pending.isEmpty())
        .map(lane -> lane.pending.firstEntry().getValue().createdAt())
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  @Nullable
  DeliveryRow findPending(DeliveryRef ref) {
    return lane(ref.webhook()).pending.get(ref.id());
  }

  /** Returns the webhooks with rows that nobody owns, starting behind one and wrapping round. */
  List<Long> webhooksWithUnowned(long after) {
    List<Long> webhooks = new ArrayList<>(lanesWithUnowned.tailMap(after, false).keySet());
    webhooks.addAll(lanesWithUnowned.headMap(after, true).keySet());
    return webhooks;
  }

  /** Returns a webhook's rows that nobody owns, the one due first first. */
  Collection<DeliveryRow> unownedOf(long webhook) {
    return lane(webhook).unowned;
  }

  /** Returns a copy of the rows that an instance owns. */
  List<DeliveryRow> ownedBy(long owner) {
    return List.copyOf(owned.getOrDefault(owner, Map.of()).values());
  }

  /** Returns the numbers of the instances that own rows. */
  Set<Long> owners() {
    Set<Long> owners = new HashSet<>(owned.keySet());
    owners.remove(DeliveryRow.TESTING);
    return owners;
  }

  // Changes

  void take(DeliveryRow row, long owner) {
    unindex(row);
    row.changeHolder(owner);
    index(row);
  }

  void giveBack(DeliveryRow row) {
    take(row, 0);
  }

  void takeFromTheDead(DeliveryRow row) {
    row.countTakeover();
    giveBack(row);
  }

  void finish(DeliveryRow row, AttemptOutcome outcome, Instant now) {
    unindex(row);
    row.add(outcome, now);
    row.changeHolder(0);
    if (row.status() == DeliveryStatus.PENDING) {
      index(row);
    } else {
      lane(row.webhook()).pending.remove(row.id());
    }
  }

  void finishTest(Changes.TestEnd test) {
    DeliveryRow row = findHeld(DeliveryRow.TESTING, test.outcome().claim());
    if (row != null) {
      finish(row, test.outcome(), test.at());
    }
  }

  void giveUp(DeliveryRow row, DeliveryError why, Instant now) {
    unindex(row);
    row.giveUp(why, now);
    lane(row.webhook()).pending.remove(row.id());
  }

  void markRetried(DeliveryRef failed, UUID retry) {
    DeliveryRow row = lane(failed.webhook()).all.get(failed.id());
    if (row != null) {
      row.markRetried(retry);
    }
  }

  /** Makes a delivery due that still waits for its next attempt. */
  void makeDue(DeliveryRef waiting, Instant now) {
    DeliveryRow row = findPending(waiting);
    if (row != null && row.isWaiting(now)) {
      unindex(row);
      row.makeDue(now);
      index(row);
    }
  }

  /** Removes a finished delivery. */
  void remove(DeliveryRow row) {
    lane(row.webhook()).all.remove(row.id());
  }

  /** Forgets a webhook that has no deliveries. */
  void forget(long webhook) {
    lanes.remove(webhook);
  }

  /** Removes a pending delivery. */
  void drop(DeliveryRow row) {
    unindex(row);
    lane(row.webhook()).pending.remove(row.id());
    lane(row.webhook()).all.remove(row.id());
  }

  /** Returns the row if it is held exactly so. */
  @Nullable
  DeliveryRow findHeld(long owner, ClaimRef claim) {
    DeliveryRow row = owner == 0 ? null : findPending(claim.ref());
    return row != null && row.isHeld(owner, claim) ? row : null;
  }

  private Lane lane(long webhook) {
    Lane lane = lanes.get(webhook);
    return lane == null ? new Lane(webhook) : lane;
  }

  private void index(DeliveryRow row) {
    if (row.owner() == 0) {
      Lane lane = lane(row.webhook());
      lane.unowned.add(row);
      lanesWithUnowned.put(lane.webhook, lane);
    } else {
      owned.computeIfAbsent(row.owner(), owner -> new HashMap<>()).put(row.id(), row);
    }
  }

  private void unindex(DeliveryRow row) {
    if (row.owner() == 0) {
      Lane lane = lane(row.webhook());
      lane.unowned.remove(row);
      if (lane.unowned.isEmpty()) {
        lanesWithUnowned.remove(lane.webhook);
      }
    } else {
      owned.computeIfPresent(row.owner(), (owner, rows) -> {
        rows.remove(row.id());
        return rows.isEmpty() ? null : rows;
      });
    }
  }

  private static final class Lane {
    final long webhook;
    final NavigableMap<UUID, DeliveryRow> all = new TreeMap<>(IdGenerator.ORDER);
    final NavigableMap<UUID, DeliveryRow> pending = new TreeMap<>(IdGenerator.ORDER);
    final NavigableSet<DeliveryRow> unowned = new TreeSet<>(
        Comparator.comparing(DeliveryRow::due).thenComparing(DeliveryRow::id, IdGenerator.ORDER));

    Lane(long webhook) {
      this.webhook = webhook;
    }
  }
}
