package dev.webhooks.internal.engine.endpoint;

import dev.webhooks.internal.engine.endpoint.EndpointSignal.Kind;
import dev.webhooks.spi.store.EndpointHealth;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The rules that turn attempts into the health of an endpoint, without a store or a clock.
 * Thread-safe.
 *
 * <ul>
 *   <li>An accepted attempt ends all trouble.
 *   <li>Any other attempt is a failure. The host is warned after {@link #WARN_AFTER 2.5 days} with
 *       failures alone, at least {@value #MIN_FAILURES}. The webhook fails after {@link #FAIL_AFTER
 *       5 days}.
 *   <li>Attempts that do not reach their endpoint suspend it, see {@link SuspensionSchedule}. An
 *       attempt that began before an earlier failure had ended does not count for that: eight
 *       time-outs at once are one. An answer of any status ends the suspension.
 * </ul>
 */
public final class HealthRules {
  static final Duration FAIL_AFTER = Duration.ofDays(5);
  static final Duration WARN_AFTER = FAIL_AFTER.dividedBy(2);
  static final int MIN_FAILURES = 10;

  private final RandomGenerator random;

  public HealthRules(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Returns the health of an endpoint after some attempts, or null for no trouble.
   *
   * @param known the health before, or null for no trouble
   * @param signals the attempts' signals, in the order in which they ended
   * @param now the one clock's time
   */
  @Nullable
  EndpointHealth after(@Nullable EndpointHealth known, List<EndpointSignal> signals, Instant now) {
    EndpointHealth health = known;
    for (EndpointSignal signal : signals) {
      health = signal.kind() == Kind.ACCEPTED ? null : afterFailure(health, signal, now);
    }
    return health;
  }

  private EndpointHealth afterFailure(
      @Nullable EndpointHealth known, EndpointSignal signal, Instant now) {
    EndpointHealth before = known == null
        ? new EndpointHealth(0, signal.began(), signal.began(), null, 0, false)
        : known;
    int failures = before.failures() + 1;
    boolean counts = !signal.began().isBefore(before.lastFailure());
    if (signal.kind() == Kind.UNREACHED && !counts) {
      return new EndpointHealth(
          failures,
          before.failingSince(),
          before.lastFailure(),
          before.suspendedUntil(),
          before.step(),
          before.warned());
    }
    int step = signal.kind() == Kind.UNREACHED ? before.step() + 1 : 0;
    Duration suspension = SuspensionSchedule.duration(step, random);
    return new EndpointHealth(
        failures,
        before.failingSince(),
        signal.ended(),
        suspension == null ? null : now.plus(suspension),
        step,
        before.warned());
  }

  /** Returns whether to warn the host that a webhook may soon fail. */
  boolean shouldWarn(EndpointHealth health, Instant now) {
    return !health.warned() && hasFailedFor(WARN_AFTER, health, now);
  }

  /**
   * Returns whether a webhook has failed for too long. It never has before the host was warned, so
   * not with the attempt that leads to the warning either.
   */
  boolean shouldFail(EndpointHealth health, Instant now) {
    return health.warned() && hasFailedFor(FAIL_AFTER, health, now);
  }

  private static boolean hasFailedFor(Duration time, EndpointHealth health, Instant now) {
    return health.failures() >= MIN_FAILURES
        && !now.isBefore(health.failingSince().plus(time));
  }
}
