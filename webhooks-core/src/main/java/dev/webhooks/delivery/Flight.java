package dev.webhooks.delivery;

import dev.webhooks.spi.store.WebhookConfiguration;

/** An attempt that occupies a slot. Its state is guarded by the dispatcher's lock. */
final class Flight {
  final Held held;
  final WebhookConfiguration configuration;
  final Lane lane;
  final long startedAt;
  /** Whether it counts among those that take long, be it that it does or that it probably will. */
  boolean countedAsSlow;
  /** Whether it has taken long already. */
  boolean slow;

  Flight(Held held, WebhookConfiguration configuration, Lane lane, long startedAt) {
    this.held = held;
    this.configuration = configuration;
    this.lane = lane;
    this.startedAt = startedAt;
  }
}
