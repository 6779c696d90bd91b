package dev.webhooks.internal.engine.publish;

import dev.webhooks.internal.engine.send.OwnedDeliveries;
import dev.webhooks.internal.engine.send.OwnedDelivery;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.NewEvent.NewDelivery;
import dev.webhooks.spi.store.StoreSession.EventReceipt;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The deliveries of one transaction that publishes. Those that this instance will own are reserved
 * in memory before they are stored. Used by the publishing thread.
 */
final class PublishedDeliveries {
  private final OwnedDeliveries owned;
  private final long owner;
  private final boolean reserves;
  private final List<OwnedDelivery> deliveries = new ArrayList<>();
  private final Map<Long, WebhookConfiguration> configurations = new LinkedHashMap<>();

  /**
   * Creates an empty set.
   *
   * @param ownTransaction whether the commit is the library's own, so that rows may be stored under
   *     this instance's number
   */
  PublishedDeliveries(OwnedDeliveries owned, boolean ownTransaction) {
    this.owned = owned;
    this.owner = owned.owner();
    this.reserves = ownTransaction && owner != 0;
  }

  /** Adds a delivery that is about to be stored, and reserves it if this instance may own it. */
  NewDelivery add(ClaimedDelivery content, WebhookConfiguration webhook) {
    configurations.put(webhook.number(), webhook);
    OwnedDelivery delivery = new OwnedDelivery(owner, content);
    boolean reserved = reserves
        && webhook.sendable()
        && owned.reserve(delivery.webhook(), delivery.ref().id(), delivery.bytes());
    if (reserved || !reserves) {
      deliveries.add(delivery);
    }
    return new NewDelivery(delivery.ref(), reserved ? owner : 0);
  }

  /** Forgets all deliveries, as nothing was stored. */
  void reset() {
    if (reserves) {
      deliveries.forEach(owned::remove);
    }
    deliveries.clear();
    configurations.clear();
  }

  /** Forgets the deliveries of events that were known before and so were not stored. */
  void keepStored(List<NewEvent> events, List<EventReceipt> receipts) {
    Set<UUID> known = new HashSet<>();
    for (int i = 0; i < events.size(); i++) {
      if (!receipts.get(i).stored()) {
        known.add(events.get(i).id());
      }
    }
    if (!known.isEmpty()) {
      List<OwnedDelivery> dropped = deliveries.stream()
          .filter(delivery -> known.contains(delivery.delivery().event()))
          .toList();
      deliveries.removeAll(dropped);
      if (reserves) {
        dropped.forEach(owned::remove);
      }
    }
  }

  /** Returns the reserved deliveries or, in a host's transaction, all that could be claimed. */
  List<OwnedDelivery> deliveries() {
    return List.copyOf(deliveries);
  }

  /** Returns the configurations that were read on the way. */
  List<WebhookConfiguration> configurations() {
    return List.copyOf(configurations.values());
  }
}
