package dev.webhooks.spi.store;

import java.util.UUID;

/**
 * Names a delivery.
 *
 * @param webhook the number of the webhook it goes to
 * @param id the delivery's id
 */
public record DeliveryRef(long webhook, UUID id) {}
