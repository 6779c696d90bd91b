package dev.webhooks.testing.memory;

import dev.webhooks.internal.time.IdGenerator;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The committed events. Used only while the tables' lock is held. */
final class EventTable {
  private final Map<EventName, StoredEvent> byName = new HashMap<>();
  private final NavigableMap<UUID, StoredEvent> byId = new TreeMap<>(IdGenerator.ORDER);

  void insert(StoredEvent event) {
    byName.put(event.name(), event);
    byId.put(event.event().id(), event);
  }

  @Nullable
  StoredEvent find(EventName name) {
    return byName.get(name);
  }

  /** Returns the events behind an id, in the order of their ids. */
  Collection<StoredEvent> after(UUID id) {
    return byId.tailMap(id, false).values();
  }

  List<StoredEvent> of(String account) {
    return byId.values().stream()
        .filter(event -> event.event().account().equals(account))
        .toList();
  }

  /** Keeps an event until an instant at least. */
  void keep(UUID id, Instant until) {
    StoredEvent event = byId.get(id);
    if (event != null) {
      event.keepUntil(until);
    }
  }

  void remove(StoredEvent event) {
    byName.remove(event.name());
    byId.remove(event.event().id());
    event.remove();
  }
}
