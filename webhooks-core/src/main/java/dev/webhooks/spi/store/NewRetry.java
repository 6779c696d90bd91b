package dev.webhooks.spi.store;

import java.util.UUID;

/**
 * A delivery that retries a failed one.
 *
 * @param failed the failed delivery's id
 * @param id the id of the delivery that retries it
 */
public record NewRetry(UUID failed, UUID id) {}
