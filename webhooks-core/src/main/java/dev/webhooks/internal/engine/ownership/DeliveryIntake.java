package dev.webhooks.internal.engine.ownership;

import dev.webhooks.internal.engine.base.EngineLoop;
import dev.webhooks.internal.engine.send.Dispatcher;
import dev.webhooks.internal.engine.send.OwnedDeliveries;
import dev.webhooks.internal.engine.send.OwnedDelivery;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The way of deliveries into the dispatcher once the store has confirmed that this instance owns
 * them. Also reads the configurations with which they are sent.
 *
 * <p>Thread-safe, as the poller and the {@link CommittedClaimer} use it at the same time: a claim
 * of the one may take rows that the other is asking for.
 */
public final class DeliveryIntake {
  /** Reserved deliveries of which nobody knows whether the store gave them to this instance. */
  private final Queue<OwnedDelivery> unknown = new ConcurrentLinkedQueue<>();

  private final WebhookStore store;
  private final OwnedDeliveries owned;
  private final Dispatcher dispatcher;
  private final Ticker ticker;
  private final EngineLoop polling;

  public DeliveryIntake(
      WebhookStore store,
      OwnedDeliveries owned,
      Dispatcher dispatcher,
      Ticker ticker,
      EngineLoop polling) {
    this.store = store;
    this.owned = owned;
    this.dispatcher = dispatcher;
    this.ticker = ticker;
    this.polling = polling;
  }

  /** Adds deliveries whose rows this instance certainly owns. */
  void add(long owner, List<ClaimedDelivery> deliveries, boolean probes) {
    List<OwnedDelivery> ours = deliveries.stream()
        .map(delivery -> new OwnedDelivery(owner, delivery, probes))
        .toList();
    ours.forEach(owned::add);
    dispatcher.offer(owned.stillOwned(ours));
  }

  /** Adds reserved deliveries whose commit has an unknown outcome; the poller looks them up. */
  public void addUnknown(List<OwnedDelivery> reserved) {
    unknown.addAll(reserved);
    polling.wake();
  }

  /** Looks up whether deliveries of unknown outcome are ours; returns whether there were any. */
  boolean resolveUnknown() {
    List<OwnedDelivery> reserved = drain(unknown);
    if (!reserved.isEmpty()) {
      long owner = reserved.get(0).owner();
      confirm(reserved, refs -> store.queue().owned(owner, refs));
    }
    return !reserved.isEmpty();
  }

  /**
   * Asks the store which reserved deliveries are ours. Those go to the dispatcher unless a claim
   * has brought them meanwhile; the other reservations are cancelled. Without an answer, the
   * outcome of all is unknown.
   */
  void confirm(List<OwnedDelivery> reserved, Function<List<DeliveryRef>, List<ClaimRef>> question) {
    List<ClaimRef> ours;
    try {
      ours = question.apply(reserved.stream().map(OwnedDelivery::ref).toList());
    } catch (StoreUnavailableException e) {
      addUnknown(reserved);
      throw e;
    } catch (RuntimeException e) {
      reserved.forEach(owned::cancel);
      throw e;
    }
    Map<DeliveryRef, ClaimRef> byRef =
        ours.stream().collect(Collectors.toMap(ClaimRef::ref, Function.identity()));
    List<OwnedDelivery> confirmed = new ArrayList<>();
    for (OwnedDelivery delivery : reserved) {
      ClaimRef claim = byRef.get(delivery.ref());
      if (claim == null) {
        owned.cancel(delivery);
      } else if (owned.confirm(delivery)) {
        confirmed.add(delivery.under(claim));
      }
    }
    dispatcher.offer(confirmed);
  }

  /** Empties a queue of reserved deliveries; returns those that are still reserved. */
  List<OwnedDelivery> drain(Queue<OwnedDelivery> source) {
    List<OwnedDelivery> drained = new ArrayList<>();
    for (OwnedDelivery next = source.poll(); next != null; next = source.poll()) {
      drained.add(next);
    }
    return owned.stillOwned(drained);
  }

  /** Reads missing and old configurations of webhooks with work; returns whether there were any. */
  boolean refreshConfigurations() {
    Set<Long> webhooks = dispatcher.needingConfiguration();
    if (webhooks.isEmpty()) {
      dispatcher.pump();
      return false;
    }
    long tick = ticker.read();
    Map<Long, WebhookConfiguration> read = store.queue().configurations(webhooks);
    dispatcher.configure(read.values(), tick);
    Set<Long> gone = new HashSet<>(webhooks);
    gone.removeAll(read.keySet());
    dispatcher.missing(gone);
    return true;
  }
}
