package dev.webhooks.internal.engine.ownership;

import dev.webhooks.spi.Ticker;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The age of this instance's last beat. Attempts start only while it is young, so that an instance
 * has stopped before another one may declare it dead. Thread-safe.
 */
public final class Liveness {
  /** The age of the last beat at which no attempt starts any more. */
  static final Duration STOP_STARTING = Duration.ofSeconds(8);

  private final Ticker ticker;
  private final InstantSource wallClock;
  private volatile @Nullable Beat last;

  public Liveness(Ticker ticker, InstantSource wallClock) {
    this.ticker = ticker;
    this.wallClock = wallClock;
  }

  /**
   * Returns the present moment, to be passed to {@link #succeeded} if the beat that begins now
   * succeeds.
   */
  Beat begin() {
    return new Beat(ticker.read(), wallClock.millis());
  }

  void succeeded(Beat beat) {
    last = beat;
  }

  void lost() {
    last = null;
  }

  public boolean mayStart() {
    Beat beat = last;
    return beat != null && age(beat).compareTo(STOP_STARTING) < 0;
  }

  /** Returns the age of the last successful beat, or null if there is none. */
  @Nullable
  public Duration age() {
    Beat beat = last;
    return beat == null ? null : age(beat);
  }

  /**
   * Returns the larger age of two clocks: the monotonic one may stand still while a machine sleeps,
   * the other may be set back.
   */
  private Duration age(Beat beat) {
    Duration monotonic = Duration.ofNanos(ticker.read() - beat.tick);
    Duration wall = Duration.ofMillis(wallClock.millis() - beat.wallMillis);
    return monotonic.compareTo(wall) >= 0 ? monotonic : wall;
  }

  /** The moment at which a beat began. */
  record Beat(long tick, long wallMillis) {}
}
