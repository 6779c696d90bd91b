package dev.webhooks.delivery;

import dev.webhooks.model.Attempt;
import dev.webhooks.model.DeliveryError;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Is told what becomes of deliveries. Every method does nothing unless it is overridden, so methods
 * can be added.
 *
 * <p><b>Contract.</b> Calls come one after another on a thread of their own, after the outcome has
 * been written. For each attempt there is one call of {@link #attemptFinished}; the attempt that
 * ends its delivery is followed by exactly one of {@link #deliverySucceeded} and
 * {@link #deliveryFailed}. Calls are not durable: those of a process that dies are lost, and when a
 * slow listener falls 10,000 calls behind, further calls are dropped and counted in the log. An
 * exception is logged and otherwise ignored.
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
   * Called when the database does not answer the engine, at the first failure and then at most once
   * a minute.
   *
   * @param fault what was reported
   * @param since for how long it has not answered
   */
  default void storeTrouble(Throwable fault, Duration since) {}

  /**
   * The delivery a call is about.
   *
   * @param deliveryId {@code dlv_…}
   * @param webhookId {@code wh_…}
   * @param eventId the event's public id
   * @param event the event type
   * @param nextAttempt how long until the next attempt, or null if there is none
   */
  record Finished(
      String deliveryId,
      String webhookId,
      String eventId,
      String event,
      @Nullable Duration nextAttempt) {}
}
