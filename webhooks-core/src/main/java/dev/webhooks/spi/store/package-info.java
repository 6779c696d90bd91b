/**
 * Ports that a store implements: transactions with the registry's rows, events and idempotency
 * keys; the queue of pending deliveries; the log; and the register of instances.
 *
 * <p>Ids are raw UUIDs here; webhooks also have a short number that the hot tables use. Every point
 * in time is passed in as a parameter from the one clock, truncated to microseconds.
 */
@NullMarked
package dev.webhooks.spi.store;

import org.jspecify.annotations.NullMarked;
