package dev.webhooks.internal.engine.endpoint;

import static dev.webhooks.internal.engine.base.EngineLog.LOG;

import dev.webhooks.internal.engine.base.EngineLoop;
import dev.webhooks.internal.engine.base.EngineLoop.Done;
import dev.webhooks.internal.engine.base.Troubles;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.EndpointHealth;
import dev.webhooks.spi.store.HealthRegister.Change;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The updater of endpoints' health from attempt outcomes. It passes webhooks that are gone, or have
 * failed for long, to {@link FailingWebhooks}.
 *
 * <p>It works after the outcomes have been written, on a thread of its own, so nothing waits for
 * it. Nothing is written while nothing is wrong: a success counts only if its configuration says
 * that something is, or if this instance has noted a failure. The statistics know the successes
 * that both miss, and are read before a webhook is warned of or fails.
 */
public final class EndpointHealthUpdater {
  private static final Duration IDLE = Duration.ofSeconds(1);

  /** Bounds of memory; notes beyond them are dropped, and later attempts say the same again. */
  private static final int MAX_NOTES = 10_000;

  private static final int MAX_SIGNALS_OF_ONE_WEBHOOK = 1_000;
  private static final int MAX_FAILING = 10_000;

  private final ArrayBlockingQueue<Note> notes = new ArrayBlockingQueue<>(MAX_NOTES);
  /** Webhooks of which this instance has noted a failure and that have not recovered since. */
  private final Set<Long> failing = ConcurrentHashMap.newKeySet();

  private final WebhookStore store;
  private final HealthRules rules;
  private final InstantSource clock;
  private final FailingWebhooks failingWebhooks;
  private final LongConsumer changed;
  private final EngineLoop loop;

  /** Outcomes that could not be written yet; used by the loop alone. */
  private final Map<Long, Report> reports = new TreeMap<>();

  /**
   * Creates an updater.
   *
   * @param changed receives the number of a webhook that is suspended or no longer is
   */
  public EndpointHealthUpdater(
      WebhookStore store,
      HealthRules rules,
      InstantSource clock,
      FailingWebhooks failingWebhooks,
      LongConsumer changed,
      Troubles troubles,
      EngineLoop loop) {
    this.store = store;
    this.rules = rules;
    this.clock = clock;
    this.failingWebhooks = failingWebhooks;
    this.changed = changed;
    this.loop = loop.add(troubles.of("collecting signals of endpoints"), this::collect)
        .add(troubles.of("writing the health of endpoints"), this::write)
        .add(troubles.of("warning of webhooks"), failingWebhooks::warn)
        .add(troubles.of("failing webhooks"), failingWebhooks::fail);
  }

  /** Notes an attempt whose outcome has been written; never blocks. */
  public void note(WebhookConfiguration webhook, AttemptOutcome outcome) {
    EndpointSignal signal = EndpointSignal.of(outcome);
    if (signal == null) {
      return;
    }
    boolean failed = signal.kind() != EndpointSignal.Kind.ACCEPTED;
    if (failed && failing.size() < MAX_FAILING) {
      failing.add(webhook.number());
    }
    boolean matters = failed
        || webhook.endpoint() != EndpointHealth.State.HEALTHY
        || failing.contains(webhook.number());
    if (matters && notes.offer(new Note(webhook, signal))) {
      loop.wake();
    }
  }

  private Done collect() {
    boolean some = !notes.isEmpty();
    for (Note note = notes.poll(); note != null; note = notes.poll()) {
      Report report = reports.computeIfAbsent(note.webhook.number(), number -> new Report());
      report.add(note);
    }
    return new Done(some, IDLE);
  }

  private Done write() {
    if (reports.isEmpty()) {
      return Done.nothing(IDLE);
    }
    try {
      write(clock.instant());
    } catch (RuntimeException e) {
      // A webhook whose endpoint is gone fails for that alone, whether or not its health is
      // written.
      reports.forEach(
          (webhook, report) -> failingWebhooks.look(report.configuration(), report.gone(), null));
      throw e;
    }
    return Done.something(IDLE);
  }

  private void write(Instant now) {
    Map<Long, Change> changes = store
        .health()
        .change(
            reports.keySet(), (webhook, known) -> rules.after(known, report(webhook).signals, now));
    changes.forEach((webhook, change) -> {
      Report report = report(webhook);
      reports.remove(webhook);
      announce(report.configuration(), change);
      failingWebhooks.look(report.configuration(), report.gone(), change.after());
    });
  }

  private Report report(long webhook) {
    return Objects.requireNonNull(reports.get(webhook));
  }

  /** Logs and passes on that an endpoint is suspended or no longer is. */
  private void announce(WebhookConfiguration webhook, Change change) {
    EndpointHealth after = change.after();
    if (after == null) {
      failing.remove(webhook.number());
    }
    boolean suspended = isSuspended(after);
    if (suspended == isSuspended(change.before())) {
      LOG.debug("the endpoint of webhook {} is not reached: {}", webhook.publicId(), after);
      return;
    }
    if (suspended) {
      LOG.warn(
          "the endpoint of webhook {} was not reached {} times in a row; it is suspended and then"
              + " probed",
          webhook.publicId(),
          Objects.requireNonNull(after).step());
    } else {
      LOG.info("the endpoint of webhook {} is reached again", webhook.publicId());
    }
    changed.accept(webhook.number());
  }

  private static boolean isSuspended(@Nullable EndpointHealth health) {
    return health != null && health.suspendedUntil() != null;
  }

  /** An attempt and the configuration that it was made with. */
  private record Note(WebhookConfiguration webhook, EndpointSignal signal) {}

  /** Signals of one webhook that are not written yet. */
  private static final class Report {
    private final List<EndpointSignal> signals = new ArrayList<>();
    private @Nullable WebhookConfiguration latest;
    private @Nullable EndpointSignal gone;

    void add(Note note) {
      latest = note.webhook;
      if (note.signal.gone()) {
        gone = note.signal;
      }
      if (signals.size() < MAX_SIGNALS_OF_ONE_WEBHOOK) {
        signals.add(note.signal);
      }
    }

    WebhookConfiguration configuration() {
      return Objects.requireNonNull(latest);
    }

    @Nullable
    EndpointSignal gone() {
      return gone;
    }
  }
}
