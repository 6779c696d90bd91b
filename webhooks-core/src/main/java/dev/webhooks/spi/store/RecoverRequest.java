package dev.webhooks.spi.store;

import java.time.Instant;
import java.util.UUID;

/**
 * Which failed deliveries to find.
 *
 * @param webhook the number of the webhook they went to
 * @param from created at this instant or later
 * @param to created before this instant
 * @param after the search goes on behind this id; all zeros at first
 * @param limit how many at most
 */
public record RecoverRequest(long webhook, Instant from, Instant to, UUID after, int limit) {}
