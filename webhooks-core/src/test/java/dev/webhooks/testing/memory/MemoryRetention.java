package dev.webhooks.testing.memory;

import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.internal.time.Instants;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.Retention;
import dev.webhooks.spi.store.WebhookRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Removes from memory what nobody needs any more. */
final class MemoryRetention implements Retention {
  /** By how much the time that an id carries may be ahead of the row's creation. */
  private static final Duration ID_LEAD = Duration.ofSeconds(10);

  private final Tables tables;

  MemoryRetention(Tables tables) {
    this.tables = tables;
  }

  @Override
  public boolean purgeDeleted(Instant now) {
    return tables.locked(() -> {
      int left = BATCH;
      for (WebhookRow tombstone : tables.webhooks().deleted()) {
        left -= removeDeliveries(tombstone.number(), left);
        if (left == 0) {
          return true;
        }
        Instant forgotten = Instants.plus(tombstone.updatedAt(), LATE_COMMITS);
        if (!now.isBefore(forgotten)
            && tables.deliveries().of(tombstone.number()).isEmpty()) {
          tables.forgetWebhook(tombstone.number());
        }
      }
      return false;
    });
  }

  private int removeDeliveries(long webhook, int limit) {
    List<DeliveryRow> rows = tables.deliveries().of(webhook).values().stream()
        .filter(DeliveryRow::isFinished)
        .filter(this::isUnlocked)
        .limit(limit)
        .toList();
    rows.forEach(tables.deliveries()::remove);
    return rows.size();
  }

  @Override
  public boolean purgeErased(Instant now) {
    tables.lockedRun(() -> {
      for (Erasure erasure : List.copyOf(tables.erasures())) {
        if (!now.isBefore(erasure.due())) {
          purge(erasure);
          tables.erasures().remove(erasure);
          Instant again = Instants.plus(erasure.at(), LATE_COMMITS);
          if (erasure.due().isBefore(again)) {
            tables.erasures().add(new Erasure(erasure.account(), erasure.at(), again));
          }
        }
      }
    });
    return false;
  }

  private void purge(Erasure erasure) {
    for (StoredEvent event : tables.events().of(erasure.account())) {
      boolean older = !event.event().createdAt().isAfter(erasure.at());
      if (older && isUnlocked(event) && !isReceived(event.event())) {
        tables.events().remove(event);
      }
    }
  }

  private boolean isReceived(NewEvent event) {
    return event.deliveries().stream()
        .map(delivery -> tables.webhooks().find(delivery.ref().webhook()))
        .anyMatch(webhook -> webhook != null && !webhook.configuration().deleted());
  }

  @Override
  public Optional<DeliveryRef> removeDeliveries(Instant endedBefore, DeliveryRef after) {
    return tables.locked(() -> {
      List<DeliveryRow> looked = tables.deliveries().after(after, BATCH);
      looked.stream()
          .filter(row -> row.endedBefore(endedBefore))
          .filter(this::isUnlocked)
          .forEach(tables.deliveries()::remove);
      return looked.size() < BATCH
          ? Optional.empty()
          : Optional.of(looked.get(looked.size() - 1).ref());
    });
  }

  @Override
  public boolean anyPending(Instant createdBefore) {
    return tables.locked(() -> {
      Instant oldest = tables.deliveries().oldestPending();
      return oldest != null && oldest.isBefore(createdBefore);
    });
  }

  @Override
  public Optional<UUID> removeEvents(Instant now, Instant createdBefore, UUID after) {
    UUID bound = IdGenerator.upperBound(Instants.plus(createdBefore, ID_LEAD));
    return tables.locked(() -> {
      List<StoredEvent> looked = new ArrayList<>();
      for (StoredEvent event : tables.events().after(after)) {
        if (looked.size() == BATCH || IdGenerator.ORDER.compare(event.event().id(), bound) >= 0) {
          break;
        }
        looked.add(event);
      }
      looked.stream()
          .filter(event -> event.keepUntil().isBefore(now))
          .filter(this::isUnlocked)
          .forEach(tables.events()::remove);
      return looked.size() < BATCH
          ? Optional.empty()
          : Optional.of(looked.get(looked.size() - 1).event().id());
    });
  }

  @Override
  public boolean removeKeys(Instant takenBefore) {
    tables.keys().removeTakenBefore(takenBefore);
    return false;
  }

  private boolean isUnlocked(DeliveryRow row) {
    return !tables.rowLocks().isHeld(new RowLocks.Delivery(row.ref()));
  }

  private boolean isUnlocked(StoredEvent event) {
    return !tables.rowLocks().isHeld(new RowLocks.Event(event.event().id()));
  }
}
