package dev.webhooks.internal.engine.ownership;

import dev.webhooks.internal.engine.base.EngineLoop;
import dev.webhooks.internal.engine.base.EngineLoop.Done;
import dev.webhooks.internal.engine.base.Troubles;
import dev.webhooks.internal.engine.endpoint.ProbeClaimer;
import dev.webhooks.internal.engine.send.Dispatcher;
import dev.webhooks.internal.engine.send.OwnedDeliveries;
import dev.webhooks.internal.engine.send.OwnedDelivery;
import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The poller between the store and memory: it claims due deliveries, resolves unknown outcomes,
 * releases deliveries that may not be sent, and reads configurations of webhooks with work.
 *
 * <p>All of that happens on one thread, so a claim and the sweep for forgotten rows never overlap.
 */
public final class Poller {
  private static final Duration BUSY = Duration.ofMillis(250);
  private static final Duration IDLE = Duration.ofSeconds(1);
  /** After an empty claim, the next one waits this multiple of its duration. */
  private static final int REST_PER_CLAIM = 10;

  private static final Duration SWEEP_EVERY = Duration.ofSeconds(10);
  private static final int CLAIM = 500;

  private final WebhookStore store;
  private final OwnedDeliveries owned;
  private final Dispatcher dispatcher;
  private final DeliveryIntake intake;
  private final InstantSource clock;
  private final Ticker ticker;
  private final ProbeClaimer probes;
  private final EngineLoop loop;
  private final EngineLoop housekeeping;
  private Duration pause = BUSY;
  private long lastWebhook;
  private long restsUntil;
  private boolean skipped;
  private long sweptAt;

  /**
   * Creates a poller.
   *
   * @param loop the loop that polls
   * @param housekeeping the loop that ends deliveries; woken when some were released, as they may
   *     never be sent
   */
  public Poller(
      WebhookStore store,
      OwnedDeliveries owned,
      Dispatcher dispatcher,
      DeliveryIntake intake,
      InstantSource clock,
      Ticker ticker,
      ProbeClaimer probes,
      Troubles troubles,
      EngineLoop loop,
      EngineLoop housekeeping) {
    this.store = store;
    this.owned = owned;
    this.dispatcher = dispatcher;
    this.intake = intake;
    this.clock = clock;
    this.ticker = ticker;
    this.probes = probes;
    this.housekeeping = housekeeping;
    this.sweptAt = ticker.read();
    this.restsUntil = sweptAt;
    this.loop = loop.add(troubles.of("setting deliveries aside"), this::setExcessAside)
        .add(troubles.of("releasing deliveries"), () -> new Done(releaseUnwanted(), IDLE))
        .add(
            troubles.of("looking up unknown outcomes"),
            () -> new Done(intake.resolveUnknown(), IDLE))
        .add(troubles.of("claiming deliveries"), this::claim)
        .add(troubles.of("probing endpoints"), this::probe)
        .add(troubles.of("reading configurations"), this::refreshConfigurations)
        .add(troubles.of("sweeping forgotten deliveries"), this::sweep);
  }

  private Done setExcessAside() {
    Map<Long, Integer> excess = owned.excess();
    dispatcher.setAsideLast(excess);
    return new Done(!excess.isEmpty(), IDLE);
  }

  /**
   * Releases deliveries that may not be sent; returns whether there were any. If the store does not
   * answer, the sweep finds their rows.
   */
  public boolean releaseUnwanted() {
    List<OwnedDelivery> unwanted = owned.stillOwned(dispatcher.takeUnwanted());
    if (unwanted.isEmpty()) {
      return false;
    }
    try {
      store
          .queue()
          .release(
              unwanted.get(0).owner(),
              unwanted.stream().map(OwnedDelivery::claim).toList());
    } finally {
      unwanted.forEach(owned::remove);
      housekeeping.wake();
    }
    return true;
  }

  /** Claims as much as there is memory for, unless it rests, whoever has woken the loop. */
  private Done claim() {
    skipped = restsUntil - ticker.read() > 0;
    if (skipped) {
      return Done.nothing(untilNextClaim());
    }
    ClaimRequest request = owned.claim(clock.instant(), lastWebhook, CLAIM);
    if (request.total() == 0) {
      return Done.nothing(untilNextClaim());
    }
    return Done.something(claim(request) ? Duration.ZERO : untilNextClaim());
  }

  /** Claims deliveries; returns whether there may be more to claim at once. */
  private boolean claim(ClaimRequest request) {
    long began = ticker.read();
    List<ClaimedDelivery> claimed = store.queue().claim(request);
    if (claimed.isEmpty()) {
      rest(ticker.read() - began);
      return false;
    }
    pause = BUSY;
    lastWebhook = webhook(claimed.get(claimed.size() - 1));
    intake.add(request.owner(), claimed, false);
    return claimed.size() >= request.total() || someReachedTheirLimit(request, claimed);
  }

  /**
   * Makes the next claim wait after an empty one. A slow one, such as over many dead rows that the
   * database may not remove yet, must not keep the database busy.
   */
  private void rest(long nanos) {
    restsUntil = ticker.read() + Math.min(IDLE.toNanos(), REST_PER_CLAIM * nanos);
    pause = pause.compareTo(IDLE) < 0 ? pause.plus(pause.dividedBy(2)) : IDLE;
  }

  /** Returns whether a webhook may have more. Without memory for it, the next claim notes that. */
  private static boolean someReachedTheirLimit(
      ClaimRequest request, List<ClaimedDelivery> claimed) {
    Map<Long, Long> counts =
        claimed.stream().collect(Collectors.groupingBy(Poller::webhook, Collectors.counting()));
    return counts.entrySet().stream()
        .anyMatch(entry -> entry.getValue() >= request.limit(entry.getKey()));
  }

  private static long webhook(ClaimedDelivery delivery) {
    return delivery.claim().ref().webhook();
  }

  /** Returns the usual pause, or the rest of the claim if that was skipped and ends earlier. */
  private Duration untilNextClaim() {
    Duration usual = usualPause();
    Duration rest = Duration.ofNanos(Math.max(0, restsUntil - ticker.read()));
    return skipped && rest.compareTo(usual) < 0 ? rest : usual;
  }

  /** Returns the pause in which the configurations of webhooks with work do not become too old. */
  private Duration usualPause() {
    return owned.count() > 0 ? BUSY : pause;
  }

  /** Claims the deliveries with which this instance is to probe endpoints. */
  private Done probe() {
    long owner = owned.owner();
    int free = owned.free();
    boolean asks = owner != 0 && free > 0 && probes.isDue();
    if (asks) {
      intake.add(owner, probes.claim(owner, free), true);
    }
    return new Done(asks, IDLE);
  }

  /** Reads configurations, and releases deliveries that may not be sent according to them. */
  private Done refreshConfigurations() {
    boolean refreshed = intake.refreshConfigurations();
    boolean released = releaseUnwanted();
    return new Done(refreshed || released, usualPause());
  }

  private Done sweep() {
    long tick = ticker.read();
    long owner = owned.owner();
    boolean due = owner != 0 && tick - sweptAt >= SWEEP_EVERY.toNanos();
    if (due) {
      int found = store.queue().releaseForgotten(owner, this::owns);
      sweptAt = tick;
      if (found > 0) {
        loop.wake();
      }
    }
    return new Done(due, IDLE);
  }

  private boolean owns(UUID id) {
    return owned.contains(id);
  }
}
