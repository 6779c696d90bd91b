package dev.webhooks.spi.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The failures of an endpoint; kept only while there are some.
 *
 * @param failures how many attempts have failed in a row, failed probes included
 * @param failingSince when the first of them began
 * @param lastFailure when the last failure that changed {@code step} had ended
 * @param suspendedUntil until when the endpoint is suspended, or null if it is not; afterwards it
 *     is probed
 * @param step how many times in a row the endpoint was not reached
 * @param warned whether the host has been told that it keeps failing
 */
public record EndpointHealth(
    int failures,
    Instant failingSince,
    Instant lastFailure,
    @Nullable Instant suspendedUntil,
    int step,
    boolean warned) {
  /** Returns the same for an endpoint that is suspended until an instant. */
  public EndpointHealth suspend(Instant until) {
    return new EndpointHealth(failures, failingSince, lastFailure, until, step, warned);
  }

  /** Returns the same after the host has been told. */
  public EndpointHealth afterWarning() {
    return new EndpointHealth(failures, failingSince, lastFailure, suspendedUntil, step, true);
  }

  /** Returns the state that this amounts to. */
  public State state() {
    return suspendedUntil == null ? State.FAILING : State.SUSPENDED;
  }

  /** The states of an endpoint, by what is known to be wrong with it. */
  public enum State {
    /** Nothing: there is no {@link EndpointHealth} of it. */
    HEALTHY,
    /** Its latest attempts have failed. */
    FAILING,
    /** It gets no attempts for a while; then one instance probes it with one delivery. */
    SUSPENDED
  }
}
