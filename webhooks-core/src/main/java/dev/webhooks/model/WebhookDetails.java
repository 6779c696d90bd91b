package dev.webhooks.model;

import java.util.List;

/**
 * A webhook with its latest deliveries.
 *
 * @param webhook configuration and statistics
 * @param deliveries the latest 10 deliveries, newest first
 */
public record WebhookDetails(Webhook webhook, List<Delivery> deliveries) {
  /** Copies the list, so that the value cannot change. */
  public WebhookDetails {
    deliveries = List.copyOf(deliveries);
  }
}
