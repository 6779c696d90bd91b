/** The registry of webhooks and the delivery logs of each webhook, as interfaces. */
@NullMarked
package dev.webhooks.registry;

import org.jspecify.annotations.NullMarked;
