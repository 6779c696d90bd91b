package dev.webhooks.registry;

import dev.webhooks.spi.store.HostTransaction;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf, in which transaction and under which idempotency key an operation runs.
 *
 * @param account the account that every row must belong to
 * @param transaction the host's transaction to join, or null for one of the library's own
 * @param idempotencyKey the caller's key, or null
 */
public record Scope(
    String account,
    @Nullable HostTransaction transaction,
    @Nullable String idempotencyKey) {}
