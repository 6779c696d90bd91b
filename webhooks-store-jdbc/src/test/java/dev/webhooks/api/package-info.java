/** Tests that watch the public types of the three libraries together. */
@NullMarked
package dev.webhooks.api;

import org.jspecify.annotations.NullMarked;
