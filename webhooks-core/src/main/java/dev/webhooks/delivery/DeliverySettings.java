package dev.webhooks.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Bounds and times of an engine.
 *
 * @param schedule when failed attempts are repeated
 * @param requestTimeout how long a whole exchange may take
 * @param expiry how long after its publishing a delivery may stay pending
 * @param retention how long a finished delivery and its payload are kept
 * @param maxInFlight how many attempts run at once
 * @param maxInFlightPerWebhook how many attempts of one webhook run at once
 * @param maxOwned how many deliveries are held in memory
 * @param maxOwnedBytes how many bytes of bodies are held in memory
 * @param completionLinger how long outcomes are collected before they are written
 */
public record DeliverySettings(
    RetrySchedule schedule,
    Duration requestTimeout,
    Duration expiry,
    Duration retention,
    int maxInFlight,
    int maxInFlightPerWebhook,
    int maxOwned,
    long maxOwnedBytes,
    Duration completionLinger) {

  /**
   * The defaults: 256 attempts at once, 8 of one webhook, 30 s for an exchange, 5 days to expiry,
   * 30 days kept.
   */
  public static final DeliverySettings DEFAULTS = new DeliverySettings(
      RetrySchedule.standard(),
      Duration.ofSeconds(30),
      Duration.ofDays(5),
      Duration.ofDays(30),
      256,
      8,
      8_192,
      Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 8),
      Duration.ofMillis(3));

  /** The longest request, and the longest wait for requests. */
  public static final Duration LONGEST_REQUEST = Duration.ofDays(1);

  /** The longest that anything is kept or waited for. */
  private static final Duration LONGEST_TIME = Duration.ofDays(10_000);

  /**
   * Returns what is wrong with these settings, one sentence for each problem; empty if nothing is.
   */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    requireInRange(problems, "requestTimeout", requestTimeout, LONGEST_REQUEST);
    requireInRange(problems, "expiry", expiry, LONGEST_TIME);
    requireInRange(problems, "retention", retention, LONGEST_TIME);
    if (maxInFlight < 1 || maxInFlightPerWebhook < 1 || maxInFlightPerWebhook > maxInFlight) {
      problems.add(
          "maxInFlight and maxInFlightPerWebhook must be at least 1, and the second not above the first");
    }
    if (schedule.longest().compareTo(expiry) > 0) {
      problems.add("the retry schedule can take " + schedule.longest()
          + ", longer than the expiry of " + expiry);
    }
    return problems;
  }

  private static void requireInRange(
      List<String> problems, String name, Duration value, Duration longest) {
    if (value.isNegative() || value.isZero() || value.compareTo(longest) > 0) {
      problems.add(name + " must be longer than zero and at most " + longest.toDays()
          + " days, not " + value);
    }
  }
}
