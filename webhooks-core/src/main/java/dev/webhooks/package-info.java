/**
 * The face a host talks to: {@link dev.webhooks.Webhooks} is built once and started with the host,
 * {@link dev.webhooks.AccountWebhooks} does everything for one of the host's customers.
 *
 * <p>What is not marked as nullable must be present in every call of a host: null is refused by a
 * {@link NullPointerException} whose message is the parameter's name.
 */
@NullMarked
package dev.webhooks;

import org.jspecify.annotations.NullMarked;
