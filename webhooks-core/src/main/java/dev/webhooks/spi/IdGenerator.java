package dev.webhooks.spi;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Makes time-ordered ids (UUID version 7, RFC 9562), stamped with the one clock rather than the
 * machine's.
 *
 * <p>Within one generator ids grow strictly, also when the clock stands still or steps back by less
 * than the counter can bridge. Thread-safe.
 */
public final class IdGenerator {
  private static final int COUNTER_BITS = 12;
  private static final long COUNTER_MASK = (1L << COUNTER_BITS) - 1;
  private static final long VERSION_7 = 0x7000L;
  private static final long VARIANT = 0x8000_0000_0000_0000L;
  private static final long RANDOM_MASK = 0x3fff_ffff_ffff_ffffL;

  private final RandomGenerator random;
  private long last;

  /**
   * Creates a generator.
   *
   * @param random where the random bits come from; used under a lock
   */
  public IdGenerator(RandomGenerator random) {
    this.random = random;
  }

  /** Returns a generator whose random bits come from {@link SecureRandom}. */
  public static IdGenerator secure() {
    return new IdGenerator(new SecureRandom());
  }

  /**
   * Returns a new id.
   *
   * @param now the one clock's time, which the id carries to the millisecond
   */
  public synchronized UUID next(Instant now) {
    long stamp = now.toEpochMilli() << COUNTER_BITS;
    last = stamp > last ? stamp : last + 1;
    return fromStamp(last >>> COUNTER_BITS, last & COUNTER_MASK, random.nextLong());
  }

  /**
   * Returns the smallest id that can carry an instant, so that a range of ids stands for a range of
   * time.
   *
   * @param instant an instant, truncated to milliseconds
   */
  public static UUID lowerBound(Instant instant) {
    return fromStamp(instant.toEpochMilli(), 0, 0);
  }

  private static UUID fromStamp(long millis, long counter, long random) {
    return new UUID((millis << 16) | VERSION_7 | counter, VARIANT | (random & RANDOM_MASK));
  }
}
