package dev.webhooks.internal.engine.base;

import static dev.webhooks.internal.engine.base.EngineLog.LOG;

import dev.webhooks.internal.engine.base.ClockState.Doubt;
import dev.webhooks.internal.engine.base.ClockState.Line;
import dev.webhooks.internal.time.OneClock;
import dev.webhooks.model.EngineTrouble;
import dev.webhooks.spi.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * The one clock: the database's time, read now and then and carried forward by the monotonic clock,
 * so that a wrong wall clock harms nothing. Truncated to microseconds, which every database keeps.
 * Thread-safe.
 *
 * <p>A reading that differs from the clock by more than {@link ClockState#TOLERANCE} is a jump. It
 * is in doubt until all readings over {@link ClockState#HOLDING} have agreed with it. Until then
 *
 * <ul>
 *   <li>the clock goes on as before; but if the wall clock agrees with the database, it follows the
 *       database at once, since the machine has slept;
 *   <li>{@link #certain()} is the earlier one of both times.
 * </ul>
 *
 * <p>The first reading is compared with the wall clock alone. If they differ, the clock is the
 * database's, and {@link #certain()} the earlier one of both. That lasts until the database has
 * held its time or agrees with the wall clock.
 */
public final class StoreClock implements OneClock {

  private final Ticker ticker;
  private final InstantSource wallClock;
  private final Supplier<Instant> databaseTime;
  private volatile @Nullable ClockState state;
  private @Nullable Long settledAt;

  /**
   * Creates a clock that has not been read.
   *
   * @param wallClock the machine's clock, which is asked about jumps alone
   */
  public StoreClock(Ticker ticker, InstantSource wallClock, Supplier<Instant> databaseTime) {
    this.ticker = ticker;
    this.wallClock = wallClock;
    this.databaseTime = databaseTime;
  }

  /** Reads the database's time. */
  public void readDatabase() {
    long askedAt = ticker.read();
    set(databaseTime.get(), askedAt, ticker.read());
  }

  /**
   * Takes a reading of the database's time. One that took longer than the tolerance is ignored,
   * since the process stood still meanwhile.
   */
  public synchronized void set(Instant time, long askedAt, long answeredAt) {
    ClockState before = state;
    long took = answeredAt - askedAt;
    if (before != null && took > ClockState.TOLERANCE.toNanos()) {
      LOG.debug("a reading of the database's clock took {} ms and is ignored", took / 1_000_000);
      return;
    }
    Line read = new Line(time, askedAt + took / 2);
    Line wall = new Line(wallClock.instant(), answeredAt);
    ClockState after = before == null ? ClockState.first(read, wall) : before.next(read, wall);
    state = after;
    tell(before == null ? null : before.doubt(), after.doubt(), read);
  }

  /** Returns the time; asks the database only if that has never been done. */
  @Override
  public Instant instant() {
    ClockState present = state();
    return present.clock().at(ticker.read());
  }

  @Override
  public Instant certain() {
    ClockState present = state();
    return present.certainAt(ticker.read());
  }

  private ClockState state() {
    ClockState present = state;
    if (present == null) {
      readDatabase();
      return state();
    }
    return present;
  }

  /** Returns the present doubt as a trouble, or null. */
  @Nullable
  public EngineTrouble trouble() {
    ClockState present = state;
    Doubt doubt = present == null ? null : present.doubt();
    return doubt == null
        ? null
        : new EngineTrouble(
            "trusting the database's clock",
            Duration.ofNanos(Math.max(0, ticker.read() - doubt.begun())),
            describe(doubt));
  }

  /** Logs that a doubt begins or ends, but does not warn again of a clock that goes to and fro. */
  private void tell(@Nullable Doubt before, @Nullable Doubt after, Line read) {
    if (before == null && after != null) {
      Long settled = settledAt;
      boolean again = settled != null && read.tick() - settled < ClockState.HOLDING.toNanos();
      LOG.atLevel(again ? Level.DEBUG : Level.WARN)
          .log(
              "{}; until that has held for {} minutes, nothing ends or is removed because of it",
              describe(after),
              ClockState.HOLDING.toMinutes());
    } else if (before != null && after == null) {
      settledAt = read.tick();
      LOG.info("the database's clock is trusted again; it shows {}", read.time());
    }
  }

  private static String describe(Doubt doubt) {
    Duration ahead = doubt.database().aheadOf(doubt.former());
    return "the database's clock is " + describe(ahead.abs())
        + (ahead.isNegative() ? " behind " : " ahead of ")
        + (doubt.first() ? "the machine's" : "the time before");
  }

  /** Rounds to the nearest unit, since readings differ by some milliseconds. */
  private static String describe(Duration duration) {
    long minutes = duration.plusSeconds(30).toMinutes();
    if (minutes >= 2 * 24 * 60) {
      return Math.round(minutes / 1_440.0) + " days";
    }
    return minutes >= 2 * 60 ? Math.round(minutes / 60.0) + " hours" : minutes + " minutes";
  }
}
