package dev.webhooks.testing.memory;

import java.time.Instant;

/**
 * The rest of an erased account that is still to be removed.
 *
 * @param account the account
 * @param at when it was erased
 * @param due when its events are removed next
 */
record Erasure(String account, Instant at, Instant due) {}
