package dev.webhooks.spi.store;

import java.time.Instant;
import java.util.Map;

/**
 * The values that a beat has read.
 *
 * @param alive false if the instance's row is gone: it was declared dead and holds nothing any more
 * @param databaseTime the database's present time
 * @param beats the beat of every registered instance, by its number
 */
public record Heartbeat(boolean alive, Instant databaseTime, Map<Long, Long> beats) {}
