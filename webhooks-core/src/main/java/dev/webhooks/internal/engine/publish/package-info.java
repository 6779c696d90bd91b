/**
 * The way from a host's call to committed rows and their hand-over to the dispatcher. Not exported.
 */
@NullMarked
package dev.webhooks.internal.engine.publish;

import org.jspecify.annotations.NullMarked;
