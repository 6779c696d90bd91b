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
   * Returns deliveries in the order of their ids, the greatest and so the newest first, by merging
   * the queue and the finished ones. A delivery keeps its id, and so its place, when it ends.
   *
   * @param webhook the webhook
   * @param filters the filters; page, limit and cursor are ignored
   * @param section which of the deliveries that the filters let through
   */
  List<Delivery> list(WebhookConfiguration webhook, DeliveryQuery filters, LogSection section);

  /**
   * Returns the page of a query that has a number, newest first.
   *
   * @param webhook the webhook
   * @param query page, limit and filters, within their ranges; the cursor is ignored
   */
  default List<Delivery> page(WebhookConfiguration webhook, DeliveryQuery query) {
    int offset = (query.page() - 1) * query.limit();
    return list(webhook, query, new LogSection(null, offset, query.limit()));
  }

  /**
   * Counts the deliveries that a query's filters let through.
   *
   * @param webhook the webhook
   * @param query the filters; page, limit and cursor are ignored
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
