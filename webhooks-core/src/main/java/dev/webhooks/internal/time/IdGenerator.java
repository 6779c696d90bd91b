package dev.webhooks.internal.time;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Comparator;
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
  /**
   * The order of ids, which is that of their texts, and that in which databases keep them: the
   * oldest first. Java's own takes them as signed numbers.
   */
  public static final Comparator<UUID> ORDER = IdGenerator::compare;

  private static final int COUNTER_BITS = 12;
  private static final long COUNTER_MASK = (1L << COUNTER_BITS) - 1;
  private static final long VERSION_7 = 0x7000L;
  private static final long VARIANT = 0x8000_0000_0000_0000L;
  private static final long RANDOM_MASK = 0x3fff_ffff_ffff_ffffL;

  /** The last millisecond that an id can carry, in the year 10889. */
  private static final long LAST_MILLI = (1L << 48) - 1;

  private static final long LAST_STAMP = (LAST_MILLI << COUNTER_BITS) | COUNTER_MASK;
  private static final Instant LAST = Instant.ofEpochMilli(LAST_MILLI);
  private static final UUID AFTER_ALL = new UUID(-1, -1);

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
   * @param now the one clock's time, which the id carries to the millisecond; before 1970 it
   *     carries the first one and from the year 10889 on the last one that it can
   */
  public synchronized UUID next(Instant now) {
    long stamp = millis(now) << COUNTER_BITS;
    last = stamp > last ? stamp : Math.min(last + 1, LAST_STAMP);
    return fromStamp(last >>> COUNTER_BITS, last & COUNTER_MASK, random.nextLong());
  }

  /**
   * Returns the smallest id that is made at an instant or later, so that a range of ids stands for
   * a range of time.
   *
   * @param instant any instant, truncated to milliseconds
   */
  public static UUID lowerBound(Instant instant) {
    return fromStamp(millis(instant), 0, 0);
  }

  /**
   * Returns an id that is greater than all that are made before an instant, and no greater than any
   * made later.
   *
   * @param instant any instant, truncated to milliseconds
   */
  public static UUID upperBound(Instant instant) {
    return instant.isAfter(LAST) ? AFTER_ALL : lowerBound(instant);
  }

  private static int compare(UUID one, UUID other) {
    int high = Long.compareUnsigned(one.getMostSignificantBits(), other.getMostSignificantBits());
    return high == 0
        ? Long.compareUnsigned(one.getLeastSignificantBits(), other.getLeastSignificantBits())
        : high;
  }

  /** Returns the milliseconds that an id carries for an instant. */
  private static long millis(Instant instant) {
    if (instant.isBefore(Instant.EPOCH)) {
      return 0;
    }
    return instant.isAfter(LAST) ? LAST_MILLI : instant.toEpochMilli();
  }

  private static UUID fromStamp(long millis, long counter, long random) {
    return new UUID((millis << 16) | VERSION_7 | counter, VARIANT | (random & RANDOM_MASK));
  }
}
