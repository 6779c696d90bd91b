/**
 * What a host may plug into the library besides a store and a transport: JSON, encryption of
 * secrets, and the sources of time, randomness, ids and threads.
 */
@NullMarked
package dev.webhooks.spi;

import org.jspecify.annotations.NullMarked;
