package dev.webhooks.delivery;

import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.TaskRunner.Loop;
import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.store.ClaimRequest;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.Holding;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Brings deliveries from the store into memory and back: claims what is due, adopts what hosts have
 * committed, looks up what a lost commit may have stored, hands back what may not be sent, and
 * reads configurations for lanes with work.
 *
 * <p>All of that happens on one thread, so a claim and the sweep for forgotten rows never overlap.
 */
final class Poller {
  private static final Duration BUSY = Duration.ofMillis(250);
  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Duration SWEEP_EVERY = Duration.ofSeconds(10);
  private static final int CLAIM = 500;

  /** What these two hold is noted in the ledger, which bounds it. */
  private final ConcurrentLinkedQueue<Held> committed = new ConcurrentLinkedQueue<>();

  private final ConcurrentLinkedQueue<Held> doubtful = new ConcurrentLinkedQueue<>();
  private final WebhookStore store;
  private final Ledger ledger;
  private final Dispatcher dispatcher;
  private final InstantSource clock;
  private final Ticker ticker;
  private final StoreTrouble trouble;
  private volatile @Nullable Loop loop;
  private Duration pause = BUSY;
  private final Prober prober;
  private final Runnable handedBack;
  private long lastWebhook;
  private long sweptAt;

  /**
   * Creates a poller.
   *
   * @param handedBack is told that deliveries were handed back, which may never be sent
   */
  Poller(
      WebhookStore store,
      Ledger ledger,
      Dispatcher dispatcher,
      InstantSource clock,
      Ticker ticker,
      Prober prober,
      Runnable handedBack,
      StoreTrouble trouble) {
    this.store = store;
    this.ledger = ledger;
    this.dispatcher = dispatcher;
    this.clock = clock;
    this.ticker = ticker;
    this.prober = prober;
    this.handedBack = handedBack;
    this.trouble = trouble;
    this.sweptAt = ticker.read();
  }

  void wakeWith(Loop loop) {
    this.loop = loop;
  }

  void wake() {
    Loop sleeper = loop;
    if (sleeper != null) {
      sleeper.wake();
    }
  }

  /**
   * Queues deliveries that a host says it has committed, as far as there is room for them; the next
   * claim finds the others. Never blocks.
   */
  void adopt(List<Held> deliveries) {
    long owner = ledger.owner();
    for (Held held : deliveries) {
      if (ledger.reserve(held.webhook(), held.ref().id(), held.bytes())) {
        committed.add(new Held(owner, held.delivery()));
      }
    }
    if (!committed.isEmpty()) {
      wake();
    }
  }

  /** Queues deliveries, noted as held, of which nobody knows whether they were stored. */
  void doubt(List<Held> deliveries) {
    doubtful.addAll(deliveries);
    wake();
  }

  /** One round of the loop. */
  Duration round() {
    try {
      dispatcher.setAsideLast(ledger.excess());
      handBackUnwanted();
      resolveDoubts();
      adoptCommitted();
      boolean more = claim();
      probe();
      refreshConfigurations();
      sweepIfDue();
      trouble.over();
      return more ? Duration.ZERO : untilNextRound();
    } catch (StoreUnavailableException e) {
      return trouble.failed(e);
    }
  }

  /** Lanes with work need their configurations read again before these are too old. */
  private Duration untilNextRound() {
    return ledger.count() > 0 ? BUSY : pause;
  }

  /**
   * Hands back what may not be sent; what cannot be handed back now is forgotten and found by the
   * sweep.
   */
  void handBackUnwanted() {
    List<Held> unwanted = ledger.stillHeld(dispatcher.takeUnwanted());
    if (unwanted.isEmpty()) {
      return;
    }
    try {
      store
          .queue()
          .handBack(
              unwanted.get(0).owner(), unwanted.stream().map(Held::holding).toList());
    } finally {
      unwanted.forEach(ledger::release);
      handedBack.run();
    }
  }

  private void resolveDoubts() {
    List<Held> unsure = ledger.stillHeld(drain(doubtful));
    if (!unsure.isEmpty()) {
      bringIn(unsure, doubtful, refs -> store.queue().held(unsure.get(0).owner(), refs));
    }
  }

  private void adoptCommitted() {
    List<Held> reserved = ledger.stillHeld(drain(committed));
    if (!reserved.isEmpty()) {
      bringIn(reserved, doubtful, refs -> store.queue().adopt(reserved.get(0).owner(), refs));
    }
  }

