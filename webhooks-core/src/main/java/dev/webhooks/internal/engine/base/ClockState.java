package dev.webhooks.internal.engine.base;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * The conclusions that the {@link StoreClock} draws from its readings. Immutable; knows no clock.
 *
 * @param clock the time that is in force
 * @param doubt why that may be wrong, or null
 */
record ClockState(Line clock, @Nullable Doubt doubt) {
  /** By how much a reading may differ from the clock without being a jump. */
  static final Duration TOLERANCE = Duration.ofMinutes(2);

  /** Time over which readings must agree with a jump before it is believed. */
  static final Duration HOLDING = Duration.ofMinutes(10);

  /** Readings further apart than this do not show that the time between was held. */
  static final Duration LONGEST_GAP = Duration.ofMinutes(1);

  /** Returns the state after the first reading, which can be compared with the wall clock alone. */
  static ClockState first(Line read, Line wall) {
    return read.agrees(wall) ? new ClockState(read, null) : doubt(read, wall, read, true);
  }

  /** Returns the state after another reading. */
  ClockState next(Line read, Line wall) {
    Doubt present = doubt;
    if (present == null) {
      return read.agrees(clock)
          ? new ClockState(read, null)
          : doubt(read.agrees(wall) ? read : clock, clock, read, false);
    }
    boolean isOver =
        read.agrees(present.former) || (present.first && read.agrees(wall)) || present.holds(read);
    if (isOver) {
      return new ClockState(read, null);
    }
    boolean follows = present.first || read.agrees(wall) || read.agrees(clock);
    return new ClockState(follows ? read : clock, present.after(read));
  }

  private static ClockState doubt(Line clock, Line former, Line read, boolean first) {
    Line floor = former.earlierOf(read);
    return new ClockState(
        clock, new Doubt(former, read, floor, first, read.tick, read.tick, read.tick));
  }

  /** Returns the earliest time that it may be. */
  Instant certainAt(long tick) {
    Instant now = clock.at(tick);
    Instant floor = doubt == null ? now : doubt.floor.at(tick);
    return floor.isBefore(now) ? floor : now;
  }

  /** A time, and what the monotonic clock showed then: a line along which time goes on. */
  record Line(Instant time, long tick) {
    Instant at(long then) {
      return time.plusNanos(then - tick).truncatedTo(ChronoUnit.MICROS);
    }

    Duration aheadOf(Line other) {
      return Duration.between(other.at(tick), time);
    }

    boolean agrees(Line other) {
      return aheadOf(other).abs().compareTo(TOLERANCE) <= 0;
    }

    Line earlierOf(Line other) {
      return aheadOf(other).isNegative() ? this : other;
    }
  }

  /**
   * A jump that is not believed yet.
   *
   * @param former the time before it; at the first reading, that of the wall clock
   * @param database what the database says
   * @param floor the earliest of all times since the doubt began
   * @param first whether nothing has been believed before
   * @param begun when the doubt began
   * @param since from when on all readings have agreed with what the database says
   * @param seen when the last one did
   */
  record Doubt(
      Line former, Line database, Line floor, boolean first, long begun, long since, long seen) {
    /** Returns whether a reading shows that the jump has held for long enough. */
    boolean holds(Line read) {
      return goesOn(read) && read.tick - since >= HOLDING.toNanos();
    }

    Doubt after(Line read) {
      return new Doubt(
          former,
          read,
          floor.earlierOf(read),
          first,
          begun,
          goesOn(read) ? since : read.tick,
          read.tick);
    }

    private boolean goesOn(Line read) {
      return read.agrees(database) && read.tick - seen <= LONGEST_GAP.toNanos();
    }
  }
}
