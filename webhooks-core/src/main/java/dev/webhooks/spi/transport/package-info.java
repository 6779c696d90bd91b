/** Ports that a transport implements, and the guard that decides which addresses it may dial. */
@NullMarked
package dev.webhooks.spi.transport;

import org.jspecify.annotations.NullMarked;
