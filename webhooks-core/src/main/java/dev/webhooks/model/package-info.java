/** The values a host names. */
@NullMarked
package dev.webhooks.model;

import org.jspecify.annotations.NullMarked;
