package dev.webhooks.spi.store;

import dev.webhooks.idempotency.Fingerprint;
import org.jspecify.annotations.Nullable;

/**
 * The result of storing an event.
 *
 * @param stored true if it was stored now, false if its id had been used before
 * @param deliveries how many deliveries the event has: now, or when its id was first used
 * @param fingerprint what was published when the id was first used; the event's own if it was
 *     stored now; null if that event was given no id
 */
public record EventReceipt(
    boolean stored, int deliveries, @Nullable Fingerprint fingerprint) {}
