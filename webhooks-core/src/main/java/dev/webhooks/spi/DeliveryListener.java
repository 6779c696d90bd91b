package dev.webhooks.spi;

import dev.webhooks.model.Attempt;
import dev.webhooks.model.DeliveryError;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Receives what happens to deliveries and webhooks. Every method does nothing unless it is
 * overridden, so methods can be added.
 *
 * <p><b>Order.</b> Calls come one after another, each after what it tells of has been written, and
 * in the order in which this instance wrote it. What other instances did meanwhile may have
 * happened before or after.
 *
 * <ul>
 *   <li>Each attempt that is logged is one call of {@link #attemptFinished}. If it ended its
 *       delivery, exactly one of {@link #deliverySucceeded} and {@link #deliveryFailed} follows at
 *       once. A probe that did not reach its endpoint is not an attempt of its delivery and not
 *       told.
 *   <li>A delivery that ends without a request, because it expired, its webhook is failed or it was
 *       lost with too many instances, is {@link #deliveryFailed} alone. One whose webhook was
 *       deleted is not told.
 *   <li>{@link #webhookWarned} comes once for each row of failures, and {@link #webhookFailed} each
 *       time that the library (not its owner) gives a webhook up. An endpoint that is gone fails
 *       its webhook without a warning; for any other reason a warning has come before. The calls
 *       for the deliveries that end with the webhook follow.
 * </ul>
 *
 * <p><b>How often.</b> Each of these is told by one instance, the one that wrote it, and by no
 * other. Calls are not durable: those of a process that dies between writing and calling are lost,
 * and so is what is written while a slow listener is 10,000 calls (or 16 MiB of answers) behind;
 * that is counted in the log. Nothing is told twice, except {@link #storeTrouble} and
 * {@link #webhookUndecryptable}. What must not be missed is in the delivery log and in the
 * webhook's status.
 *
 * <p><b>Threads.</b> All calls are made on one thread of the instance's own. Whatever a listener
 * throws is logged and otherwise ignored, and one that blocks for ever keeps nothing waiting but
 * further calls and, for as long as it is allowed to take, {@code close()}. A listener may use the
 * library, for example to publish an event about a webhook that failed.
 */
public interface DeliveryListener {
  /** A listener that does nothing. */
  DeliveryListener NONE = new DeliveryListener() {};

  /** Called when an attempt has ended and its outcome is stored. */
  default void attemptFinished(Finished delivery, Attempt attempt) {}

  /** Called when a delivery has been accepted by its endpoint. */
  default void deliverySucceeded(Finished delivery) {}

  /** Called when a delivery has been given up. */
  default void deliveryFailed(Finished delivery, DeliveryError error) {}

  /**
   * Called when every attempt of a webhook has failed for two and a half days, at least ten of
   * them: if that goes on, it fails when it has lasted five days.
   */
  default void webhookWarned(Trouble trouble) {}

  /**
   * Called when a webhook was put in status failed. Its deliveries end as failed until its status
   * is set to active; {@code recover} retries them.
   */
  default void webhookFailed(Trouble trouble) {}

  /**
   * Called when the database does not answer the engine or refuses what it asks: for each duty of
   * the engine that fails, at the first failure and then at most once a minute. The other duties go
   * on; {@link dev.webhooks.model.EngineHealth#troubles()} has all that fail.
   *
   * @param fault what was reported
   * @param since for how long the duty has failed
   */
  default void storeTrouble(Throwable fault, Duration since) {}

  /**
   * Called when a webhook's secret or headers cannot be decrypted with the keys that the host has
   * given, be it that a key is missing or that a row was changed: at the first attempt, and not
   * again until they could be decrypted once more. Its attempts fail as
   * {@link DeliveryError#UNDECRYPTABLE} and are repeated on schedule. If it is only the secret
   * before a rotation, requests are sent and signed with the new one alone. Each instance tells it
   * for itself.
   *
   * @param webhookId the webhook's public id
   * @param account the account that the webhook belongs to
   * @param fault says what is wrong, without a secret
   */
  default void webhookUndecryptable(String webhookId, String account, Throwable fault) {}

  /**
   * The delivery a call is about.
   *
   * @param deliveryId {@code dlv_…}
   * @param webhookId the webhook's public id: {@code wh_…}, or the one that it was imported with
   * @param account the account that the webhook belongs to
   * @param eventId the event's public id
   * @param event the event type
   * @param traceContext in which context the event was published, see {@code Tracing}; or null
   * @param nextAttempt how long until the next attempt, or null if there is none
   */
  record Finished(
      String deliveryId,
      String webhookId,
      String account,
      String eventId,
      String event,
      @Nullable String traceContext,
      @Nullable Duration nextAttempt) {}

  /**
   * The webhook a call is about.
   *
   * @param webhookId the webhook's public id: {@code wh_…}, or the one that it was imported with
   * @param account the account it belongs to
   * @param reason what is wrong with it
   * @param since when the first of its failed attempts in a row began
   * @param failures how many have failed in a row, probes included
   */
  record Trouble(
      String webhookId, String account, TroubleReason reason, Instant since, int failures) {}

  /** The reasons why a webhook is in trouble. */
  enum TroubleReason {
    /** Its endpoint answered 410: it is gone for good. */
    GONE,
    /** Every attempt has failed for days. */
    FAILING
  }
}
