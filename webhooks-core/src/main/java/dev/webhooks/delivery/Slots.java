package dev.webhooks.delivery;

import dev.webhooks.delivery.Standing.Trust;
import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Shares an instance's slots out among the lanes, so that endpoints which hang cannot use them up.
 * Guarded by the dispatcher's lock.
 *
 * <p>An endpoint that does not answer holds a slot for 30 s, one that does for some milliseconds;
 * without care a few dozen of the first kind would occupy all slots there are. Hence four limits:
 *
 * <ol>
 *   <li>All attempts together: {@code maxInFlight}.
 *   <li>Those of one lane: what its {@link Pace} allows, at most {@code maxInFlightPerWebhook}. It
 *       begins low and falls while attempts hang.
 *   <li>The last quarter of the slots is for lanes whose last attempt was fast and that have
 *       nothing in flight. Whatever others have in flight, each of these gets its turn.
 *   <li>Lanes with an attempt that has run for {@link #SLOW}, or whose last attempt has, are
 *       suspect. They start nothing while attempts of that kind occupy half of all slots.
 * </ol>
 *
 * <p>What remains: an endpoint never seen before cannot be told from one that hangs. If more of
 * these than three quarters of the slots come at once and hang, others that were never seen wait
 * until the first of them time out, and are served from then on. Nor can one that was fast be told
 * from one that has just begun to hang: while enough of these to fill three quarters of the slots
 * do, those never seen wait likewise, and while as many again as a quarter of the slots do, all.
 *
 * <p>What a lane may hold in memory follows from the same knowledge; see {@link Room}.
 *
 * <p>Lanes of each kind stand in a line of their own and the lines take turns, so finding the next
 * lane costs the same however many wait.
 */
final class Slots {
  /** The time after which an attempt counts as slow. */
  static final Duration SLOW = Duration.ofSeconds(2);

  /** Of how many webhooks the pace is remembered when nothing is left to send; last used last. */
  private static final int REMEMBERED = 10_000;

  private static final Kind[] KINDS = Kind.values();

  private final Ticker ticker;
  private final Ledger ledger;
  private final int max;
  private final int maxPerWebhook;
  private final int openToAll;
  private final int openToSuspects;
  private final Map<Kind, Set<Lane>> lines = new EnumMap<>(Kind.class);
  /** Attempts in flight that are not slow yet, oldest first. */
  private final Set<Flight> young = new LinkedHashSet<>();

  private final Map<Long, Pace> paces = new LinkedHashMap<>(16, 0.75f, true) {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<Long, Pace> eldest) {
      boolean tooMany = size() > REMEMBERED;
      if (tooMany) {
        ledger.judge(eldest.getKey(), null);
      }
      return tooMany;
    }
  };
  private int inFlight;
  private int countedAsSlow;
  private int turn;

  /**
   * Creates slots that are all free.
   *
   * @param ledger is told what is learnt of webhooks, as what they may hold depends on it too
   */
  Slots(DeliverySettings settings, Ticker ticker, Ledger ledger) {
    this.ticker = ticker;
    this.ledger = ledger;
    this.max = settings.maxInFlight();
    this.maxPerWebhook = settings.maxInFlightPerWebhook();
    this.openToAll = max - max / 4;
    this.openToSuspects = Math.max(1, max / 2);
    for (Kind kind : KINDS) {
      lines.put(kind, new LinkedHashSet<>());
    }
  }

  /** The kinds of lanes, which differ in how many slots they may use. */
  enum Kind {
    /** Nothing in flight, and the last attempt was fast. */
    FIRST,
    /** Something in flight, or nothing known. */
    FURTHER,
    SUSPECT
  }

  int inFlight() {
    return inFlight;
  }

  /** Returns the pace of a webhook, remembered or new. */
  Pace pace(long webhook) {
    return paces.computeIfAbsent(webhook, number -> new Pace(maxPerWebhook));
  }

  /**
   * Lets a lane stand in the line where it belongs now, or in none if it has nothing to start. It
   * keeps its place if it stands there already.
   */
  void lineUp(Lane lane) {
    Kind kind = hasTurn(lane) ? kind(lane) : null;
    Kind present = lane.line;
    if (present == kind) {
      return;
    }
    if (present != null) {
      line(present).remove(lane);
    }
    if (kind != null) {
      line(kind).add(lane);
    }
    lane.line = kind;
  }

  private static boolean hasTurn(Lane lane) {
    return !lane.ready.isEmpty() && lane.inFlight < lane.pace.allowed();
  }

  /** Takes the next lane that may start an attempt out of the line; null if none may. */
  @Nullable
  Lane next() {
    noticeSlow();
    for (int i = 0; i < KINDS.length; i++) {
      Lane lane = next(KINDS[(turn + i) % KINDS.length]);
      if (lane != null) {
        turn = (turn + i + 1) % KINDS.length;
        return lane;
      }
    }
    return null;
  }

  private @Nullable Lane next(Kind kind) {
    while (hasRoom(kind)) {
      Iterator<Lane> line = line(kind).iterator();
      if (!line.hasNext()) {
        return null;
      }
      Lane lane = line.next();
      if (hasTurn(lane) && kind(lane) == kind) {
        line.remove();
        lane.line = null;
        return lane;
      }
      // Something has become of it while it stood here.
      lineUp(lane);
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

  private static Kind kind(Lane lane) {
    return switch (trust(lane)) {
      case SUSPECT -> Kind.SUSPECT;
      case UNKNOWN -> Kind.FURTHER;
      case TRUSTED -> lane.inFlight == 0 ? Kind.FIRST : Kind.FURTHER;
    };
  }

  private static Trust trust(Lane lane) {
    return lane.slow > 0 ? Trust.SUSPECT : lane.pace.trust();
  }

  private Set<Lane> line(Kind kind) {
    Set<Lane> line = lines.get(kind);
    if (line == null) {
      throw new AssertionError(kind);
    }
    return line;
  }

  /** Occupies a slot for the first delivery of a lane that was returned as the next. */
  Flight start(Lane lane, WebhookConfiguration configuration) {
    Flight flight = new Flight(lane.ready.remove(), configuration, lane, ticker.read());
    if (kind(lane) == Kind.SUSPECT) {
      flight.countedAsSlow = true;
      countedAsSlow++;
    }
    lane.inFlight++;
    inFlight++;
    young.add(flight);
    return flight;
  }

  /**
   * Frees a slot.
   *
   * @param outcome what came of the attempt, or null if it says nothing about the endpoint
   */
  void end(Flight flight, @Nullable AttemptOutcome outcome) {
    Lane lane = flight.lane;
    young.remove(flight);
    inFlight--;
    lane.inFlight--;
    if (flight.slow) {
      lane.slow--;
    }
    if (flight.countedAsSlow) {
      countedAsSlow--;
    }
    lane.pace.ended(ticker.read() - flight.startedAt < SLOW.toNanos(), outcome);
    learnt(lane);
  }

  private void learnt(Lane lane) {
    paces.put(lane.webhook, lane.pace);
    ledger.judge(lane.webhook, new Standing(trust(lane), lane.pace.allowed()));
  }

  private void noticeSlow() {
    long tick = ticker.read();
    Iterator<Flight> oldestFirst = young.iterator();
    while (oldestFirst.hasNext()) {
      Flight flight = oldestFirst.next();
      if (tick - flight.startedAt < SLOW.toNanos()) {
        return;
      }
      oldestFirst.remove();
      flight.slow = true;
      flight.lane.slow++;
      if (!flight.countedAsSlow) {
        flight.countedAsSlow = true;
        countedAsSlow++;
      }
      learnt(flight.lane);
    }
  }
}
