package dev.webhooks.delivery;

import dev.webhooks.delivery.Duties.Done;
import dev.webhooks.spi.TaskRunner.Loop;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what is known of endpoints up to date with what attempts came to, and lets the
 * {@link Judge} look at those that are gone or have failed for too long.
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
  private final Judge judge;
  private final LongConsumer changed;
  private final Duties duties;
  private volatile @Nullable Loop loop;

  /** Outcomes that could not be written yet; used by the loop alone. */
  private final Map<Long, Report> reports = new TreeMap<>();

  /**
   * Creates a keeper.
   *
   * @param judge decides on webhooks that are gone or fail for too long
   * @param changed is told the number of a webhook that may be sent to now and was not before, or
   *     the other way round
   */
  HealthKeeper(
      WebhookStore store,
      HealthRules rules,
      InstantSource clock,
      Judge judge,
      LongConsumer changed,
      Troubles troubles) {
    this.store = store;
    this.rules = rules;
    this.clock = clock;
    this.judge = judge;
    this.changed = changed;
    this.duties = new Duties(troubles)
        .add("writing the health of endpoints", this::write)
        .add("warning of webhooks", () -> new Done(judge.considerSuspects(), IDLE))
        .add("failing webhooks", () -> new Done(judge.carryOutVerdicts(), IDLE));
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
    boolean matters = failed
        || webhook.endpoint() != EndpointHealth.State.HEALTHY
        || failing.contains(webhook.number());
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
    return duties.round();
  }

  private Done write() {
    if (reports.isEmpty()) {
      return Done.nothing(IDLE);
    }
    try {
      write(clock.instant());
    } catch (RuntimeException e) {
      judgeGone();
      throw e;
    }
    return Done.something(IDLE);
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
      reports.remove(webhook);
      tell(report.configuration(), change);
      judge.look(report.configuration(), report.gone(), change.after());
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
    return health != null && health.suspendedUntil() != null;
  }

  /**
   * Lets the judge look at webhooks whose endpoint is gone although nothing could be written of
   * their health: they fail for that alone.
   */
  private void judgeGone() {
    reports.forEach((webhook, report) -> judge.look(report.configuration(), report.gone(), null));
  }

  /** An attempt and the configuration that it was made with. */
  private record Note(WebhookConfiguration webhook, Sign sign) {}

  /** Signals of one webhook that are not written yet. */
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
