/**
 * The delivery engine, composed of its rooms. Not exported.
 *
 * <p>A room uses those below it, never above: {@code upkeep}, {@code publish}, {@code ownership},
 * {@code send}, {@code endpoint}, {@code base}.
 */
@NullMarked
package dev.webhooks.internal.engine;

import org.jspecify.annotations.NullMarked;
