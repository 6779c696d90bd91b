package dev.webhooks.delivery;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.internal.validation.Envelope;

/** Tells a repetition of an event from another event under the same id, by what is sent of it. */
final class EventContent {
  private EventContent() {}

  /**
   * Returns the fingerprint of what a body says, its id left out. Two bodies that say the same in
   * another order or form have one fingerprint.
   *
   * @param body the bytes that are sent
   * @param timed whether the host said when it happened; the time of publishing is no part of the
   *     content
   */
  static Fingerprint fingerprint(byte[] body, boolean timed) {
    Envelope.Content content = Envelope.content(body);
    return Fingerprint.of("publish")
        .add(content.type())
        .add(timed ? content.timestamp() : null)
        .addJson(content.data())
        .build();
  }
}
