/**
 * The ownership of rows: the heartbeat of this instance, the detection of dead ones, claims, and
 * unknown outcomes. Not exported.
 */
@NullMarked
package dev.webhooks.internal.engine.ownership;

import org.jspecify.annotations.NullMarked;
