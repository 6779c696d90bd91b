package dev.webhooks.internal.engine;

import static dev.webhooks.internal.engine.base.EngineLog.LOG;

import dev.webhooks.internal.engine.base.DeliverySettings;
import dev.webhooks.internal.engine.base.EngineLoop;
import dev.webhooks.internal.engine.base.EngineLoop.Done;
import dev.webhooks.internal.engine.base.EngineParts;
import dev.webhooks.internal.engine.base.ListenerCalls;
import dev.webhooks.internal.engine.base.StoreClock;
import dev.webhooks.internal.engine.base.ThreadTaskRunner;
import dev.webhooks.internal.engine.base.Traces;
import dev.webhooks.internal.engine.base.Troubles;
import dev.webhooks.internal.engine.endpoint.EndpointHealthUpdater;
import dev.webhooks.internal.engine.endpoint.FailingWebhooks;
import dev.webhooks.internal.engine.endpoint.HealthRules;
import dev.webhooks.internal.engine.endpoint.ProbeClaimer;
import dev.webhooks.internal.engine.endpoint.SuspensionSchedule;
import dev.webhooks.internal.engine.ownership.CommittedClaimer;
import dev.webhooks.internal.engine.ownership.DeliveryIntake;
import dev.webhooks.internal.engine.ownership.Heartbeat;
import dev.webhooks.internal.engine.ownership.Liveness;
import dev.webhooks.internal.engine.ownership.Poller;
import dev.webhooks.internal.engine.publish.Publisher;
import dev.webhooks.internal.engine.publish.SilenceWarning;
import dev.webhooks.internal.engine.send.AttemptRunner;
import dev.webhooks.internal.engine.send.Completer;
import dev.webhooks.internal.engine.send.Dispatcher;
import dev.webhooks.internal.engine.send.OwnedDeliveries;
import dev.webhooks.internal.engine.upkeep.CleanUp;
import dev.webhooks.internal.engine.upkeep.Housekeeper;
import dev.webhooks.internal.time.OneClock;
import dev.webhooks.model.EngineHealth;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.TaskRunner;
import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue.QueueDepth;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The delivery engine of one instance: composes the rooms, starts and closes their loops, and
 * reports health. Thread-safe.
 *
 * <p>Before {@link #start()} and after {@link #close} it only publishes.
 */
public final class DeliveryEngine {
  private static final Duration READ_CLOCK_EVERY = Duration.ofSeconds(10);

  private final EngineLoop beating = new EngineLoop("webhooks-heartbeat");
  private final EngineLoop claimingCommitted = new EngineLoop("webhooks-committed");
  private final EngineLoop polling = new EngineLoop("webhooks-poller");
  private final EngineLoop completing = new EngineLoop("webhooks-completer");
  private final EngineLoop updatingHealth = new EngineLoop("webhooks-health");
  private final EngineLoop listening = new EngineLoop("webhooks-listener");
  private final EngineLoop housekeeping = new EngineLoop("webhooks-housekeeper");
  private final EngineLoop cleaningUp = new EngineLoop("webhooks-clean-up");
  private final EngineLoop readingClock = new EngineLoop("webhooks-clock");

  private final WebhookStore store;
  private final TaskRunner runner;
  private final @Nullable StoreClock storeClock;
  private final OneClock clock;
  private final Troubles troubles;
  private final OwnedDeliveries owned;
  private final Liveness liveness;
  private final Dispatcher dispatcher;
  private final AttemptRunner attempts;
  private final Completer completer;
  private final Poller poller;
  private final Heartbeat heartbeat;
  private final SilenceWarning silence;
  private final Publisher publisher;
  private boolean running;
  private boolean publishesOnly;

  /**
   * Composes an engine; nothing runs and the store is not touched before {@link #start()} or a
   * publish.
   */
  public DeliveryEngine(EngineParts parts) {
    DeliverySettings settings = parts.settings();
    Ticker ticker = parts.ticker();
    this.store = parts.store();
    TaskRunner givenRunner = parts.runner();
    this.runner = givenRunner == null ? new ThreadTaskRunner(settings.maxInFlight()) : givenRunner;
    InstantSource givenClock = parts.clock();
    StoreClock databaseClock = new StoreClock(ticker, parts.wallClock(), store::currentTime);
    this.storeClock = givenClock == null ? databaseClock : null;
    this.clock = givenClock == null ? databaseClock : OneClock.of(givenClock);

    ListenerCalls listener = new ListenerCalls(parts.listener(), listening);
    this.troubles = new Troubles(ticker, parts.random(), listener::storeTrouble);
    listening.add(troubles.of("calling the listener"), listener::callAll);
    readingClock.add(troubles.of("reading the clock"), this::readClock);
    if (storeClock != null) {
      troubles.watch(storeClock::trouble);
    }
    Traces traces = new Traces(parts.tracing());

    HealthRules rules = new HealthRules(parts.random());
    FailingWebhooks failing =
        new FailingWebhooks(store, rules, clock, listener, this::configurationChanged);
    EndpointHealthUpdater health = new EndpointHealthUpdater(
        store, rules, clock, failing, this::configurationChanged, troubles, updatingHealth);

    this.owned = new OwnedDeliveries(settings);
    this.completer = new Completer(
        store,
        owned,
        clock,
        settings.completionLinger(),
        health,
        listener,
        troubles,
        completing,
        polling);
    this.attempts = new AttemptRunner(parts, runner, traces, clock, listener, owned, completer);
    this.liveness = new Liveness(ticker, parts.wallClock());
    this.dispatcher = new Dispatcher(settings, ticker, owned, liveness::mayStart, attempts);

    DeliveryIntake intake = new DeliveryIntake(store, owned, dispatcher, ticker, polling);
    ProbeClaimer probes = new ProbeClaimer(
        store, clock, ticker, SuspensionSchedule.probeTime(settings.requestTimeout()));
    this.poller = new Poller(
        store, owned, dispatcher, intake, clock, ticker, probes, troubles, polling, housekeeping);
    CommittedClaimer committed =
        new CommittedClaimer(store, owned, intake, troubles, claimingCommitted);
    this.heartbeat = new Heartbeat(
        store, parts.version(), owned, dispatcher, liveness, storeClock, ticker, troubles, beating);

    new Housekeeper(store, heartbeat, clock, settings.expiry(), listener, polling)
        .addDutiesTo(housekeeping, troubles);
    new CleanUp(store, settings, clock, ticker).addDutiesTo(cleaningUp, troubles);

    this.silence = new SilenceWarning(store, runner, ticker, clock);
    this.publisher =
        new Publisher(parts, traces, clock, owned, dispatcher, intake, committed, silence);
  }

  /** Returns the publisher of events. */
  public Publisher publisher() {
    return publisher;
  }

  /** Returns the one clock: the database's time, or the clock that a test plugged in. */
  public OneClock clock() {
    return clock;
  }

  /**
   * Starts sending.
   *
   * @throws StoreUnavailableException if the database cannot be reached; starting may be tried
   *     again
   * @throws IllegalStateException if it is running
   */
  public synchronized void start() {
    if (running) {
      throw new IllegalStateException("the delivery engine is running already");
    }
    readDatabase();
    heartbeat.enter();
    running = true;
    List.of(
            beating,
            claimingCommitted,
            polling,
            completing,
            updatingHealth,
            listening,
            housekeeping,
            cleaningUp)
        .forEach(loop -> loop.start(runner));
    silence.disarm();
    LOG.info("sending webhooks as instance {} over {}", owned.owner(), store.describe());
  }

  /** Notes that this instance is not meant to send, so that nobody is warned that it does not. */
  public void publishesOnly() {
    publishesOnly = true;
    silence.disarm();
  }

  /**
   * Starts nothing but the clock: this instance publishes, and others send.
   *
   * @throws StoreUnavailableException if the database cannot be reached
   */
  public synchronized void startPublishingOnly() {
    readDatabase();
    readingClock.start(runner);
  }

  private Done readClock() {
    readDatabase();
    return Done.something(READ_CLOCK_EVERY);
  }

  /** Reads the database's time, with another clock only to show that the database answers. */
  private void readDatabase() {
    if (storeClock == null) {
      Instant unused = store.currentTime();
    } else {
      storeClock.readDatabase();
    }
  }

  /**
   * Stops claiming, lets attempts in flight finish, writes their outcomes, releases the other
   * deliveries and leaves.
   *
   * @param grace how long to wait for attempts in flight
   */
  public synchronized void close(Duration grace) {
    if (running) {
      running = false;
      stopSending(grace);
    }
    runner.close();
    if (!publishesOnly) {
      silence.closed();
    }
  }

  /** Stops loops; the heartbeat goes on until the end, so that nobody rescues our deliveries. */
  private void stopSending(Duration grace) {
    dispatcher.close();
    List.of(claimingCommitted, polling, housekeeping, cleaningUp).forEach(loop -> loop.stop(grace));
    awaitAttempts(grace);
    completing.stop(grace);
    writeAndRelease();
    for (EngineLoop loop : List.of(updatingHealth, listening)) {
      if (loop.stop(grace)) {
        loop.round();
      }
    }
    beating.stop(grace);
    leave();
  }

  private void awaitAttempts(Duration grace) {
    try {
      if (!dispatcher.awaitQuiet(grace)) {
        LOG.warn(
            "closing with {} attempts in flight; they will be repeated", dispatcher.inFlight());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void writeAndRelease() {
    try {
      if (!completer.flush()) {
        LOG.warn("closing with {} outcomes unwritten; they will be repeated", completer.backlog());
        return;
      }
      poller.releaseUnwanted();
    } catch (StoreUnavailableException e) {
      LOG.warn("the database did not answer while closing; others take over: {}", e.toString());
    }
  }

  private void leave() {
    try {
      heartbeat.leave();
    } catch (StoreUnavailableException e) {
      LOG.debug("the instance could not be removed from the register; it will be found dead", e);
    }
  }

  /**
   * Prevents attempts of this instance with a configuration read before this call, and sends soon
   * the deliveries that may be sent now.
   */
  public void configurationChanged(long webhook) {
    dispatcher.outdate(webhook);
    polling.wake();
  }

  /** Claims at once: some deliveries that nobody owns were just committed. */
  public void workAppeared() {
    silence.published();
    polling.wake();
  }

  /**
   * Sends a test while the caller waits, beside the queue and whatever the webhook's status. No
   * fault of the endpoint throws.
   */
  public AttemptOutcome sendTest(ClaimedDelivery test, WebhookConfiguration webhook) {
    return attempts.test(test, webhook);
  }

  /** Returns the state of the engine; never throws. */
  public EngineHealth health() {
    QueueDepth depth = null;
    try {
      depth = store.queue().depth();
    } catch (RuntimeException e) {
      LOG.debug("the database did not answer a health check", e);
    }
    Instant oldest = depth == null ? null : depth.oldest();
    return new EngineHealth(
        depth != null,
        depth == null ? 0 : depth.pending(),
        oldest,
        oldest == null ? null : Duration.between(oldest, clock.instant()),
        dispatcher.inFlight(),
        owned.count(),
        completer.backlog(),
        liveness.age(),
        troubles.present());
  }
}
