package dev.webhooks.spi.store;

import dev.webhooks.idempotency.Fingerprint;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event to store.
 *
 * @param id the event's own id
 * @param account who publishes it
 * @param givenId the id that the host gave, or null if the library made it, in which case
 *     {@code id} is the id
 * @param fingerprint what is published under the given id; null without one
 * @param type the event type
 * @param body the bytes to sign and send; not copied
 * @param createdAt when it is published
 * @param keepUntil until when the body is kept at least
 * @param traceContext in which context it is published, see {@code Tracing}; or null
 * @param deliveries one for each webhook that receives it; may be empty
 */
public record NewEvent(
    UUID id,
    String account,
    @Nullable String givenId,
    @Nullable Fingerprint fingerprint,
    String type,
    byte[] body,
    Instant createdAt,
    Instant keepUntil,
    @Nullable String traceContext,
    List<NewDelivery> deliveries) {

  /**
   * A delivery to store with its event; due when the event was created. Its claim number is 0,
   * whoever owns it.
   *
   * @param ref the delivery
   * @param owner the number of the instance that will hold it, or 0 for nobody
   */
  public record NewDelivery(DeliveryRef ref, long owner) {}
}
