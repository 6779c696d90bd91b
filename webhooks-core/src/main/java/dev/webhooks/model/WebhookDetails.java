package dev.webhooks.model;

import java.util.List;
import java.util.Objects;

/**
 * A webhook with its latest deliveries.
 *
 * @param webhook configuration and statistics
 * @param deliveries the latest 10 deliveries, newest first
 */
public record WebhookDetails(Webhook webhook, List<Delivery> deliveries) {
  /** Copies the list, so that the value cannot change. */
  public WebhookDetails {
    Objects.requireNonNull(webhook, "webhook");
    deliveries = Copies.of(deliveries, "deliveries");
  }
}
