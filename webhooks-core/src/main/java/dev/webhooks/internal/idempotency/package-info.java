/** The use of an idempotency cache outside the store; not exported, free to change. */
@NullMarked
package dev.webhooks.internal.idempotency;

import org.jspecify.annotations.NullMarked;
