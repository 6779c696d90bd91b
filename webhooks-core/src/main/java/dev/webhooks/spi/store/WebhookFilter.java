package dev.webhooks.spi.store;

import dev.webhooks.model.WebhookStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which webhooks of an account to list: the newest first, and of those created at the same moment
 * the one with the greatest id.
 *
 * @param status only this status, or null for all
 * @param patterns only webhooks subscribed to one of these patterns, or null for all
 * @param after only webhooks behind this place in the order, or null for all; the total counts all
 * @param offset how many to skip
 * @param limit how many to return at most
 */
public record WebhookFilter(
    @Nullable WebhookStatus status,
    @Nullable List<String> patterns,
    @Nullable WebhookPlace after,
    int offset,
    int limit) {}
