package dev.webhooks.host;

import dev.webhooks.model.EventCatalog;

/** The event types of a host, the same in production and in tests. */
final class OrderEvents {
  static final EventCatalog CATALOG =
      EventCatalog.builder().event("order.paid", "An order was paid", "orderId").build();

  private OrderEvents() {}
}
