/** Instants, the clock of all instances and ids in its order; not exported, free to change. */
@NullMarked
package dev.webhooks.internal.time;

import org.jspecify.annotations.NullMarked;
