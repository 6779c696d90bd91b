package dev.webhooks.delivery;

import java.util.Map;

/**
 * The bounds on one claim.
 *
 * @param perWebhook how many deliveries of one webhook
 * @param limits how many of those webhooks for which it is not {@code perWebhook}
 * @param total how many in all; 0 if there is room for nobody
 * @param bytes how many bytes of bodies in all
 */
record Allowance(int perWebhook, Map<Long, Integer> limits, int total, long bytes) {}
