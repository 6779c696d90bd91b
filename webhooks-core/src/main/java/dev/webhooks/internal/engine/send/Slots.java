package dev.webhooks.internal.engine.send;

import dev.webhooks.internal.engine.base.DeliverySettings;
import dev.webhooks.internal.engine.send.ConcurrencyLimit.Trust;
import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The policy that shares slots for attempts out among webhooks, so that endpoints that hang cannot
 * use them up. Guarded by the dispatcher's lock.
 *
 * <p>An endpoint that does not answer occupies a slot for 30 s, one that answers for milliseconds.
 * Without limits, a few dozen of the first kind would occupy all slots. Hence four limits:
 *
 * <ol>
 *   <li>All attempts together: {@code maxInFlight}.
 *   <li>Attempts of one webhook: its {@link ConcurrencyLimit}, at most
 *       {@code maxInFlightPerWebhook}.
 *   <li>The last quarter of the slots is for webhooks whose last attempt was fast and that have
 *       nothing in flight. Each of these gets its turn, whatever others have in flight.
 *   <li>A webhook is suspect if an attempt of it has run for {@link #SLOW}, or if its last attempt
 *       has. Suspects start nothing while slow attempts occupy half of all slots.
 * </ol>
 *
 * <p>Two gaps remain, since an unknown endpoint looks like one that hangs, and a fast one like one
 * that has just begun to hang. If unknown endpoints that hang need more than three quarters of the
 * slots at once, other unknown ones wait until the first time-out. The same happens while fast ones
 * that begin to hang fill three quarters. If they fill the last quarter too, all wait.
 *
 * <p>Webhooks of each kind wait in a line of their own, and the lines take turns. So finding the
 * next webhook costs the same however many wait.
 */
final class Slots {
  /** The time after which an attempt counts as slow. */
  static final Duration SLOW = Duration.ofSeconds(2);

  private static final Kind[] KINDS = Kind.values();

  private final Ticker ticker;
  private final OwnedDeliveries owned;
  private final int max;
  private final int openToAll;
  private final int openToSuspects;
  private final Map<Kind, Set<WebhookQueue>> lines = new EnumMap<>(Kind.class);
  /** Attempts in flight that are not slow yet, oldest first. */
  private final Set<DeliveryAttempt> young = new LinkedHashSet<>();

  private int inFlight;
  private int countedAsSlow;
  private int turn;

  Slots(DeliverySettings settings, Ticker ticker, OwnedDeliveries owned) {
    this.ticker = ticker;
    this.owned = owned;
    this.max = settings.maxInFlight();
    this.openToAll = max - max / 4;
    this.openToSuspects = Math.max(1, max / 2);
    for (Kind kind : KINDS) {
      lines.put(kind, new LinkedHashSet<>());
    }
  }

  /** The kinds of webhooks, which differ in how many slots they may use. */
  enum Kind {
    /** The last attempt was fast, and nothing is in flight. */
    FIRST,
    /** Something is in flight, or nothing is known. */
    FURTHER,
    SUSPECT
  }

  int inFlight() {
    return inFlight;
  }

  /**
   * Puts a queue into the line where it belongs now, or into none if it cannot start anything. It
   * keeps its place if it waits in that line already.
   */
  void lineUp(WebhookQueue queue) {
    Kind kind = queue.hasTurn() ? kind(queue) : null;
    Kind present = queue.line;
    if (present == kind) {
      return;
    }
    if (present != null) {
      line(present).remove(queue);
    }
    if (kind != null) {
      line(kind).add(queue);
    }
    queue.line = kind;
  }

  /** Takes the next queue that may start an attempt out of its line; null if none may. */
  @Nullable
  WebhookQueue next() {
    noticeSlow();
    for (int i = 0; i < KINDS.length; i++) {
      WebhookQueue queue = next(KINDS[(turn + i) % KINDS.length]);
      if (queue != null) {
        turn = (turn + i + 1) % KINDS.length;
        return queue;
      }
    }
    return null;
  }

  private @Nullable WebhookQueue next(Kind kind) {
    while (hasRoom(kind)) {
      Iterator<WebhookQueue> line = line(kind).iterator();
      if (!line.hasNext()) {
        return null;
      }
      WebhookQueue queue = line.next();
      if (queue.hasTurn() && kind(queue) == kind) {
        line.remove();
        queue.line = null;
        return queue;
      }
      // Its state has changed while it waited here.
      lineUp(queue);
    }
    return null;
  }

  private boolean hasRoom(Kind kind) {
    return switch (kind) {
      case FIRST -> inFlight < max;
      case FURTHER -> inFlight < openToAll;
      case SUSPECT -> inFlight < openToAll && countedAsSlow < openToSuspects;
    };
  }

  private static Kind kind(WebhookQueue queue) {
    return switch (queue.trust) {
      case SUSPECT -> Kind.SUSPECT;
      case UNKNOWN -> Kind.FURTHER;
      case TRUSTED -> queue.inFlight == 0 ? Kind.FIRST : Kind.FURTHER;
    };
  }

  private Set<WebhookQueue> line(Kind kind) {
    return Objects.requireNonNull(lines.get(kind));
  }

  /** Occupies a slot for the first delivery of a queue that was returned as the next. */
  DeliveryAttempt start(WebhookQueue queue, WebhookConfiguration configuration) {
    DeliveryAttempt attempt =
        new DeliveryAttempt(queue.ready.remove(), configuration, queue, ticker.read());
    if (queue.trust == Trust.SUSPECT) {
      attempt.countedAsSlow = true;
      countedAsSlow++;
    }
    queue.inFlight++;
    inFlight++;
    young.add(attempt);
    return attempt;
  }

  /**
   * Frees a slot.
   *
   * @param outcome the outcome of the attempt, or null if it says nothing about the endpoint
   */
  void end(DeliveryAttempt attempt, @Nullable AttemptOutcome outcome) {
    WebhookQueue queue = attempt.queue;
    young.remove(attempt);
    inFlight--;
    queue.inFlight--;
    if (attempt.slow) {
      queue.slow--;
    }
    if (attempt.countedAsSlow) {
      countedAsSlow--;
    }
    boolean fast = ticker.read() - attempt.startedAt < SLOW.toNanos();
    owned.attemptEnded(queue, fast, outcome);
  }

  private void noticeSlow() {
    long tick = ticker.read();
    Iterator<DeliveryAttempt> oldestFirst = young.iterator();
    while (oldestFirst.hasNext()) {
      DeliveryAttempt attempt = oldestFirst.next();
      if (tick - attempt.startedAt < SLOW.toNanos()) {
        return;
      }
      oldestFirst.remove();
      attempt.slow = true;
      attempt.queue.slow++;
      if (!attempt.countedAsSlow) {
        attempt.countedAsSlow = true;
        countedAsSlow++;
      }
      owned.attemptIsSlow(attempt.queue);
    }
  }
}
