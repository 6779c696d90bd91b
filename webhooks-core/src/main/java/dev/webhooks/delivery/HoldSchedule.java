package dev.webhooks.delivery;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Says for how long an endpoint that cannot be reached is left alone.
 *
 * <p>Not at all until it was not reached {@value #PATIENCE} times in a row, so that a single blip
 * does nothing; then for 10 s, 20 s, 40 s and so on up to an hour, each followed by one probe.
 * Attempts under way at the same time count once, see {@link HealthRules}. Each time is shortened
 * by up to 20 % at random, so that endpoints which went down together are not probed together.
 */
final class HoldSchedule {
  /** The number of attempts in a row that do not reach an endpoint before it is left alone. */
  static final int PATIENCE = 5;

  static final Duration FIRST = Duration.ofSeconds(10);
  static final Duration LONGEST = Duration.ofHours(1);

  private static final double JITTER = 0.2;
  private static final int MAX_DOUBLINGS = 9;

  /** By how much longer than an attempt others stay away from an endpoint that is probed. */
  private static final Duration PROBE_MARGIN = Duration.ofSeconds(10);

  private HoldSchedule() {}

  /**
   * Returns for how long to leave an endpoint alone.
   *
   * @param step how many times in a row it was not reached
   * @param random the source of jitter
   * @return a time of at most an hour, or null for not at all
   */
  static @Nullable Duration hold(int step, RandomGenerator random) {
    if (step < PATIENCE) {
      return null;
    }
    Duration nominal = FIRST.multipliedBy(1L << Math.min(step - PATIENCE, MAX_DOUBLINGS));
    Duration bounded = nominal.compareTo(LONGEST) > 0 ? LONGEST : nominal;
    return Duration.ofMillis((long) (bounded.toMillis() * (1 - JITTER * random.nextDouble())));
  }

  /**
   * Returns for how long nobody else probes an endpoint once a probe has begun. If the instance
   * that probes dies, another one does it after this time.
   *
   * @param requestTimeout how long the probe itself may take
   */
  static Duration probing(Duration requestTimeout) {
    return requestTimeout.plus(PROBE_MARGIN);
  }
}
