package dev.webhooks.testing.memory;

import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.spi.store.AttemptOutcome;
import java.time.Instant;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A webhook's statistics. Used only while the tables' lock is held. */
final class Counters {
  /** The number of failed attempts by when they began, since the last that succeeded. */
  private final NavigableMap<Instant, Integer> failures = new TreeMap<>();

  private long succeeded;
  private long failed;
  private @Nullable Instant lastAttempt;
  private @Nullable Instant lastSuccess;
  private @Nullable Instant lastFailure;

  void add(AttemptOutcome outcome) {
    Instant at = outcome.at();
    lastAttempt = later(lastAttempt, at);
    if (outcome.status() == DeliveryStatus.SUCCESS) {
      succeeded++;
      lastSuccess = later(lastSuccess, at);
      failures.headMap(at, true).clear();
      return;
    }
    lastFailure = later(lastFailure, at);
    if (lastSuccess == null || at.isAfter(lastSuccess)) {
      failures.merge(at, 1, Integer::sum);
    }
    if (outcome.status() == DeliveryStatus.FAILED) {
      failed++;
    }
  }

  /** Counts a delivery that was given up without an attempt. */
  void addGivenUp() {
    failed++;
  }

  WebhookStatistics read(long pending) {
    long consecutive = failures.values().stream().mapToLong(Integer::longValue).sum();
    return new WebhookStatistics(
        succeeded, failed, pending, consecutive, lastAttempt, lastSuccess, lastFailure);
  }

  private static Instant later(@Nullable Instant one, Instant other) {
    return one == null || other.isAfter(one) ? other : one;
  }
}
