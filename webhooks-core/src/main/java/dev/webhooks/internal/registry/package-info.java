/**
 * The registry of webhooks in a store: its operations, idempotency keys, cursors, encryption and
 * delivery logs. Not exported: free to change.
 */
@NullMarked
package dev.webhooks.internal.registry;

import org.jspecify.annotations.NullMarked;
