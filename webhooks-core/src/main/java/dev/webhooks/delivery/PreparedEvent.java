package dev.webhooks.delivery;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.model.PublicId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event that passed validation, with the bytes that will be signed and sent.
 *
 * @param id the event's own id
 * @param givenId the id that the host gave, or null
 * @param type the event type
 * @param body the bytes to sign and send
 * @param timed whether the host said when it happened
 * @param fingerprint the content, to tell a repetition from another event under the given id; null
 *     without a given id
 */
record PreparedEvent(
    UUID id,
    @Nullable String givenId,
    String type,
    byte[] body,
    boolean timed,
    @Nullable Fingerprint fingerprint) {
  /** Returns the id that receivers see. */
  String eventId() {
    return givenId == null ? PublicId.EVENT.format(id) : givenId;
  }
}
