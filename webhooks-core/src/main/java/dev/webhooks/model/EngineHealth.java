package dev.webhooks.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of the engine at one moment.
 *
 * @param databaseReachable whether the database answered just now
 * @param pending how many deliveries are pending, exact up to 10,000; 0 if the database did not
 *     answer
 * @param oldestPending when the oldest of those was published, or null
 * @param oldestPendingAge for how long that one has been pending, by the one clock, or null
 * @param inFlight how many attempts are under way in this instance
 * @param owned how many deliveries this instance holds in memory
 * @param unwritten how many outcomes wait to be written
 * @param lastHeartbeat the age of the last successful heartbeat, or null if this instance does not
 *     send
 * @param troubles what this instance does not get done at present; empty if all is well
 */
public record EngineHealth(
    boolean databaseReachable,
    long pending,
    @Nullable Instant oldestPending,
    @Nullable Duration oldestPendingAge,
    int inFlight,
    int owned,
    int unwritten,
    @Nullable Duration lastHeartbeat,
    List<EngineTrouble> troubles) {
  /** Copies the troubles. */
  public EngineHealth {
    troubles = Copies.of(troubles, "troubles");
  }
}
