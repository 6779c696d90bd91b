/**
 * The registry of webhooks: create, get, list, update and delete with validation, limits and
 * idempotency keys, and the delivery logs of each webhook.
 */
@NullMarked
package dev.webhooks.registry;

import org.jspecify.annotations.NullMarked;
