package dev.webhooks.internal.engine.send;

import dev.webhooks.internal.engine.endpoint.EndpointSignal;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a delivery, from the slot that it occupies until its outcome is written. The
 * dispatcher guards its state as a user of a slot.
 */
final class DeliveryAttempt {
  final OwnedDelivery delivery;
  final WebhookConfiguration configuration;
  final WebhookQueue queue;
  final long startedAt;
  /** True if it counts as slow because it is, or because its webhook is suspect. */
  boolean countedAsSlow;
  /** True once it has taken long. */
  boolean slow;

  private @Nullable AttemptOutcome outcome;

  DeliveryAttempt(
      OwnedDelivery delivery,
      WebhookConfiguration configuration,
      WebhookQueue queue,
      long startedAt) {
    this.delivery = delivery;
    this.configuration = configuration;
    this.queue = queue;
    this.startedAt = startedAt;
  }

  UUID id() {
    return delivery.ref().id();
  }

  /** Sets the outcome before the attempt is handed to the completer. */
  void endWith(AttemptOutcome outcome) {
    this.outcome = outcome;
  }

  /** Returns the outcome of an attempt that has ended. */
  AttemptOutcome outcome() {
    return Objects.requireNonNull(outcome);
  }

  /**
   * Returns whether this was a probe that did not reach its endpoint. Such a delivery is released
   * unchanged, without an attempt counted or logged.
   */
  boolean isFailedProbe() {
    EndpointSignal signal = EndpointSignal.of(outcome());
    return delivery.probe() && signal != null && signal.kind() == EndpointSignal.Kind.UNREACHED;
  }
}
