package dev.webhooks.spi.store;

import java.time.Instant;
import java.util.Map;

/**
 * A request to claim due deliveries for an instance.
 *
 * @param owner the instance that claims
 * @param now the one clock's time; rows due later stay
 * @param after the number of the webhook served last: the search starts behind it and wraps round
 * @param perWebhook how many rows of one webhook at most; with 0, only webhooks named in
 *     {@code limits} are served
 * @param total how many rows in all at most
 * @param bytes how many bytes of bodies in all at most; the first row is taken whatever its size
 * @param limits by number of webhook, how many rows at most of those for which it is not
 *     {@code perWebhook}; 0 leaves the webhook out
 */
public record ClaimRequest(
    long owner,
    Instant now,
    long after,
    int perWebhook,
    int total,
    long bytes,
    Map<Long, Integer> limits) {

  /** Returns how many rows of a webhook at most. */
  public int limit(long webhook) {
    return limits.getOrDefault(webhook, perWebhook);
  }
}