  /**
   * Asks the store which of the noted deliveries are ours; those go to the dispatcher, the others
   * are forgotten.
   */
  private void bringIn(
      List<Held> noted,
      ConcurrentLinkedQueue<Held> again,
      Function<List<DeliveryRef>, List<Holding>> question) {
    List<Holding> ours;
    try {
      ours = question.apply(noted.stream().map(Held::ref).toList());
    } catch (StoreUnavailableException e) {
      again.addAll(noted);
      throw e;
    } catch (RuntimeException e) {
      noted.forEach(ledger::giveUp);
      throw e;
    }
    Map<DeliveryRef, Holding> byRef =
        ours.stream().collect(Collectors.toMap(Holding::ref, Function.identity()));
    List<Held> found = new ArrayList<>();
    for (Held held : noted) {
      Holding holding = byRef.get(held.ref());
      if (holding == null) {
        ledger.giveUp(held);
      } else {
        found.add(held.under(holding));
        ledger.take(held);
      }
    }
    dispatcher.offer(found);
  }

  /** Claims as much as there is room for; returns whether there may be more to claim at once. */
  private boolean claim() {
    Allowance allowance = ledger.allowance(CLAIM);
    if (allowance.total() == 0) {
      return false;
    }
    ClaimRequest request = new ClaimRequest(
        ledger.owner(),
        clock.instant(),
        lastWebhook,
        allowance.perWebhook(),
        allowance.total(),
        allowance.bytes(),
        allowance.limits());
    List<ClaimedDelivery> claimed = store.queue().claim(request);
    if (claimed.isEmpty()) {
      pause = pause.compareTo(IDLE) < 0 ? pause.plus(pause.dividedBy(2)) : IDLE;
      return false;
    }
    pause = BUSY;
    lastWebhook = claimed.get(claimed.size() - 1).holding().ref().webhook();
    List<Held> held =
        claimed.stream().map(delivery -> new Held(request.owner(), delivery)).toList();
    held.forEach(ledger::take);
    dispatcher.offer(ledger.stillHeld(held));
    return held.size() >= request.total() || someReachedTheirLimit(request, held);
  }

  /** These may have more. If they have no room for it, the next claim notes that they wait. */
  private static boolean someReachedTheirLimit(ClaimRequest request, List<Held> claimed) {
    Map<Long, Long> counts =
        claimed.stream().collect(Collectors.groupingBy(Held::webhook, Collectors.counting()));
    return counts.entrySet().stream()
        .anyMatch(entry -> entry.getValue() >= request.limit(entry.getKey()));
  }

  /** Takes the deliveries with which it is this instance's turn to probe endpoints. */
  private void probe() {
    List<Held> probes = prober.due(ledger.owner(), ledger.room());
    probes.forEach(ledger::take);
    dispatcher.offer(ledger.stillHeld(probes));
  }

  /**
   * Is told that outcomes were written: claims again at once if there is room now for what had to
   * stay in the store.
   */
  void roomFreed() {
    if (ledger.takeFreed()) {
      wake();
    }
  }

  private void refreshConfigurations() {
    Set<Long> webhooks = dispatcher.needingConfiguration();
    if (webhooks.isEmpty()) {
      dispatcher.pump();
      return;
    }
    long tick = ticker.read();
    Map<Long, WebhookConfiguration> read = store.queue().configurations(webhooks);
    dispatcher.configure(read.values(), tick);
    Set<Long> gone = new HashSet<>(webhooks);
    gone.removeAll(read.keySet());
    dispatcher.missing(gone);
  }

  private void sweepIfDue() {
    long tick = ticker.read();
    long owner = ledger.owner();
    if (owner != 0 && tick - sweptAt >= SWEEP_EVERY.toNanos()) {
      sweptAt = tick;
      if (store.queue().sweep(owner, this::holds) > 0) {
        wake();
      }
    }
  }

  private boolean holds(UUID id) {
    return ledger.holds(id);
  }

  private static List<Held> drain(ConcurrentLinkedQueue<Held> source) {
    List<Held> drained = new ArrayList<>();
    for (Held next = source.poll(); next != null; next = source.poll()) {
      drained.add(next);
    }
    return drained;
  }
}
