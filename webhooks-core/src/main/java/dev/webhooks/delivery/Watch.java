package dev.webhooks.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Watches the beats of other instances and says which of them have stopped.
 *
 * <p>An instance counts as dead when its beat has been the same in successful reads over 12 s of
 * this instance's own monotonic time, no two reads more than 4 s apart. A longer gap starts every
 * watch over, so an outage of the database or a pause of the watcher declares nobody dead. Used by
 * one thread.
 */
final class Watch {
  static final Duration DEAD_AFTER = Duration.ofSeconds(12);
  static final Duration LONGEST_GAP = Duration.ofSeconds(4);

  private final Map<Long, Sighting> sightings = new HashMap<>();
  private long lastRead;

  /**
   * Takes a reading of all beats.
   *
   * @param beats the beat of each instance
   * @param self the number of this instance, which is not watched
   * @param tick when the reading was taken
   * @return instances that are dead, with the beat that was seen for too long
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

  record Dead(long instance, long beat) {}

  private record Sighting(long beat, long tick) {}
}
