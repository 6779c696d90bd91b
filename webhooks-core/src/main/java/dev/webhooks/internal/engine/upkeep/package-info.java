/**
 * The rescue of dead instances' deliveries, the end of deliveries that are never sent, and the
 * removal of old data. Not exported.
 */
@NullMarked
package dev.webhooks.internal.engine.upkeep;

import org.jspecify.annotations.NullMarked;
