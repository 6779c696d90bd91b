/**
 * Signs what is sent and verifies what was received: the schemes, the signer that applies them, and
 * {@link dev.webhooks.signing.WebhookVerifier} for the receiving side.
 */
@NullMarked
package dev.webhooks.signing;

import org.jspecify.annotations.NullMarked;
