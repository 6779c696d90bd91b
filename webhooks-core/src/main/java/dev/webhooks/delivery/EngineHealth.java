package dev.webhooks.delivery;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the engine is doing.
 *
 * @param databaseReachable whether the database answered just now
 * @param pending how many deliveries are pending, exact up to 10,000; 0 if the database did not
 *     answer
 * @param oldestPending when the oldest of those was published, or null
 * @param oldestPendingAge for how long that one has been pending, by the one clock, or null
 * @param inFlight how many attempts are under way in this instance
 * @param held how many deliveries this instance holds in memory
 * @param unwritten how many outcomes wait to be written
 * @param lastHeartbeat the age of the last successful heartbeat, or null if this instance does not
 *     send
 */
public record EngineHealth(
    boolean databaseReachable,
    long pending,
    @Nullable Instant oldestPending,
    @Nullable Duration oldestPendingAge,
    int inFlight,
    int held,
    int unwritten,
    @Nullable Duration lastHeartbeat) {}
