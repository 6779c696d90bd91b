package dev.webhooks.testing.memory;

import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.EndpointHealth;
import dev.webhooks.spi.store.HealthRegister;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The health of endpoints in memory. */
final class MemoryHealth implements HealthRegister {
  private final Tables tables;

  MemoryHealth(Tables tables) {
    this.tables = tables;
  }

  @Override
  public Map<Long, Change> change(Collection<Long> webhooks, Rule rule) {
    return tables.locked(() -> {
      Map<Long, Change> changes = new TreeMap<>();
      for (long webhook : new TreeSet<>(webhooks)) {
        if (!tables.rowLocks().held(new RowLocks.Health(webhook))) {
          EndpointHealth before = tables.health().get(webhook);
          EndpointHealth after = rule.apply(webhook, before);
          put(webhook, after);
          changes.put(webhook, new Change(before, after));
        }
      }
      return changes;
    });
  }

  private void put(long webhook, @Nullable EndpointHealth health) {
    if (health == null) {
      tables.health().remove(webhook);
    } else {
      tables.health().put(webhook, health);
    }
  }

  @Override
  public List<ClaimedDelivery> probe(ProbeRequest request) {
    return tables.locked(() -> {
      Set<Long> over = new HashSet<>();
      tables.health().forEach((webhook, health) -> {
        Instant suspendedUntil = health.suspendedUntil();
        if (suspendedUntil != null && !suspendedUntil.isAfter(request.now())) {
          over.add(webhook);
        }
      });
      List<ClaimedDelivery> probes = new ArrayList<>();
      for (long webhook : over) {
        DeliveryRow due = probes.size() < request.limit() ? due(webhook, request.now()) : null;
        if (due != null) {
          stayAway(webhook, request.until());
          tables.deliveries().take(due, request.owner());
          probes.add(due.claimed());
        }
      }
      return probes;
    });
  }

  /** Returns a delivery to probe an endpoint with, if it may be probed. */
  private @Nullable DeliveryRow due(long webhook, Instant now) {
    WebhookRow row = tables.webhooks().find(webhook);
    boolean locked = tables.rowLocks().held(new RowLocks.Health(webhook));
    if (row == null || !row.configuration().probeable() || locked) {
      return null;
    }
    return tables.deliveries().unownedOf(webhook).stream()
        .takeWhile(delivery -> !delivery.due().isAfter(now))
        .filter(delivery -> !delivery.isPoisoned())
        .findFirst()
        .orElse(null);
  }

  private void stayAway(long webhook, Instant until) {
    tables.health().computeIfPresent(webhook, (number, health) -> health.suspend(until));
  }

  @Override
  public Failing fail(long webhook, int version, Instant now) {
    return tables.locked(() -> {
      WebhookRow row = tables.webhooks().find(webhook);
      if (row == null
          || !row.configuration().probeable()
          || row.configuration().version() != version) {
        return Failing.SUPERSEDED;
      }
      if (tables.rowLocks().held(new RowLocks.Webhook(webhook))) {
        return Failing.BUSY;
      }
      tables.webhooks().put(failed(row, now));
      return Failing.DONE;
    });
  }

  private static WebhookRow failed(WebhookRow row, Instant now) {
    WebhookConfiguration old = row.configuration();
    WebhookConfiguration failed =
        old.change().status(WebhookStatus.FAILED).version(old.version() + 1).build();
    return new WebhookRow(failed, row.name(), row.events(), row.createdAt(), now);
  }

  @Override
  public Optional<String> account(long webhook) {
    return tables.locked(
        () -> Optional.ofNullable(tables.webhooks().find(webhook)).map(WebhookRow::account));
  }
}
