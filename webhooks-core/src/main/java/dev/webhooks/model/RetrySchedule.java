package dev.webhooks.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A list of waits, one after each failed attempt but the last. The first attempt is made at once.
 *
 * <p>Each wait counts from the end of the attempt before it. A random part lengthens it by up to 20
 * %; nothing shortens it. Immutable and thread-safe.
 */
public final class RetrySchedule {
  private static final Duration MAX_RETRY_AFTER = Duration.ofHours(24);

  private static final Duration LONGEST_WAIT = Duration.ofDays(10_000);

  private static final double JITTER = 0.2;

  private static final RetrySchedule STANDARD = after(
      Duration.ofSeconds(5),
      Duration.ofMinutes(5),
      Duration.ofMinutes(30),
      Duration.ofHours(2),
      Duration.ofHours(5),
      Duration.ofHours(10),
      Duration.ofHours(14),
      Duration.ofHours(20),
      Duration.ofHours(24));

  private final List<Duration> waits;
  private final double jitter;

  private RetrySchedule(List<Duration> waits, double jitter) {
    this.waits = waits;
    this.jitter = jitter;
  }

  /**
   * Returns the default: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h, so ten attempts
   * over about three days.
   */
  public static RetrySchedule standard() {
    return STANDARD;
  }

  /**
   * Returns a schedule with the given waits; one attempt more than waits is made.
   *
   * @param waits the wait after the first failed attempt, after the second, and so on, each zero to
   *     10,000 days; none for a single attempt
   * @throws IllegalArgumentException if a wait is out of range
   */
  public static RetrySchedule after(Duration... waits) {
    List<Duration> copy = new ArrayList<>();
    for (Duration wait : Objects.requireNonNull(waits, "waits")) {
      copy.add(Objects.requireNonNull(wait, "waits"));
    }
    if (copy.stream().anyMatch(wait -> wait.isNegative() || wait.compareTo(LONGEST_WAIT) > 0)) {
      throw new IllegalArgumentException(
          "each wait of a retry schedule is zero to " + LONGEST_WAIT.toDays() + " days: " + copy);
    }
    return new RetrySchedule(List.copyOf(copy), JITTER);
  }

  /** Returns this schedule without the random part, for tests. */
  public RetrySchedule withoutJitter() {
    return new RetrySchedule(waits, 0);
  }

  /** Returns how many attempts are made before a delivery is given up. */
  public int attempts() {
    return waits.size() + 1;
  }

  /** Returns the longest time from the first attempt to the last, waits alone. */
  public Duration longest() {
    return waits.stream()
        .map(wait -> scaled(wait, 1 + jitter))
        .reduce(Duration.ZERO, Duration::plus);
  }

  /**
   * Returns the wait after a failed attempt.
   *
   * @param attempt the number of the attempt that failed, 1 for the first
   * @param requested what the endpoint asked for with {@code Retry-After}, or null; counts up to 24
   *     h, never shortens
   * @param random the source of the jitter
   * @return the wait, or empty if that was the last attempt
   */
  public Optional<Duration> waitAfter(
      int attempt, @Nullable Duration requested, RandomGenerator random) {
    Objects.requireNonNull(random, "random");
    if (attempt > waits.size()) {
      return Optional.empty();
    }
    Duration wait = scaled(waits.get(attempt - 1), 1 + jitter * random.nextDouble());
    if (requested == null || requested.compareTo(wait) <= 0) {
      return Optional.of(wait);
    }
    Duration bounded = requested.compareTo(MAX_RETRY_AFTER) > 0 ? MAX_RETRY_AFTER : requested;
    return Optional.of(bounded.compareTo(wait) > 0 ? bounded : wait);
  }

  private static Duration scaled(Duration wait, double factor) {
    return Duration.ofMillis((long) Math.ceil(wait.toMillis() * factor));
  }

  /** Returns the waits, without jitter. */
  @Override
  public String toString() {
    return "RetrySchedule" + waits;
  }
}
