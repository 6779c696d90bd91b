package dev.webhooks.delivery;

import dev.webhooks.delivery.DeliveryListener.Trouble;
import dev.webhooks.delivery.DeliveryListener.TroubleReason;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.spi.TaskRunner.Loop;
import dev.webhooks.spi.store.EndpointHealth;
import dev.webhooks.spi.store.EndpointState;
import dev.webhooks.spi.store.HealthRegister.Change;
import dev.webhooks.spi.store.HealthRegister.Failing;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what is known of endpoints up to date with what attempts came to, and puts webhooks in
 * status failed: at once if their endpoint is gone, and if they have failed for too long.
 *
 * <p>Works after the outcomes have been written, on a thread of its own, so that nothing waits for
 * it. Nothing is written as long as nothing is wrong: a success counts only if the configuration
 * that was read for it says that something is, or if this instance has noted a failure. What both
 * miss, the statistics know: they are asked before a webhook is warned of or fails.
 */
final class HealthKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryEngine.class);
  private static final Duration IDLE = Duration.ofSeconds(1);

  /** Bounds of memory; what exceeds them is dropped, and later attempts say the same again. */
  private static final int MAX_NOTES = 10_000;

  private static final int MAX_SIGNS_OF_ONE_WEBHOOK = 1_000;
  private static final int MAX_FAILING = 10_000;

  private final ArrayBlockingQueue<Note> notes = new ArrayBlockingQueue<>(MAX_NOTES);
  /** Webhooks of which this instance has noted a failure and that have not recovered since. */
  private final Set<Long> failing = ConcurrentHashMap.newKeySet();

  private final WebhookStore store;
  private final HealthRules rules;
  private final InstantSource clock;
  private final StoreTrouble trouble;
  private final ListenerCalls listener;
  private final LongConsumer changed;
  private volatile @Nullable Loop loop;

  // Used by the loop alone: what could not be written yet, and webhooks that have to fail.
  private final Map<Long, Report> reports = new TreeMap<>();
  private final Map<Long, Verdict> verdicts = new HashMap<>();

  /**
   * Creates a keeper.
   *
   * @param changed is told the number of a webhook that may be sent to now and was not before, or
   *     the other way round
   */
  HealthKeeper(
      WebhookStore store,
      HealthRules rules,
      InstantSource clock,
      StoreTrouble trouble,
      ListenerCalls listener,
      LongConsumer changed) {
    this.store = store;
    this.rules = rules;
    this.clock = clock;
    this.trouble = trouble;
    this.listener = listener;
    this.changed = changed;
  }

  void wakeWith(Loop loop) {
    this.loop = loop;
  }

  /** Notes an attempt whose outcome has been written; never blocks. */
  void note(Completion completion) {
    Sign sign = Sign.of(completion.outcome());
    if (sign == null) {
      return;
    }
    WebhookConfiguration webhook = completion.configuration();
    boolean failed = sign.kind() != Sign.Kind.ACCEPTED;
    if (failed && failing.size() < MAX_FAILING) {
      failing.add(webhook.number());
    }
    boolean matters =
        failed || webhook.endpoint() != EndpointState.SOUND || failing.contains(webhook.number());
    if (matters && notes.offer(new Note(webhook, sign))) {
      Loop sleeper = loop;
      if (sleeper != null) {
        sleeper.wake();
      }
    }
  }

  /** One round of the loop. */
  Duration round() {
    collect();
    Instant now = clock.instant();
    try {
      if (!reports.isEmpty()) {
        write(now);
      }
      conclude(now);
      trouble.over();
      return IDLE;
    } catch (StoreUnavailableException e) {
      return trouble.failed(e);
    }
  }

  private void collect() {
    for (Note note = notes.poll(); note != null; note = notes.poll()) {
      Report report = reports.computeIfAbsent(note.webhook.number(), number -> new Report());
      report.add(note);
    }
  }

  private void write(Instant now) {
    Map<Long, Change> changes = store
        .health()
        .change(
            reports.keySet(), (webhook, known) -> rules.after(known, report(webhook).signs, now));
    changes.forEach((webhook, change) -> {
      Report report = report(webhook);
      tell(report.configuration(), change);
      judge(report, change.after(), now);
      reports.remove(webhook);
    });
  }

  private Report report(long webhook) {
    return Objects.requireNonNull(reports.get(webhook));
  }

  /** Lets lanes and claims know, and the log, if an endpoint is left alone from now on or again. */
  private void tell(WebhookConfiguration webhook, Change change) {
    EndpointHealth after = change.after();
    if (after == null) {
      failing.remove(webhook.number());
    }
    boolean held = isHeld(after);
    if (held == isHeld(change.before())) {
      LOG.debug("the endpoint of webhook {} is not reached: {}", webhook.publicId(), after);
      return;
    }
    if (held) {
      LOG.warn(
          "the endpoint of webhook {} was not reached {} times in a row; it is left alone and then"
              + " probed",
          webhook.publicId(),
          Objects.requireNonNull(after).step());
    } else {
      LOG.info("the endpoint of webhook {} is reached again", webhook.publicId());
    }
    changed.accept(webhook.number());
  }

  private static boolean isHeld(@Nullable EndpointHealth health) {
    return health != null && health.openUntil() != null;
  }

  private void judge(Report report, @Nullable EndpointHealth health, Instant now) {
    WebhookConfiguration webhook = report.configuration();
    Sign gone = report.gone();
    if (gone != null) {
      int failures = health == null ? 1 : health.failures();
      Instant since = health == null ? gone.began() : health.failingSince();
      verdicts.put(webhook.number(), new Verdict(webhook, TroubleReason.GONE, since, failures));
    } else if (health != null && rules.shouldWarn(health, now)) {
      if (hasOnlyFailed(webhook, health)) {
        warn(webhook, health);
      }
    } else if (health != null && rules.shouldFail(health, now)) {
      if (hasOnlyFailed(webhook, health)) {
        verdicts.put(
            webhook.number(),
            new Verdict(webhook, TroubleReason.FAILING, health.failingSince(), health.failures()));
      }
    }
  }

  /** Asks the statistics for a success that nobody reported, and starts over if there is one. */
  private boolean hasOnlyFailed(WebhookConfiguration webhook, EndpointHealth health) {
    long number = webhook.number();
    WebhookStatistics statistics = Objects.requireNonNull(
        store.transact(session -> session.statistics(List.of(number))).get(number));
    Instant success = statistics.lastSuccessAt();
    if (success == null || success.isBefore(health.failingSince())) {
      return true;
    }
    store.health().change(List.of(number), (same, known) -> startedOver(known, health));
    return false;
  }

  /** Only the instance that marks the streak as warned of tells the listener. */
  private void warn(WebhookConfiguration webhook, EndpointHealth health) {
    Trouble trouble = describe(
        new Verdict(webhook, TroubleReason.FAILING, health.failingSince(), health.failures()));
    Change marked = store
        .health()
        .change(List.of(webhook.number()), (number, known) -> markedAsWarned(known, health))
        .get(webhook.number());
    if (marked != null && isWarned(marked.after()) && !isWarned(marked.before())) {
      LOG.warn(
          "webhook {} has only failed since {}; it will fail for good after 5 days",
          webhook.publicId(),
          health.failingSince());
      listener.warned(trouble);
    }
  }

  private static boolean isWarned(@Nullable EndpointHealth health) {
    return health != null && health.warned();
  }

  private static @Nullable EndpointHealth markedAsWarned(
      @Nullable EndpointHealth known, EndpointHealth seen) {
    return known != null && isSameStreak(known, seen) ? known.afterWarning() : known;
  }

  private static @Nullable EndpointHealth startedOver(
      @Nullable EndpointHealth known, EndpointHealth seen) {
    if (known == null || !isSameStreak(known, seen)) {
      return known;
    }
    Instant last = known.lastFailure();
    return new EndpointHealth(1, last, last, known.openUntil(), known.step(), false);
  }

  private static boolean isSameStreak(EndpointHealth known, EndpointHealth seen) {
    return known.failingSince().equals(seen.failingSince());
  }

  /** Puts webhooks in status failed; one whose row is locked is tried again in the next round. */
  private void conclude(Instant now) {
    for (Verdict verdict : List.copyOf(verdicts.values())) {
      WebhookConfiguration webhook = verdict.webhook;
      Trouble trouble = describe(verdict);
      Failing came = store.health().fail(webhook.number(), webhook.version(), now);
      if (came == Failing.DONE) {
        LOG.warn(
            "webhook {} is failed now: {} since {}",
            webhook.publicId(),
            verdict.reason,
            verdict.since);
        changed.accept(webhook.number());
        listener.failed(trouble);
      }
      if (came != Failing.BUSY) {
        verdicts.remove(webhook.number());
      }
    }
  }

  private Trouble describe(Verdict verdict) {
    return new Trouble(
        verdict.webhook.publicId(),
        store.health().account(verdict.webhook.number()).orElse(""),
        verdict.reason,
        verdict.since,
        verdict.failures);
  }

  /** An attempt and the configuration that it was made with. */
  private record Note(WebhookConfiguration webhook, Sign sign) {}

  /** A webhook that has to fail, under the configuration that it failed with. */
  private record Verdict(
      WebhookConfiguration webhook, TroubleReason reason, Instant since, int failures) {}

  /** What was noted of one webhook and is not written yet. */
  private static final class Report {
    private final List<Sign> signs = new ArrayList<>();
    private @Nullable WebhookConfiguration latest;
    private @Nullable Sign gone;

    void add(Note note) {
      latest = note.webhook;
      if (note.sign.gone()) {
        gone = note.sign;
      }
      if (signs.size() < MAX_SIGNS_OF_ONE_WEBHOOK) {
        signs.add(note.sign);
      }
    }

    WebhookConfiguration configuration() {
      return Objects.requireNonNull(latest);
    }

    @Nullable
    Sign gone() {
      return gone;
    }
  }
}
