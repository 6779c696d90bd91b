package dev.webhooks.delivery;

import dev.webhooks.spi.store.AttemptOutcome;
import java.util.UUID;

/**
 * An attempt that has ended and whose outcome is to be written.
 *
 * @param held the delivery
 * @param webhook the webhook's id
 * @param outcome what to write
 */
record Completion(Held held, UUID webhook, AttemptOutcome outcome) {
  UUID id() {
    return held.ref().id();
  }
}
