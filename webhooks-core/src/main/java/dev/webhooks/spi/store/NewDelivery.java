package dev.webhooks.spi.store;

/**
 * A delivery to store with its event; due when the event was created. Its claim number is 0,
 * whoever owns it.
 *
 * @param ref the delivery
 * @param owner the number of the instance that will hold it, or 0 for nobody
 */
public record NewDelivery(DeliveryRef ref, long owner) {}
