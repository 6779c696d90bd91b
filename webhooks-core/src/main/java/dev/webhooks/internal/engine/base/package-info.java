/**
 * Parts that all rooms of the engine use: settings, loops, the clock, troubles and calls to the
 * host. Not exported.
 */
@NullMarked
package dev.webhooks.internal.engine.base;

import org.jspecify.annotations.NullMarked;
