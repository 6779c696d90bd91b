package dev.webhooks.testing.memory;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.DeliveryQueue.EndedDelivery;
import dev.webhooks.spi.store.DeliveryQueue.QueueDepth;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The queue in memory. */
final class MemoryQueue implements DeliveryQueue {
  private final Tables tables;

  MemoryQueue(Tables tables) {
    this.tables = tables;
  }

  @Override
  public List<ClaimedDelivery> claim(ClaimRequest request) {
    return tables.locked(() -> {
      List<DeliveryRow> chosen = choose(request);
      chosen.forEach(row -> deliveries().take(row, request.owner()));
      return chosen.stream().map(DeliveryRow::claimed).toList();
    });
  }

  @Override
  public List<ClaimRef> claimById(long owner, Collection<DeliveryRef> rows) {
    return tables.locked(() -> {
      List<ClaimRef> taken = new ArrayList<>();
      for (DeliveryRef ref : rows) {
        DeliveryRow row = deliveries().findPending(ref);
        if (row != null && row.owner() == 0 && row.attempts() == 0 && !row.isPoisoned()) {
          deliveries().take(row, owner);
          taken.add(row.claim());
        }
      }
      return taken;
    });
  }

  @Override
  public List<ClaimRef> owned(long owner, Collection<DeliveryRef> rows) {
    return tables.locked(() -> {
      List<ClaimRef> held = new ArrayList<>();
      for (DeliveryRef ref : rows) {
        DeliveryRow row = deliveries().findPending(ref);
        if (row != null && row.owner() == owner) {
          held.add(row.claim());
        }
      }
      return held;
    });
  }

  @Override
  public Set<UUID> finish(long owner, List<AttemptOutcome> outcomes, Instant now) {
    return tables.locked(() -> {
      Set<UUID> changed = new HashSet<>();
      for (AttemptOutcome outcome : outcomes) {
        DeliveryRow row = deliveries().findHeld(owner, outcome.claim());
        if (row != null) {
          deliveries().finish(row, outcome, now);
          tables.counters(row.webhook()).add(outcome);
          changed.add(row.id());
        }
      }
      return changed;
    });
  }

  @Override
  public int release(long owner, Collection<ClaimRef> rows) {
    return tables.locked(() -> {
      int count = 0;
      for (ClaimRef claim : rows) {
        DeliveryRow row = deliveries().findHeld(owner, claim);
        if (row != null) {
          deliveries().giveBack(row);
          count++;
        }
      }
      return count;
    });
  }

  @Override
  public int releaseForgotten(long owner, Predicate<UUID> owned) {
    List<ClaimRef> rows = tables.locked(
        () -> deliveries().ownedBy(owner).stream().map(DeliveryRow::claim).toList());
    List<ClaimRef> forgotten =
        rows.stream().filter(claim -> !owned.test(claim.ref().id())).toList();
    return release(owner, forgotten) + tables.locked(this::takeFromTheUnregistered);
  }

  @Override
  public List<EndedDelivery> endUnsendable(Instant now, Instant expiry, int limit) {
    return tables.locked(() -> {
      List<DeliveryRow> rows = new ArrayList<>();
      for (long webhook : deliveries().webhooksWithUnowned(0)) {
        for (DeliveryRow row : deliveries().unownedOf(webhook)) {
          if (rows.size() < limit && isUnsendable(row, expiry)) {
            rows.add(row);
          }
        }
      }
      List<EndedDelivery> ended = new ArrayList<>();
      rows.forEach(row -> ended.add(end(row, expiry, now)));
      ended.addAll(endTests(now, limit - rows.size()));
      return ended;
    });
  }

  private List<EndedDelivery> endTests(Instant now, int limit) {
    List<DeliveryRow> over = deliveries().ownedBy(DeliveryRow.TESTING).stream()
        .filter(row -> !row.due().isAfter(now))
        .limit(limit)
        .toList();
    over.forEach(row -> deliveries().giveUp(row, DeliveryError.INTERRUPTED, now));
    return over.stream().map(row -> ended(row, DeliveryError.INTERRUPTED)).toList();
  }

