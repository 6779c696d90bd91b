/**
 * Ports that a host may implement, besides those of a store and a transport: JSON, encryption of
 * secrets, and the sources of time, randomness, ids and threads.
 */
@NullMarked
package dev.webhooks.spi;

import org.jspecify.annotations.NullMarked;
