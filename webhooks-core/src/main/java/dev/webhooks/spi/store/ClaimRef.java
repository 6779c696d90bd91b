package dev.webhooks.spi.store;

/**
 * A delivery held by an instance: together with the instance's number this is the fence for every
 * later write.
 *
 * @param ref the delivery
 * @param claim the claim number it is held under
 */
public record ClaimRef(DeliveryRef ref, int number) {}
