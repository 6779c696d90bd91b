package dev.webhooks.testing.memory;

import dev.webhooks.spi.store.WebhookRow;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The committed rows of webhooks. Used only while the tables' lock is held. */
final class WebhookTable {
  private final Map<Long, WebhookRow> all = new HashMap<>();
  private final Map<String, NavigableMap<Long, WebhookRow>> living = new HashMap<>();
  private final Set<UUID> ids = new HashSet<>();
  private long lastNumber;

  /** Returns a number never given before, also if the transaction that asks rolls back. */
  long nextNumber() {
    return ++lastNumber;
  }

  void put(WebhookRow row) {
    all.put(row.number(), row);
    ids.add(row.configuration().id());
    NavigableMap<Long, WebhookRow> siblings =
        living.computeIfAbsent(row.account(), account -> new TreeMap<>());
    if (row.configuration().deleted()) {
      siblings.remove(row.number());
    } else {
      siblings.put(row.number(), row);
    }
  }

  /** Returns whether a webhook has an id, be it deleted. */
  boolean hasId(UUID id) {
    return ids.contains(id);
  }

  @Nullable
  WebhookRow find(long number) {
    return all.get(number);
  }

  /** Returns the rows of all webhooks that are not deleted, in the order of their numbers. */
  List<WebhookRow> living() {
    return all.values().stream()
        .filter(row -> !row.configuration().deleted())
        .sorted(Comparator.comparingLong(WebhookRow::number))
        .toList();
  }

  /** Returns the rows of deleted webhooks, which were updated last when they were deleted. */
  List<WebhookRow> deleted() {
    return all.values().stream().filter(row -> row.configuration().deleted()).toList();
  }

  /** Removes the row of a deleted webhook. */
  void forget(long number) {
    WebhookRow row = all.remove(number);
    if (row != null) {
      ids.remove(row.configuration().id());
    }
  }

  /** Returns an account's webhooks that are not deleted, in the order of their numbers. */
  NavigableMap<Long, WebhookRow> of(String account) {
    return living.getOrDefault(account, Collections.emptyNavigableMap());
  }

  /** Returns the same as the transaction that made some changes sees it. */
  NavigableMap<Long, WebhookRow> of(String account, Collection<WebhookRow> changes) {
    if (changes.isEmpty()) {
      return of(account);
    }
    NavigableMap<Long, WebhookRow> seen = new TreeMap<>(of(account));
    for (WebhookRow row : changes) {
      if (row.account().equals(account)) {
        if (row.configuration().deleted()) {
          seen.remove(row.number());
        } else {
          seen.put(row.number(), row);
        }
      }
    }
    return seen;
  }
}
