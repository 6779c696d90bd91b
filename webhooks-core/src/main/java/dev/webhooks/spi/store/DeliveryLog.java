package dev.webhooks.spi.store;

import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryQuery;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Reads pending and finished deliveries of one webhook. The caller has checked that the account
 * owns it.
 */
public interface DeliveryLog {
  /** Up to how many deliveries are counted for a page's total. */
  int COUNT_LIMIT = 10_000;

  /**
   * Returns deliveries, newest first, by merging the queue and the finished ones.
   *
   * @param webhook the webhook
   * @param query page, limit and filters, within their ranges
   */
  List<Delivery> page(WebhookConfiguration webhook, DeliveryQuery query);

  /**
   * Counts the deliveries that a query's filters let through.
   *
   * @param webhook the webhook
   * @param query the filters; page and limit are ignored
   * @return the number, or {@link #COUNT_LIMIT} + 1 if there are more than {@link #COUNT_LIMIT}
   */
  int count(WebhookConfiguration webhook, DeliveryQuery query);

  /**
   * Returns a delivery with its attempts and the event's body.
   *
   * @param webhook the webhook
   * @param delivery the delivery's id
   */
  Optional<LoggedDelivery> find(WebhookConfiguration webhook, UUID delivery);
}
