package dev.webhooks.spi.store;

import dev.webhooks.model.DeliveryError;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that was ended without a request.
 *
 * @param ref the delivery
 * @param webhookId the webhook's public id, or null if its row is gone
 * @param account the account that owns the webhook, or null if its row is gone
 * @param eventId the event's public id
 * @param eventType the event type
 * @param traceContext in which context the event was published, or null
 * @param error why it failed; null if it was dropped without a trace because its webhook is deleted
 */
public record EndedDelivery(
    DeliveryRef ref,
    @Nullable String webhookId,
    @Nullable String account,
    String eventId,
    String eventType,
    @Nullable String traceContext,
    @Nullable DeliveryError error) {}
