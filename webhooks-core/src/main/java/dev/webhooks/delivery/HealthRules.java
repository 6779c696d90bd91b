package dev.webhooks.delivery;

import dev.webhooks.delivery.Sign.Kind;
import dev.webhooks.spi.store.EndpointHealth;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Rules that turn attempts into the health of an endpoint, without a store or a clock. Thread-safe.
 *
 * <ul>
 *   <li>An accepted attempt ends everything that was wrong.
 *   <li>Any other one counts as a failure since the last accepted one. After {@link #WARN_AFTER 2.5
 *       days} with at least {@value #MIN_FAILURES} failures and nothing else the host is warned,
 *       after {@link #FAIL_AFTER 5 days} the webhook fails.
 *   <li>Attempts that do not reach their endpoint make it be left alone, as {@link HoldSchedule}
 *       says. One that began before an earlier failure had ended says nothing new and does not
 *       count for that: eight time-outs at once are one. An answer of any status shows that the
 *       endpoint is there, and ends it.
 * </ul>
 */
final class HealthRules {
  static final Duration FAIL_AFTER = Duration.ofDays(5);
  static final Duration WARN_AFTER = FAIL_AFTER.dividedBy(2);
  static final int MIN_FAILURES = 10;

  private final RandomGenerator random;

  /**
   * Creates the rules.
   *
   * @param random the source of jitter; used by several threads
   */
  HealthRules(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Returns what is known of an endpoint after some attempts.
   *
   * @param known what was known before, or null if nothing was wrong
   * @param signs what the attempts say, in the order in which they ended
   * @param now the one clock's time
   * @return null if nothing is wrong
   */
  @Nullable
  EndpointHealth after(@Nullable EndpointHealth known, List<Sign> signs, Instant now) {
    EndpointHealth health = known;
    for (Sign sign : signs) {
      health = sign.kind() == Kind.ACCEPTED ? null : afterFailure(health, sign, now);
    }
    return health;
  }

  private EndpointHealth afterFailure(@Nullable EndpointHealth known, Sign sign, Instant now) {
    EndpointHealth before =
        known == null ? new EndpointHealth(0, sign.began(), sign.began(), null, 0, false) : known;
    int failures = before.failures() + 1;
    boolean counts = !sign.began().isBefore(before.lastFailure());
    if (sign.kind() == Kind.UNREACHED && !counts) {
      return new EndpointHealth(
          failures,
          before.failingSince(),
          before.lastFailure(),
          before.suspendedUntil(),
          before.step(),
          before.warned());
    }
    int step = sign.kind() == Kind.UNREACHED ? before.step() + 1 : 0;
    Duration hold = HoldSchedule.hold(step, random);
    return new EndpointHealth(
        failures,
        before.failingSince(),
        sign.ended(),
        hold == null ? null : now.plus(hold),
        step,
        before.warned());
  }

  /** Returns whether the host is to be told that a webhook may soon fail. */
  boolean shouldWarn(EndpointHealth health, Instant now) {
    return !health.warned() && hasFailedFor(WARN_AFTER, health, now);
  }

  /**
   * Returns whether a webhook has failed for too long: never before the host was warned, and so not
   * with the attempt that leads to the warning.
   */
  boolean shouldFail(EndpointHealth health, Instant now) {
    return health.warned() && hasFailedFor(FAIL_AFTER, health, now);
  }

  private static boolean hasFailedFor(Duration time, EndpointHealth health, Instant now) {
    return health.failures() >= MIN_FAILURES
        && !now.isBefore(health.failingSince().plus(time));
  }
}
