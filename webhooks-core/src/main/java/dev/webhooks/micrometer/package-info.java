/** Meters for Micrometer, which is an optional dependency. */
@NullMarked
package dev.webhooks.micrometer;

import org.jspecify.annotations.NullMarked;
