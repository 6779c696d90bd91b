package dev.webhooks.delivery;

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
 * The deliveries of one publish on their way from its transaction into the dispatcher.
 *
 * <p>Which of them this instance will hold is decided, and noted in the ledger, before they are
 * stored; after the commit they are handed over, or forgotten again if there was none. Used by the
 * publishing thread.
 */
final class Handover {
  private final Ledger ledger;
  private final long owner;
  private final boolean ownedAtOnce;
  private final Map<UUID, List<Held>> byEvent = new LinkedHashMap<>();
  private final Map<Long, WebhookConfiguration> configurations = new LinkedHashMap<>();

  /**
   * Creates an empty handover.
   *
   * @param ownedAtOnce whether rows may be stored under this instance's number: only if the commit
   *     is ours
   */
  Handover(Ledger ledger, boolean ownedAtOnce) {
    this.ledger = ledger;
    this.owner = ledger.owner();
    this.ownedAtOnce = ownedAtOnce && owner != 0;
  }

  /** Decides whether a delivery about to be stored will be held here, and remembers it. */
  NewDelivery add(UUID event, ClaimedDelivery delivery, WebhookConfiguration webhook) {
    configurations.put(webhook.number(), webhook);
    Held held = new Held(owner, delivery);
    boolean mine = ownedAtOnce
        && webhook.sendable()
        && ledger.reserve(held.webhook(), held.ref().id(), held.bytes());
    if (mine || !ownedAtOnce) {
      byEvent.computeIfAbsent(event, id -> new ArrayList<>()).add(held);
    }
    return new NewDelivery(held.ref(), mine ? owner : 0);
  }

  /** Forgets everything, as nothing was stored. */
  void reset() {
    if (ownedAtOnce) {
      byEvent.values().forEach(held -> held.forEach(ledger::release));
    }
    byEvent.clear();
    configurations.clear();
  }

  /** Forgets the deliveries of events that were known before and so were not stored. */
  void keepStored(List<NewEvent> events, List<EventReceipt> receipts) {
    Set<UUID> stored = new HashSet<>();
    for (int i = 0; i < events.size(); i++) {
      if (receipts.get(i).stored()) {
        stored.add(events.get(i).id());
      }
    }
    byEvent.entrySet().removeIf(entry -> {
      boolean skipped = !stored.contains(entry.getKey());
      if (skipped && ownedAtOnce) {
        entry.getValue().forEach(ledger::release);
      }
      return skipped;
    });
  }

  /**
   * Returns the deliveries to send: those held, or in a host's transaction those that could be
   * adopted.
   */
  List<Held> deliveries() {
    return byEvent.values().stream().flatMap(List::stream).toList();
  }

  /** Returns the configurations that were read on the way. */
  List<WebhookConfiguration> configurations() {
    return List.copyOf(configurations.values());
  }
}
