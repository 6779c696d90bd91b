package dev.webhooks.spi.store;

import dev.webhooks.model.Attempt;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryQuery;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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
  List<Delivery> list(WebhookConfiguration webhook, DeliveryQuery filters, Section section);

  /**
   * Returns the page of a query that has a number, newest first.
   *
   * @param webhook the webhook
   * @param query page, limit and filters, within their ranges; the cursor is ignored
   */
  default List<Delivery> page(WebhookConfiguration webhook, DeliveryQuery query) {
    int offset = (query.page() - 1) * query.limit();
    return list(webhook, query, new Section(null, offset, query.limit()));
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

  /**
   * A section of a delivery log, of those deliveries that a query's filters let through.
   *
   * @param after only deliveries behind this id, that is with a smaller one, or null for all. The
   *     delivery need not exist any more
   * @param offset how many to skip
   * @param limit how many to return at most
   */
  record Section(@Nullable UUID after, int offset, int limit) {}

  /**
   * A delivery as the log has it.
   *
   * @param delivery the delivery
   * @param body the event's whole body; not copied; null if the event is not kept any more
   * @param attempts every attempt that has ended, the first one first
   */
  record LoggedDelivery(Delivery delivery, byte @Nullable [] body, List<Attempt> attempts) {}
}
