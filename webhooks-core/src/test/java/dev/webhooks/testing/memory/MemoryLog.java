package dev.webhooks.testing.memory;

import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.spi.store.DeliveryLog;
import dev.webhooks.spi.store.DeliveryLog.LoggedDelivery;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** The log in memory: pending and finished deliveries lie in one table already. */
final class MemoryLog implements DeliveryLog {
  private final Tables tables;

  MemoryLog(Tables tables) {
    this.tables = tables;
  }

  @Override
  public List<Delivery> list(
      WebhookConfiguration webhook, DeliveryQuery filters, DeliveryLog.Section section) {
    return tables.locked(() -> newestFirst(webhook, filters)
        .filter(row ->
            section.after() == null || IdGenerator.ORDER.compare(row.id(), section.after()) < 0)
        .skip(section.offset())
        .limit(section.limit())
        .map(row -> row.delivery(webhook))
        .toList());
  }

  @Override
  public int count(WebhookConfiguration webhook, DeliveryQuery query) {
    return tables.locked(
        () -> (int) newestFirst(webhook, query).limit(COUNT_LIMIT + 1L).count());
  }

  @Override
  public Optional<LoggedDelivery> find(WebhookConfiguration webhook, UUID delivery) {
    return tables.locked(
        () -> Optional.ofNullable(tables.deliveries().of(webhook.number()).get(delivery))
            .map(row -> row.logged(webhook)));
  }

  private Stream<DeliveryRow> newestFirst(WebhookConfiguration webhook, DeliveryQuery query) {
    NavigableMap<UUID, DeliveryRow> rows = query.status() == DeliveryStatus.PENDING
        ? tables.deliveries().pendingOf(webhook.number())
        : tables.deliveries().of(webhook.number());
    return rows.descendingMap().values().stream().filter(row -> letsThrough(query, row));
  }

  private static boolean letsThrough(DeliveryQuery query, DeliveryRow row) {
    return (query.status() == null || query.status() == row.status())
        && (query.event() == null || query.event().equals(row.eventType()))
        && (query.from() == null || !row.createdAt().isBefore(query.from()))
        && (query.to() == null || row.createdAt().isBefore(query.to()));
  }
}
