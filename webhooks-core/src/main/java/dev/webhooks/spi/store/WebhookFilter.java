package dev.webhooks.spi.store;

import dev.webhooks.model.WebhookStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which webhooks of an account to list, newest first.
 *
 * @param status only this status, or null for all
 * @param patterns only webhooks subscribed to one of these patterns, or null for all
 * @param offset how many to skip
 * @param limit how many to return at most
 */
public record WebhookFilter(
    @Nullable WebhookStatus status, @Nullable List<String> patterns, int offset, int limit) {}
