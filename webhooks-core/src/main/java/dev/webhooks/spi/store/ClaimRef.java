package dev.webhooks.spi.store;

/**
 * A claim of an instance on a delivery. Together with the instance's number it fences every later
 * write.
 *
 * @param ref the delivery
 * @param number the claim number, which grows with every change of owner
 */
public record ClaimRef(DeliveryRef ref, int number) {}
