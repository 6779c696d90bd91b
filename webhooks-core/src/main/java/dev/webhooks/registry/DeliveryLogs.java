package dev.webhooks.registry;

import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryDetails;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.Page;

/**
 * Reads what became of the deliveries of a webhook. Implementations are thread-safe.
 *
 * <p>It reads what is committed, on a connection of the library's own: the scope's transaction does
 * not matter.
 */
public interface DeliveryLogs {
  /**
   * Returns a page of deliveries, newest first.
   *
   * @throws dev.webhooks.model.WebhookException with {@code WEBHOOK_NOT_FOUND};
   *     {@code INVALID_REQUEST} if page, limit or dates are out of range or the cursor is of
   *     another list; {@code INVALID_EVENTS} if the event is not in the catalogue
   */
  Page<Delivery> list(Scope scope, String webhookId, DeliveryQuery query);

  /**
   * Returns a delivery with its payload and attempts.
   *
   * @throws dev.webhooks.model.WebhookException with {@code WEBHOOK_NOT_FOUND} or
   *     {@code DELIVERY_NOT_FOUND}
   */
  DeliveryDetails get(Scope scope, String webhookId, String deliveryId);
}
