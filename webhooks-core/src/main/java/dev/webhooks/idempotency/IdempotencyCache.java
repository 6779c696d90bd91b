package dev.webhooks.idempotency;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Remembers for 24 hours which request a key was used for and what it answered.
 *
 * <p>A store's implementation is bound to one transaction: a key reserved in it is free again if
 * the transaction rolls back, and the answer becomes visible with the effect. Of concurrent
 * reservations of one key exactly one wins.
 */
public interface IdempotencyCache {
  /**
   * The time for which a key is remembered, to the second on the one clock, whatever the clean-up
   * does.
   */
  Duration LIFETIME = Duration.ofHours(24);

  /** The time for which a second request waits for the first one that uses the same key. */
  Duration PATIENCE = Duration.ofSeconds(2);

  /**
   * Takes a key, or returns what its first use left.
   *
   * <p>The same use, tried again with its token, takes its key again until it has answered; from
   * then on it gets its own answer, so that its effect is not repeated.
   *
   * <p>A key used {@link #LIFETIME} ago or earlier is free. If the key is being used at this
   * moment, waits up to {@link #PATIENCE} for the outcome.
   *
   * @param key the key
   * @param fingerprint what the request asks for; see {@link Fingerprint}
   * @param token an id for this use, made before the first try and given again when the same use is
   *     tried again
   * @param now the one clock's time
   */
  default Reservation reserve(
      IdempotencyKey key, Fingerprint fingerprint, UUID token, Instant now) {
    return reserve(key, fingerprint, token, now, now, null);
  }

  /**
   * Takes a key for a request that goes on after this transaction has committed, or returns what
   * its first use left.
   *
   * <p>Until the request answers, others find the key used and without an answer. Should its
   * process die meanwhile, the key is free again at {@code busyUntil}.
   *
   * @param key the key
   * @param fingerprint what the request asks for
   * @param token an id for this use
   * @param now the one clock's time, from which on the key is remembered
   * @param certain an instant that has certainly come, by which an earlier use is forgotten
   * @param busyUntil when the key is free again without an answer; null for not before
   *     {@link #LIFETIME} has passed
   */
  Reservation reserve(
      IdempotencyKey key,
      Fingerprint fingerprint,
      UUID token,
      Instant now,
      Instant certain,
      @Nullable Instant busyUntil);

  /**
   * Stores the answer for a key that was taken; does nothing if the key is no longer held with that
   * token.
   *
   * @param key the key
   * @param token the token it was taken with
   * @param answer what to replay
   */
  void answer(IdempotencyKey key, UUID token, byte[] answer);

  /** The result of a reservation. */
  sealed interface Reservation {
    /** The key is taken by this use: do the work, then store its answer. */
    record Taken() implements Reservation {}

    /**
     * The key was used before.
     *
     * @param fingerprint what the first request asked for
     * @param answer what it answered, or null if it is still running or was interrupted
     */
    record Used(Fingerprint fingerprint, byte @Nullable [] answer) implements Reservation {}

    /**
     * The key is being used by a request that did not end within {@link IdempotencyCache#PATIENCE}.
     */
    record Busy() implements Reservation {}
  }
}