  @Override
  public Map<Long, WebhookConfiguration> configurations(Collection<Long> webhooks) {
    return tables.locked(() -> {
      Map<Long, WebhookConfiguration> configurations = new HashMap<>();
      for (long number : webhooks) {
        WebhookRow row = tables.webhooks().find(number);
        if (row != null) {
          configurations.put(number, tables.configuration(row));
        }
      }
      return configurations;
    });
  }

  @Override
  public void foldStatistics() {
    // Counted at once: there is nothing to fold.
  }

  @Override
  public QueueDepth depth() {
    return tables.locked(
        () -> new QueueDepth(deliveries().pending(), deliveries().oldestPending()));
  }

  private int takeFromTheUnregistered() {
    int count = 0;
    for (long owner : deliveries().owners()) {
      if (!tables.beats().containsKey(owner)) {
        count += tables.takeFromTheDead(owner);
      }
    }
    return count;
  }

  private List<DeliveryRow> choose(ClaimRequest request) {
    List<DeliveryRow> chosen = new ArrayList<>();
    long bytes = 0;
    for (long webhook : deliveries().webhooksWithUnowned(request.after())) {
      if (request.limit(webhook) == 0 || !sendable(webhook)) {
        continue;
      }
      int ofThisWebhook = 0;
      for (DeliveryRow row : deliveries().unownedOf(webhook)) {
        if (row.due().isAfter(request.now()) || ofThisWebhook == request.limit(webhook)) {
          break;
        }
        if (row.isPoisoned()) {
          continue;
        }
        bytes += row.bodyLength();
        if (chosen.size() == request.total() || (bytes > request.bytes() && !chosen.isEmpty())) {
          return chosen;
        }
        chosen.add(row);
        ofThisWebhook++;
      }
    }
    return chosen;
  }

  private boolean sendable(long webhook) {
    WebhookRow row = tables.webhooks().find(webhook);
    return row != null && tables.configuration(row).sendable();
  }

  private boolean isUnsendable(DeliveryRow row, Instant expiry) {
    return isDeleted(row) || reasonToGiveUp(row, expiry) != null;
  }

  private EndedDelivery end(DeliveryRow row, Instant expiry, Instant now) {
    DeliveryError reason = isDeleted(row) ? null : reasonToGiveUp(row, expiry);
    if (reason == null) {
      deliveries().drop(row);
    } else {
      deliveries().giveUp(row, reason, now);
      tables.counters(row.webhook()).addGivenUp();
    }
    return ended(row, reason);
  }

  private EndedDelivery ended(DeliveryRow row, @Nullable DeliveryError why) {
    WebhookRow webhook = tables.webhooks().find(row.webhook());
    ClaimedDelivery delivery = row.claimed();
    return new EndedDelivery(
        row.ref(),
        webhook == null ? null : webhook.configuration().publicId(),
        webhook == null ? null : webhook.account(),
        delivery.eventId(),
        row.eventType(),
        delivery.traceContext(),
        why);
  }

  private boolean isDeleted(DeliveryRow row) {
    WebhookRow webhook = tables.webhooks().find(row.webhook());
    return webhook == null || webhook.configuration().deleted();
  }

  private @Nullable DeliveryError reasonToGiveUp(DeliveryRow row, Instant expiry) {
    WebhookRow webhook = tables.webhooks().find(row.webhook());
    if (webhook != null && webhook.configuration().status() == WebhookStatus.FAILED) {
      return DeliveryError.WEBHOOK_FAILED;
    }
    if (row.createdAt().isBefore(expiry)) {
      return DeliveryError.EXPIRED;
    }
    return row.isPoisoned() ? DeliveryError.LOST : null;
  }

  private DeliveryTable deliveries() {
    return tables.deliveries();
  }
}
