package dev.webhooks.spi.store;

import java.time.Instant;
import java.util.UUID;

/**
 * A test request to store before it is sent.
 *
 * @param ref the delivery by which the log shows it
 * @param event the event's own id
 * @param account whose webhook is tested
 * @param body the bytes to sign and send; not copied
 * @param createdAt when it was asked for
 * @param until when it has ended at the latest; past that, its process is taken for dead
 * @param keepUntil until when the body is kept at least
 */
public record NewTest(
    DeliveryRef ref,
    UUID event,
    String account,
    byte[] body,
    Instant createdAt,
    Instant until,
    Instant keepUntil) {}
