package dev.webhooks.spi.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The number and age of the deliveries that wait in the queue.
 *
 * @param pending how many deliveries are pending, exact up to 10,000
 * @param oldest when the oldest of those counted was created, or null if there is none
 */
public record QueueDepth(long pending, @Nullable Instant oldest) {}
