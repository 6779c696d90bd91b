package dev.webhooks.spi.store;

/**
 * A delivery to store with its event; due at once.
 *
 * @param ref the delivery
 * @param owner the number of the instance that will hold it, or 0 for nobody
 */
public record NewDelivery(DeliveryRef ref, long owner) {}
