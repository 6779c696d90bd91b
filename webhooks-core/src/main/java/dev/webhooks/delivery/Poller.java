package dev.webhooks.delivery;

import dev.webhooks.delivery.Duties.Done;
import dev.webhooks.spi.TaskRunner.Loop;
import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Brings deliveries from the store into memory and back: claims what is due, looks up what a lost
 * commit may have stored, hands back what may not be sent, and reads configurations for lanes with
 * work.
 *
 * <p>All of that happens on one thread, so a claim and the sweep for forgotten rows never overlap.
 */
final class Poller {
  private static final Duration BUSY = Duration.ofMillis(250);
  private static final Duration IDLE = Duration.ofSeconds(1);
  /** After a claim that brought nothing, the next one waits this multiple of its duration. */
  private static final int REST_PER_CLAIM = 10;

  private static final Duration SWEEP_EVERY = Duration.ofSeconds(10);
  private static final int CLAIM = 500;

  /** Rows whose commit has an unknown outcome; the ledger counts and bounds them. */
  private final ConcurrentLinkedQueue<Held> doubtful = new ConcurrentLinkedQueue<>();

  private final WebhookStore store;
  private final Ledger ledger;
  private final Dispatcher dispatcher;
  private final Arrivals arrivals;
  private final InstantSource clock;
  private final Ticker ticker;
  private final Duties duties;
  private volatile @Nullable Loop loop;
  private Duration pause = BUSY;
  private final Prober prober;
  private final Runnable handedBack;
  private long lastWebhook;
  private long restsUntil;
  private boolean skipped;
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
      Arrivals arrivals,
      InstantSource clock,
      Ticker ticker,
      Prober prober,
      Runnable handedBack,
      Troubles troubles) {
    this.store = store;
    this.ledger = ledger;
    this.dispatcher = dispatcher;
    this.arrivals = arrivals;
    this.clock = clock;
    this.ticker = ticker;
    this.prober = prober;
    this.handedBack = handedBack;
    this.sweptAt = ticker.read();
    this.restsUntil = sweptAt;
    this.duties = new Duties(troubles)
        .add("handing deliveries back", this::release)
        .add("looking up unknown outcomes", this::resolveDoubts)
        .add("claiming deliveries", this::claim)
        .add("probing endpoints", this::probe)
        .add("reading configurations", this::refreshConfigurations)
        .add("sweeping forgotten deliveries", this::sweep);
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

  /** Queues deliveries, noted as held, of which nobody knows whether they were stored. */
  void doubt(List<Held> deliveries) {
    doubtful.addAll(deliveries);
    wake();
  }

  /** One round of the loop. */
  Duration round() {
    dispatcher.setAsideLast(ledger.excess());
    return duties.round();
  }

  /**
   * Lanes with work need their configurations read again before these are too old; a claim that was
   * skipped is made up for as soon as the rest is over.
   */
  private Duration untilNextClaim() {
    Duration usual = usualPause();
    Duration rest = Duration.ofNanos(Math.max(0, restsUntil - ticker.read()));
    return skipped && rest.compareTo(usual) < 0 ? rest : usual;
  }

  private Duration usualPause() {
    return ledger.count() > 0 ? BUSY : pause;
  }

  private Done release() {
    return new Done(handBackUnwanted(), IDLE);
  }

  /**
   * Hands back what may not be sent; what cannot be handed back now is forgotten and found by the
   * sweep. Returns whether there was something.
   */
  boolean handBackUnwanted() {
    List<Held> unwanted = ledger.stillHeld(dispatcher.takeUnwanted());
    if (unwanted.isEmpty()) {
      return false;
    }
    try {
      store
          .queue()
          .release(unwanted.get(0).owner(), unwanted.stream().map(Held::claim).toList());
    } finally {
      unwanted.forEach(ledger::release);
      handedBack.run();
    }
    return true;
  }

  private Done resolveDoubts() {
    List<Held> unsure = arrivals.drain(doubtful);
    if (!unsure.isEmpty()) {
      long owner = unsure.get(0).owner();
      arrivals.bringIn(unsure, doubtful::addAll, refs -> store.queue().owned(owner, refs));
    }
    return new Done(!unsure.isEmpty(), IDLE);
  }

  /** Claims as much as there is room for, unless it is resting, whoever has woken the loop. */
  private Done claim() {
    skipped = restsUntil - ticker.read() > 0;
    Allowance allowance = skipped ? null : ledger.allowance(CLAIM);
    if (allowance == null || allowance.total() == 0) {
      return Done.nothing(untilNextClaim());
    }
    return Done.something(claim(allowance) ? Duration.ZERO : untilNextClaim());
  }

  /** Claims and returns whether there may be more to claim at once. */
  private boolean claim(Allowance allowance) {
    long began = ticker.read();
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
      rest(ticker.read() - began);
      return false;
    }
    pause = BUSY;
    lastWebhook = claimed.get(claimed.size() - 1).claim().ref().webhook();
    List<Held> held =
        claimed.stream().map(delivery -> new Held(request.owner(), delivery)).toList();
    arrivals.take(held);
    return held.size() >= request.total() || someReachedTheirLimit(request, held);
  }

  /**
   * Makes the next claim wait after one that brought nothing. One that took long, as over many dead
   * rows that the database may not remove yet, must not keep the database busy.
   */
  private void rest(long nanos) {
    restsUntil = ticker.read() + Math.min(IDLE.toNanos(), REST_PER_CLAIM * nanos);
    pause = pause.compareTo(IDLE) < 0 ? pause.plus(pause.dividedBy(2)) : IDLE;
  }

  /** These may have more. If they have no room for it, the next claim notes that they wait. */
  private static boolean someReachedTheirLimit(ClaimRequest request, List<Held> claimed) {
    Map<Long, Long> counts =
        claimed.stream().collect(Collectors.groupingBy(Held::webhook, Collectors.counting()));
    return counts.entrySet().stream()
        .anyMatch(entry -> entry.getValue() >= request.limit(entry.getKey()));
  }

  /** Takes the deliveries with which it is this instance's turn to probe endpoints. */
  private Done probe() {
    long owner = ledger.owner();
    int room = ledger.room();
    boolean asks = owner != 0 && room > 0 && prober.isDue();
    if (asks) {
      arrivals.take(prober.take(owner, room));
    }
    return new Done(asks, IDLE);
  }

  /** Hands back at once what is not to be sent according to what has been read. */
  private Done refreshConfigurations() {
    boolean refreshed = arrivals.refreshConfigurations();
    boolean handedBack = handBackUnwanted();
    return new Done(refreshed || handedBack, usualPause());
  }

  /**
   * Claims again at once, since outcomes were written, if there is room now for what had to stay in
   * the store.
   */
  void roomFreed() {
    if (ledger.takeFreed()) {
      wake();
    }
  }

  private Done sweep() {
    long tick = ticker.read();
    long owner = ledger.owner();
    boolean due = owner != 0 && tick - sweptAt >= SWEEP_EVERY.toNanos();
    if (due) {
      int found = store.queue().releaseForgotten(owner, this::holds);
      sweptAt = tick;
      if (found > 0) {
        wake();
      }
    }
    return new Done(due, IDLE);
  }

  private boolean holds(UUID id) {
    return ledger.holds(id);
  }
}
