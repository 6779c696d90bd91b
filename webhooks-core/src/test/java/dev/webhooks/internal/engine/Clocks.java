package dev.webhooks.internal.engine;

import dev.webhooks.spi.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The two clocks of a machine and that of its database, which a test moves apart. Its readings are
 * those of the monotonic clock. For one thread.
 */
public final class Clocks implements Ticker {
  /** The time that wall clock and database show at first. */
  public static final Instant START = Instant.parse("2026-01-05T09:00:00Z");

  private Duration monotonic = Duration.ZERO;
  private Instant wall = START;
  private Instant database = START;

  @Override
  public long read() {
    return monotonic.toNanos();
  }

  public InstantSource wall() {
    return () -> wall;
  }

  public InstantSource database() {
    return () -> database;
  }

  /** Lets time pass for all three. */
  public void pass(Duration duration) {
    monotonic = monotonic.plus(duration);
    sleep(duration);
  }

  /** Lets the machine sleep: its monotonic clock stands still. */
  public void sleep(Duration duration) {
    wall = wall.plus(duration);
    database = database.plus(duration);
  }

  /** Sets the machine's wall clock forward, or back. */
  public void stepWall(Duration duration) {
    wall = wall.plus(duration);
  }

  /** Sets the database's clock forward, or back. */
  public void stepDatabase(Duration duration) {
    database = database.plus(duration);
  }
}
