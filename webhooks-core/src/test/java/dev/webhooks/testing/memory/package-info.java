/**
 * A store that keeps everything in memory: for tests and demos, since what it holds is gone with
 * the process.
 */
@NullMarked
package dev.webhooks.testing.memory;

import org.jspecify.annotations.NullMarked;
