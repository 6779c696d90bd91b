package dev.webhooks.internal.engine.endpoint;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The durations of suspensions of an endpoint that is not reached.
 *
 * <p>The first {@value #PATIENCE} failures in a row but the last suspend nothing, so a single blip
 * does nothing. Then an endpoint is suspended for 10 s, 20 s, 40 s and so on up to an hour, and a
 * probe follows each time. Each duration is shortened by up to 20 % at random, so that endpoints
 * which went down together are not probed together.
 */
public final class SuspensionSchedule {
  /** The number of attempts in a row that do not reach an endpoint before it is suspended. */
  static final int PATIENCE = 5;

  static final Duration FIRST = Duration.ofSeconds(10);
  static final Duration LONGEST = Duration.ofHours(1);

  private static final double JITTER = 0.2;
  private static final int MAX_DOUBLINGS = 9;

  /** Extra time that others leave to a probe, beyond the duration of its attempt. */
  private static final Duration PROBE_MARGIN = Duration.ofSeconds(10);

  private SuspensionSchedule() {}

  /**
   * Returns how long to suspend an endpoint, or null for not at all.
   *
   * @param failures how many times in a row it was not reached
   */
  static @Nullable Duration duration(int failures, RandomGenerator random) {
    if (failures < PATIENCE) {
      return null;
    }
    Duration nominal = FIRST.multipliedBy(1L << Math.min(failures - PATIENCE, MAX_DOUBLINGS));
    Duration bounded = nominal.compareTo(LONGEST) > 0 ? LONGEST : nominal;
    return Duration.ofMillis((long) (bounded.toMillis() * (1 - JITTER * random.nextDouble())));
  }

  /**
   * Returns how long nobody else probes an endpoint after a probe has begun. If the probing
   * instance dies, another one probes after this time.
   *
   * @param requestTimeout how long the attempt may take
   */
  public static Duration probeTime(Duration requestTimeout) {
    return requestTimeout.plus(PROBE_MARGIN);
  }
}
