/**
 * The validation rules, each small and with one reason to change, and the guard that applies the
 * rule for addresses again whenever one is dialled.
 *
 * <p>A rule either returns its input in canonical form or throws a
 * {@link dev.webhooks.model.WebhookException} whose message names what to change and holds no
 * secret, no payload and no resolved address.
 */
@NullMarked
package dev.webhooks.validation;

import org.jspecify.annotations.NullMarked;
