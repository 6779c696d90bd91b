package dev.webhooks.delivery;

import dev.webhooks.delivery.Duties.Done;
import dev.webhooks.internal.time.OneClock;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.TaskRunner;
import dev.webhooks.spi.TaskRunner.Loop;
import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue.QueueDepth;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what is published, with several threads and as one of several instances. Thread-safe.
 *
 * <p>Before {@link #start()} and after {@link #close} it only publishes.
 */
public final class DeliveryEngine {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryEngine.class);
  private static final Duration READ_CLOCK_EVERY = Duration.ofSeconds(10);

  private final WebhookStore store;
  private final DeliverySettings settings;
  private final Ticker ticker;
  private final TaskRunner runner;
  private final StoreClock storeClock;
  private final OneClock clock;
  private final Ledger ledger;
  private final Liveness liveness;
  private final Dispatcher dispatcher;
  private final Attempts attempts;
  private final ListenerCalls listenerCalls;
  private final Completer completer;
  private final Poller poller;
  private final Adopter adopter;
  private final HealthKeeper health;
  private final Heartbeat heartbeat;
  private final Housekeeper housekeeper;
  private final CleanUp cleanUp;
  private final SilenceWarning silence;
  private final Publisher publisher;
  private final Troubles troubles;
  private final Duties clockReading;
  private @Nullable Loops loops;
  private boolean publishesOnly;

  /**
   * Puts an engine together; nothing runs and the store is not touched before {@link #start()} or a
   * publish.
   */
  public DeliveryEngine(EngineParts parts) {
    this.store = parts.store();
    this.settings = parts.settings();
    this.ticker = parts.ticker();
    TaskRunner givenRunner = parts.runner();
    this.runner = givenRunner == null ? new ThreadTaskRunner(settings.maxInFlight()) : givenRunner;
    this.storeClock = new StoreClock(ticker, parts.wallClock(), store::currentTime);
    InstantSource givenClock = parts.clock();
    this.clock = givenClock == null ? storeClock : OneClock.of(givenClock);
    this.ledger = new Ledger(settings);
    this.liveness = new Liveness(ticker, parts.wallClock());
    this.dispatcher =
        new Dispatcher(settings, ticker, ledger, liveness::mayStart, new AttemptStarter());
    this.listenerCalls = new ListenerCalls(parts.listener());
    this.troubles = new Troubles(ticker, parts.random(), listenerCalls::storeTrouble);
    if (givenClock == null) {
      troubles.watch(storeClock::trouble);
    }
    Traces traces = new Traces(parts.tracing());
    this.attempts = new Attempts(parts, traces, clock, new Undecryptables(listenerCalls));
    Duration probing = HoldSchedule.probing(settings.requestTimeout());
    Arrivals arrivals = new Arrivals(store, ledger, dispatcher, ticker);
    this.poller = new Poller(
        store,
        ledger,
        dispatcher,
        arrivals,
        clock,
        ticker,
        new Prober(store, clock, ticker, probing),
        this::deliveriesHandedBack,
        troubles);
    this.adopter = new Adopter(store, ledger, arrivals, poller, troubles);
    HealthRules rules = new HealthRules(parts.random());
    Judge judge = new Judge(store, rules, clock, listenerCalls, this::configurationChanged);
    this.health =
        new HealthKeeper(store, rules, clock, judge, this::configurationChanged, troubles);
    this.completer = new Completer(
        store,
        ledger,
        clock,
        settings.completionLinger(),
        troubles,
        this::outcomeWritten,
        poller::roomFreed);
    this.heartbeat = new Heartbeat(
        store, parts.version(), ledger, dispatcher, liveness, this::heard, ticker, troubles);
    this.housekeeper = new Housekeeper(
        store, heartbeat, poller, clock, settings.expiry(), listenerCalls::ended, troubles);
    this.cleanUp = new CleanUp(store, settings, clock, ticker, troubles);
    this.clockReading = new Duties(troubles).add("reading the clock", this::readClock);
    this.silence = new SilenceWarning(store, runner, ticker, clock);
    EventPreparation preparation =
        new EventPreparation(parts.events(), parts.payloads(), parts.ids());
    this.publisher = new Publisher(
        preparation, parts, traces, clock, ledger, dispatcher, adopter, poller, silence);
  }

  /** Returns what publishes events. */
  public Publisher publisher() {
    return publisher;
  }

  /** Returns the one clock: the database's time, or what a test plugged in. */
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
    if (loops != null) {
      throw new IllegalStateException("the delivery engine is running already");
    }
    readDatabase();
    heartbeat.enter();
    loops = new Loops(
        runner.loop("webhooks-heartbeat", heartbeat::round),
        runner.loop("webhooks-adopter", adopter::round),
        runner.loop("webhooks-poller", poller::round),
        runner.loop("webhooks-completer", completer::round),
        runner.loop("webhooks-health", health::round),
        runner.loop("webhooks-listener", listenerCalls::round),
        runner.loop("webhooks-housekeeper", housekeeper::round),
        runner.loop("webhooks-clean-up", cleanUp::round));
    adopter.wakeWith(loops.adopter);
    poller.wakeWith(loops.poller);
    completer.wakeWith(loops.completer);
    health.wakeWith(loops.health);
    listenerCalls.wakeWith(loops.listener);
    housekeeper.wakeWith(loops.housekeeper);
    silence.disarm();
    LOG.info("sending webhooks as instance {} over {}", ledger.owner(), store.describe());
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
    Loop unused = runner.loop("webhooks-clock", clockReading::round);
  }

  private Done readClock() {
    readDatabase();
    return Done.something(READ_CLOCK_EVERY);
  }

  /** Reads the database's time, also where another clock is given: it shows that it answers. */
  private void readDatabase() {
    long askedAt = ticker.read();
    Instant time = store.currentTime();
    heard(time, askedAt, ticker.read());
  }

  /** A clock that is given is the one clock, and nothing is to be compared with it. */
  private void heard(Instant databaseTime, long askedAt, long answeredAt) {
    if (clock == storeClock) {
      storeClock.set(databaseTime, askedAt, answeredAt);
    }
  }

  /**
   * Stops claiming, lets attempts in flight finish, writes their outcomes, hands the rest back and
   * leaves.
   *
   * @param grace how long to wait for attempts in flight
   */
  public synchronized void close(Duration grace) {
    Loops running = loops;
    if (running != null) {
      loops = null;
      stopSending(running, grace);
    }
    runner.close();
    if (!publishesOnly) {
      silence.closed();
    }
  }

  /** The heartbeat goes on until the end, so that nobody takes over what is still being written. */
  private void stopSending(Loops running, Duration grace) {
    dispatcher.close();
    running.adopter.stop(grace);
    running.poller.stop(grace);
    running.housekeeper.stop(grace);
    running.cleanUp.stop(grace);
    awaitAttempts(grace);
    running.completer.stop(grace);
    writeAndHandBack();
    if (running.health.stop(grace)) {
      health.round();
    }
    if (running.listener.stop(grace)) {
      listenerCalls.round();
    }
    running.heartbeat.stop(grace);
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

  private void writeAndHandBack() {
    try {
      if (!completer.flush()) {
        LOG.warn("closing with {} outcomes unwritten; they will be repeated", completer.backlog());
        return;
      }
      poller.handBackUnwanted();
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
   * Makes sure that nothing is sent by this instance with a configuration read before this call,
   * and that what may be sent now is sent soon.
   */
  public void configurationChanged(long webhook) {
    dispatcher.outdate(webhook);
    poller.wake();
  }

  private void deliveriesHandedBack() {
    housekeeper.wake();
  }

  private void outcomeWritten(Completion completion) {
    listenerCalls.finished(completion);
    health.note(completion);
  }

  /** Looks for deliveries at once: some that nobody owns were just committed. */
  public void workAppeared() {
    silence.published();
    poller.wake();
  }

  /**
   * Sends a test while the caller waits, beside the queue and whatever the webhook's status; never
   * throws for what the endpoint does.
   *
   * @return what came of it, which is final
   */
  public AttemptOutcome sendTest(ClaimedDelivery test, WebhookConfiguration webhook) {
    return attempts.makeOnce(test, webhook);
  }

  /** Asks how the engine is doing; never throws. */
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
        ledger.count(),
        completer.backlog(),
        liveness.age(),
        troubles.present());
  }

  private void attempt(Flight flight) {
    AttemptOutcome outcome = null;
    try {
      outcome = attempts.make(flight.held.delivery(), flight.configuration);
      completer.add(new Completion(flight.held, flight.configuration, outcome));
    } finally {
      if (outcome == null) {
        // Whatever went wrong, the sweep finds the row and hands it back.
        ledger.release(flight.held);
      }
      dispatcher.ended(flight, outcome);
    }
  }

  /** Runs attempts on the runner's threads, whenever it lets them begin. */
  private final class AttemptStarter implements Dispatcher.Starter {
    @Override
    public void start(Flight flight) {
      runner.execute(() -> attempt(flight));
    }

    @Override
    public boolean mayBegin() {
      return runner.mayBegin();
    }
  }

  /** The loops that run between start and close. */
  private record Loops(
      Loop heartbeat,
      Loop adopter,
      Loop poller,
      Loop completer,
      Loop health,
      Loop listener,
      Loop housekeeper,
      Loop cleanUp) {}
}
