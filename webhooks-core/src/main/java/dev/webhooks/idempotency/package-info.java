/**
 * Idempotency keys: what makes a repeated request answer what the first one answered, without a
 * second effect.
 */
@NullMarked
package dev.webhooks.idempotency;

import org.jspecify.annotations.NullMarked;
