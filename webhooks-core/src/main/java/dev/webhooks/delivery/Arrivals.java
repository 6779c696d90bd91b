package dev.webhooks.delivery;

import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Brings deliveries that are noted in the ledger into the dispatcher once the store says that they
 * are ours, and reads the configurations they are sent with. Thread-safe: the poller and the
 * adopter both do that, and a claim of the former may take what the latter is asking for.
 */
final class Arrivals {
  private final WebhookStore store;
  private final Ledger ledger;
  private final Dispatcher dispatcher;
  private final Ticker ticker;

  Arrivals(WebhookStore store, Ledger ledger, Dispatcher dispatcher, Ticker ticker) {
    this.store = store;
    this.ledger = ledger;
    this.dispatcher = dispatcher;
    this.ticker = ticker;
  }

  /**
   * Asks the store which of the noted deliveries are ours; those go to the dispatcher, unless a
   * claim has brought them meanwhile, and the others are forgotten.
   *
   * @param doubt is given all of them if the store does not answer
   */
  void bringIn(
      List<Held> noted,
      Consumer<List<Held>> doubt,
      Function<List<DeliveryRef>, List<ClaimRef>> question) {
    List<ClaimRef> ours;
    try {
      ours = question.apply(noted.stream().map(Held::ref).toList());
    } catch (StoreUnavailableException e) {
      doubt.accept(noted);
      throw e;
    } catch (RuntimeException e) {
      noted.forEach(ledger::giveUp);
      throw e;
    }
    Map<DeliveryRef, ClaimRef> byRef =
        ours.stream().collect(Collectors.toMap(ClaimRef::ref, Function.identity()));
    List<Held> found = new ArrayList<>();
    for (Held held : noted) {
      ClaimRef claim = byRef.get(held.ref());
      if (claim == null) {
        ledger.giveUp(held);
      } else if (ledger.takeReserved(held)) {
        found.add(held.under(claim));
      }
    }
    dispatcher.offer(found);
  }

  /** Takes what is certainly ours, and hands it to the dispatcher. */
  void take(Collection<Held> ours) {
    ours.forEach(ledger::take);
    dispatcher.offer(ledger.stillHeld(ours));
  }

  /**
   * Reads the configurations of lanes that have work and none that is young; returns whether there
   * were any.
   */
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

  /** Empties a queue of noted deliveries; returns those that are still held. */
  List<Held> drain(Queue<Held> source) {
    List<Held> drained = new ArrayList<>();
    for (Held next = source.poll(); next != null; next = source.poll()) {
      drained.add(next);
    }
    return ledger.stillHeld(drained);
  }
}
