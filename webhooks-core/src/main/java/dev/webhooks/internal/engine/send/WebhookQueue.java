package dev.webhooks.internal.engine.send;

import dev.webhooks.internal.engine.send.ConcurrencyLimit.Trust;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Everything that this instance has in memory about one webhook.
 *
 * <p>The {@link Dispatcher} and its {@link Slots} guard what waits and what is in flight;
 * {@link OwnedDeliveries} and its {@link MemoryBudget} guard the rest. Both use one lock.
 * {@link #trust}, {@link #limit} and {@link #working} change only under both guards.
 */
final class WebhookQueue {
  final long webhook;

  // Guarded by the dispatcher: what waits and what is in flight.

  /** Owned deliveries that have not started. */
  final ArrayDeque<OwnedDelivery> ready = new ArrayDeque<>();

  int inFlight;
  /** The number of attempts in flight that have already taken long. */
  int slow;
  /** The line in which this queue waits for a slot; null if it waits in none. */
  Slots.@Nullable Kind line;

  private @Nullable WebhookConfiguration configuration;
  private long readAt;

  // Guarded by both.

  final ConcurrencyLimit limit;
  Trust trust = Trust.UNKNOWN;
  /** True while something is ready or in flight. */
  boolean working;

  // Guarded by the owned deliveries: the memory that is used.

  /** The number of deliveries that this instance owns, reserved ones included. */
  int owned;
  /** The places that these take in the memory budget. */
  int places;
  /** True if a delivery had to stay in the store for want of memory. */
  boolean waitsForMemory;

  WebhookQueue(long webhook, int maxInFlight) {
    this.webhook = webhook;
    this.limit = new ConcurrencyLimit(maxInFlight);
  }

  /** Replaces the known configuration unless that is newer. */
  void configure(WebhookConfiguration read, long tick) {
    WebhookConfiguration known = configuration;
    boolean newer = known == null
        || read.version() > known.version()
        || (read.version() == known.version() && tick - readAt > 0);
    if (newer) {
      configuration = read;
      readAt = tick;
    }
  }

  /** Forgets the configuration, so that nothing starts until it has been read again. */
  void forgetConfiguration() {
    configuration = null;
  }

  /**
   * Returns the configuration if it was read less than {@code maxAge} nanoseconds ago, else null.
   */
  @Nullable
  WebhookConfiguration configuration(long tick, long maxAge) {
    return configuration == null || tick - readAt >= maxAge ? null : configuration;
  }

  boolean hasWork() {
    return !ready.isEmpty() || inFlight > 0;
  }

  /** Returns whether an attempt could start if a slot were free. */
  boolean hasTurn() {
    return !ready.isEmpty() && inFlight < limit.allowed();
  }
}
