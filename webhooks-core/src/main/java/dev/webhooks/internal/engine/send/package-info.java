/**
 * The way from an owned delivery to its written outcome: one queue per webhook in memory, the
 * dispatcher over them with slots and memory budget, the attempt and the completer. Not exported.
 */
@NullMarked
package dev.webhooks.internal.engine.send;

import org.jspecify.annotations.NullMarked;
