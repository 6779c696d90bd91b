/**
 * The validation rules as interfaces, each small and with one reason to change. A host replaces or
 * decorates each by an option of {@code WebhooksBuilder}.
 *
 * <p>A rule either returns its input in canonical form or throws a
 * {@link dev.webhooks.model.WebhookException} whose message names what to change and holds no
 * secret, no payload and no resolved address. {@link TargetGuard} applies the rule for addresses
 * again whenever one is dialled.
 */
@NullMarked
package dev.webhooks.validation;

import org.jspecify.annotations.NullMarked;
