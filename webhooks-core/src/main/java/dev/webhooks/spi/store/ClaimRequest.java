package dev.webhooks.spi.store;

import java.time.Instant;
import java.util.Set;

/**
 * How much to claim, and for whom.
 *
 * @param owner the instance that claims
 * @param now the one clock's time; rows due later stay
 * @param after the number of the webhook served last: the search starts behind it and wraps round
 * @param perWebhook how many rows of one webhook at most
 * @param total how many rows in all at most
 * @param bytes how many bytes of bodies in all at most; the first row is taken whatever its size
 * @param full numbers of webhooks to leave out, because their lanes have no room
 */
public record ClaimRequest(
    long owner, Instant now, long after, int perWebhook, int total, long bytes, Set<Long> full) {}
