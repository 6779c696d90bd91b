package dev.webhooks.internal.engine.endpoint;

import static dev.webhooks.internal.engine.base.EngineLog.LOG;

import dev.webhooks.internal.engine.base.EngineLoop.Done;
import dev.webhooks.internal.engine.base.ListenerCalls;
import dev.webhooks.internal.time.OneClock;
import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.spi.DeliveryListener.Trouble;
import dev.webhooks.spi.DeliveryListener.TroubleReason;
import dev.webhooks.spi.store.EndpointHealth;
import dev.webhooks.spi.store.HealthRegister.Change;
import dev.webhooks.spi.store.HealthRegister.Failing;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The webhooks that are about to be warned of or put in status failed: at once if their endpoint is
 * gone, or after they have failed for too long. Used by the thread of the
 * {@link EndpointHealthUpdater}.
 */
public final class FailingWebhooks {
  private static final Duration IDLE = Duration.ofSeconds(1);

  private final Map<Long, Suspect> suspects = new LinkedHashMap<>();
  private final Map<Long, Verdict> verdicts = new LinkedHashMap<>();
  private final WebhookStore store;
  private final HealthRules rules;
  private final OneClock clock;
  private final ListenerCalls listener;
  private final LongConsumer changed;

  public FailingWebhooks(
      WebhookStore store,
      HealthRules rules,
      OneClock clock,
      ListenerCalls listener,
      LongConsumer changed) {
    this.store = store;
    this.rules = rules;
    this.clock = clock;
    this.listener = listener;
    this.changed = changed;
  }

  /**
   * Notes whether a webhook is to be warned of or to fail; touches no store.
   *
   * @param gone the signal that the endpoint is gone, or null
   * @param health the health of the endpoint, or null
   */
  void look(
      WebhookConfiguration webhook,
      @Nullable EndpointSignal gone,
      @Nullable EndpointHealth health) {
    if (gone != null) {
      int failures = health == null ? 1 : health.failures();
      Instant since = health == null ? gone.began() : health.failingSince();
      verdicts.put(webhook.number(), new Verdict(webhook, TroubleReason.GONE, since, failures));
    } else if (health != null && isSuspect(health)) {
      suspects.put(webhook.number(), new Suspect(webhook, health));
    }
  }

  private boolean isSuspect(EndpointHealth health) {
    Instant now = clock.certain();
    return rules.shouldWarn(health, now) || rules.shouldFail(health, now);
  }

  /** Warns the host of webhooks, or notes that they have to fail. */
  Done warn() {
    return each(suspects, suspect -> {
      if (hasOnlyFailed(suspect.webhook, suspect.health)) {
        if (suspect.health.warned()) {
          verdicts.put(suspect.webhook.number(), suspect.verdict());
        } else {
          warn(suspect);
        }
      }
      suspects.remove(suspect.webhook.number());
    });
  }

  /**
   * Puts webhooks in status failed. A webhook whose row is locked is tried again in the next round.
   */
  Done fail() {
    return each(verdicts, verdict -> {
      WebhookConfiguration webhook = verdict.webhook;
      Trouble trouble = describe(verdict);
      Failing came = store.health().fail(webhook.number(), webhook.version(), clock.instant());
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
    });
  }

  /** Handles each case; one that fails goes to the end, so that the others get their turn. */
  private static <T> Done each(Map<Long, T> cases, Consumer<T> action) {
    boolean some = !cases.isEmpty();
    for (Long webhook : List.copyOf(cases.keySet())) {
      T present = Objects.requireNonNull(cases.get(webhook));
      try {
        action.accept(present);
      } catch (RuntimeException | Error e) {
        cases.remove(webhook);
        cases.put(webhook, present);
        throw e;
      }
    }
    return new Done(some, IDLE);
  }

  /** Looks for a success that no signal reported; if there is one, the failures start over. */
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

  /** Warns the host, unless another instance has marked this streak as warned of before. */
  private void warn(Suspect suspect) {
    WebhookConfiguration webhook = suspect.webhook;
    EndpointHealth health = suspect.health;
    Trouble trouble = describe(suspect.verdict());
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
    return new EndpointHealth(1, last, last, known.suspendedUntil(), known.step(), false);
  }

  private static boolean isSameStreak(EndpointHealth known, EndpointHealth seen) {
    return known.failingSince().equals(seen.failingSince());
  }

  private Trouble describe(Verdict verdict) {
    return new Trouble(
        verdict.webhook.publicId(),
        store.health().account(verdict.webhook.number()).orElse(""),
        verdict.reason,
        verdict.since,
        verdict.failures);
  }

  /** A webhook that may have failed for too long. */
  private record Suspect(WebhookConfiguration webhook, EndpointHealth health) {
    Verdict verdict() {
      return new Verdict(webhook, TroubleReason.FAILING, health.failingSince(), health.failures());
    }
  }

  /** A webhook that has to fail, with the configuration that it failed with. */
  private record Verdict(
      WebhookConfiguration webhook, TroubleReason reason, Instant since, int failures) {}
}
