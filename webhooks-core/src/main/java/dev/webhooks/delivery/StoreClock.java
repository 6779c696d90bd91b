package dev.webhooks.delivery;

import dev.webhooks.spi.Ticker;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one clock: the database's time, read now and then and carried forward by the monotonic clock,
 * so that a wrong wall clock harms nothing. Truncated to microseconds, which every database keeps.
 * Thread-safe.
 */
final class StoreClock implements InstantSource {
  private final Ticker ticker;
  private final Supplier<Instant> databaseTime;
  private volatile @Nullable Reading reading;

  StoreClock(Ticker ticker, Supplier<Instant> databaseTime) {
    this.ticker = ticker;
    this.databaseTime = databaseTime;
  }

  /** Takes over what the database said to be its time. */
  void set(Instant time, long askedAt, long answeredAt) {
    reading = new Reading(time, askedAt + (answeredAt - askedAt) / 2);
  }

  /** Reads the database's time. */
  void readDatabase() {
    long askedAt = ticker.read();
    set(databaseTime.get(), askedAt, ticker.read());
  }

  /** Returns the time; asks the database only if that has never been done. */
  @Override
  public Instant instant() {
    Reading last = reading;
    if (last == null) {
      readDatabase();
      return instant();
    }
    return last.time.plusNanos(ticker.read() - last.tick).truncatedTo(ChronoUnit.MICROS);
  }

  private record Reading(Instant time, long tick) {}
}
