/**
 * The health of endpoints: signals of attempts, suspensions, probes, and webhooks that fail. Not
 * exported.
 */
@NullMarked
package dev.webhooks.internal.engine.endpoint;

import org.jspecify.annotations.NullMarked;
