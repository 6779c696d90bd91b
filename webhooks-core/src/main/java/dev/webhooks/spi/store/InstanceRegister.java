package dev.webhooks.spi.store;

import java.time.Instant;
import java.util.Map;

/**
 * The register of instances that own deliveries. Each method is a transaction of its own.
 *
 * <p>Death is written down: an instance's rows are taken only after its own row was deleted, by
 * {@link #declareDead}.
 *
 * <p>A store may keep something for an instance from beat to beat, such as a connection. It lets go
 * of it when the instance leaves, even if that fails, and when a beat finds it dead.
 */
public interface InstanceRegister {
  /**
   * Registers an instance.
   *
   * @param version the library's version, for people who look at the table
   * @return a number that was never used before and is greater than 0
   */
  long register(String version);

  /**
   * Adds 1 to an instance's beat and reads all beats and the database's time.
   *
   * @param instance the instance's number
   */
  Beat beat(long instance);

  /** Returns the beat of every registered instance, by its number, for one that has none itself. */
  Map<Long, Long> beats();

  /**
   * Removes an instance that has released what it owned.
   *
   * @param instance the instance's number
   */
  void leave(long instance);

  /**
   * Declares an instance dead if its beat has not changed, and only then releases its rows, so that
   * anyone may claim them.
   *
   * @param instance the instance's number
   * @param beatSeen the beat that was read for too long
   * @return whether this call declared it dead
   */
  boolean declareDead(long instance, long beatSeen);

  /**
   * The values that a beat has read.
   *
   * @param alive false if the instance's row is gone: it was declared dead and holds nothing any
   *     more
   * @param databaseTime the database's present time
   * @param beats the beat of every registered instance, by its number
   */
  record Beat(boolean alive, Instant databaseTime, Map<Long, Long> beats) {}
}
