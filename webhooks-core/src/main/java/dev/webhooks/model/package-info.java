/**
 * The values a host names: webhooks, events, deliveries, attempts, queries, pages and error codes.
 *
 * <p>Everything here is immutable and free of I/O; every other package may use it and it uses none
 * of them.
 */
@NullMarked
package dev.webhooks.model;

import org.jspecify.annotations.NullMarked;
