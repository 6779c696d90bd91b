package dev.webhooks.internal.engine.ownership;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The detector of other instances that have stopped beating. Used by one thread.
 *
 * <p>An instance is dead when successful reads have found the same beat over 12 s of this
 * instance's monotonic time, no two reads more than 4 s apart. A longer gap starts over for all, so
 * an outage of the database or a pause of this process declares nobody dead.
 */
public final class DeadInstanceDetector {
  static final Duration DEAD_AFTER = Duration.ofSeconds(12);
  static final Duration LONGEST_GAP = Duration.ofSeconds(4);

  private final Map<Long, Sighting> sightings = new HashMap<>();
  private long lastRead;

  /**
   * Takes a reading of all beats and returns the instances that are dead.
   *
   * @param beats the beat of each instance
   * @param self the number of this instance, which is never dead to itself
   * @param tick when the reading was taken
   */
  List<Dead> observe(Map<Long, Long> beats, long self, long tick) {
    if (tick - lastRead > LONGEST_GAP.toNanos()) {
      sightings.clear();
    }
    lastRead = tick;
    sightings.keySet().retainAll(beats.keySet());
    List<Dead> dead = new ArrayList<>();
    beats.forEach((instance, beat) -> {
      Sighting first = sightings.get(instance);
      if (first == null || first.beat != beat) {
        sightings.put(instance, new Sighting(beat, tick));
      } else if (instance != self && tick - first.tick >= DEAD_AFTER.toNanos()) {
        dead.add(new Dead(instance, beat));
      }
    });
    return dead;
  }

  /** A dead instance and its last beat. */
  public record Dead(long instance, long beat) {}

  private record Sighting(long beat, long tick) {}
}
