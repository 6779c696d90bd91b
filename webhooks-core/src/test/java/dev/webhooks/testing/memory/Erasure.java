package dev.webhooks.testing.memory;

import java.time.Instant;

/**
 * What is still to be removed of an erased account.
 *
 * @param account the account
 * @param at when it was erased
 * @param due when its events are removed next
 */
record Erasure(String account, Instant at, Instant due) {}
