package dev.webhooks.delivery;

import dev.webhooks.spi.store.WebhookConfiguration;

/** An attempt that occupies a slot. Its state is guarded by the dispatcher's lock. */
final class Flight {
  final Held held;
  final WebhookConfiguration configuration;
  final Lane lane;
  final long startedAt;
  /** True if it counts as slow, because it is or because it probably will be. */
  boolean countedAsSlow;
  /** True once it has taken long. */
  boolean slow;

  Flight(Held held, WebhookConfiguration configuration, Lane lane, long startedAt) {
    this.held = held;
    this.configuration = configuration;
    this.lane = lane;
    this.startedAt = startedAt;
  }
}
