package dev.webhooks.idempotency;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The memory of which request a key was used for and what it answered, for 24 hours. Of concurrent
 * reservations of one key exactly one wins.
 *
 * <p>A store's cache is bound to one transaction. A key reserved in it is free again if the
 * transaction rolls back, and the answer becomes visible with the effect.
 *
 * <p>A host can keep keys elsewhere, for example in Redis, by
 * {@code WebhooksBuilder.idempotencyCache}. Such a cache is thread-safe, and its keys no longer
 * commit with the effect:
 *
 * <ul>
 *   <li>In a transaction of the library's own, the answer is stored after the commit. If the
 *       process or the cache fails in between, the effect stands, and repetitions are refused with
 *       {@code DUPLICATE_IDEMPOTENCY_KEY} until the key is forgotten.
 *   <li>In a host's transaction, the answer is stored when the operation returns. If the host rolls
 *       back, repetitions are answered as if it had taken effect: use another key then.
 *   <li>If a reservation fails, the operation fails with the exception of the cache, and nothing is
 *       stored. A cache that loses its keys lets repetitions take effect again.
 *   <li>Erasing an account and {@code Webhooks.reencrypt()} do not reach it. Secrets in answers are
 *       encrypted with the key of the {@code secretCipher} at that time.
 * </ul>
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

  /**
   * Frees a key whose use had no effect; does nothing if the key is not held with that token.
   * Called after a rollback, and only for a host's cache. The default does nothing, as suits a
   * cache that rolls back itself.
   *
   * @param key the key
   * @param token the token it was taken with
   */
  default void release(IdempotencyKey key, UUID token) {}

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
