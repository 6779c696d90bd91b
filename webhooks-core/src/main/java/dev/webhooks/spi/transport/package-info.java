/** What a transport implements, and what it is given to decide which addresses it may dial. */
@NullMarked
package dev.webhooks.spi.transport;

import org.jspecify.annotations.NullMarked;
