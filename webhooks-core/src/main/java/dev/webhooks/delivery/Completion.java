package dev.webhooks.delivery;

import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.util.UUID;

/**
 * An attempt that has ended and whose outcome is to be written.
 *
 * @param held the delivery
 * @param configuration what it was sent with
 * @param outcome what came of it
 */
record Completion(Held held, WebhookConfiguration configuration, AttemptOutcome outcome) {
  UUID id() {
    return held.ref().id();
  }

  /**
   * Returns whether this was a probe that did not reach its endpoint: the delivery was only the
   * occasion, so it is handed back as it was, with no attempt counted or logged.
   */
  boolean failedProbe() {
    Sign sign = Sign.of(outcome);
    return held.probe() && sign != null && sign.kind() == Sign.Kind.UNREACHED;
  }
}
