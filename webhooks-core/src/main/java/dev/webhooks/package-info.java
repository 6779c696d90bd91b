/**
 * The face a host talks to: {@link dev.webhooks.Webhooks} is built once and started with the host,
 * {@link dev.webhooks.AccountWebhooks} does everything for one of the host's customers.
 */
@NullMarked
package dev.webhooks;

import org.jspecify.annotations.NullMarked;
