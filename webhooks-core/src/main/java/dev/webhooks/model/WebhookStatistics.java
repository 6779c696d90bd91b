package dev.webhooks.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Counts what has become of a webhook's deliveries.
 *
 * @param succeeded deliveries that succeeded
 * @param failed deliveries that were given up
 * @param pending deliveries that are neither, exact up to 10,000
 * @param consecutiveFailures attempts that failed since the last one that succeeded
 * @param lastAttemptAt when the latest finished attempt began, or null
 * @param lastSuccessAt when the latest successful attempt began, or null
 * @param lastFailureAt when the latest failed attempt began, or null
 */
public record WebhookStatistics(
    long succeeded,
    long failed,
    long pending,
    long consecutiveFailures,
    @Nullable Instant lastAttemptAt,
    @Nullable Instant lastSuccessAt,
    @Nullable Instant lastFailureAt) {
  /** The statistics of a webhook that nothing was sent to. */
  public static final WebhookStatistics NONE = new WebhookStatistics(0, 0, 0, 0, null, null, null);

  /** Returns the number of all deliveries. */
  public long total() {
    return succeeded + failed + pending;
  }

  /**
   * Returns the share of finished deliveries that succeeded, 0 to 1, or null while nothing has
   * finished.
   */
  public @Nullable Double successRate() {
    long finished = succeeded + failed;
    return finished == 0 ? null : (double) succeeded / finished;
  }
}
