package dev.webhooks.validation;

import dev.webhooks.model.Event;
import dev.webhooks.model.EventType;

/**
 * The rule for the payloads of events. Implementations are thread-safe.
 *
 * <p>The library's rule takes one JSON object (RFC 8259) in valid UTF-8 without a byte order mark.
 * No object has a key twice, and no text has half a surrogate pair. It is nested at most 100 deep,
 * and its numbers have at most 1,000 digits. It has every required field of its type; the value may
 * be null.
 */
@FunctionalInterface
public interface PayloadPolicy {
  /** The most bytes of JSON that a payload has, unless configured. */
  int DEFAULT_MAX_BYTES = 256 * 1024;

  /**
   * Returns an event's data as the JSON to embed: as given if it is JSON already, else encoded.
   *
   * @param event the event; only its data is looked at
   * @param type its type, which says which fields are required
   * @return the bytes of one JSON object in UTF-8
   * @throws dev.webhooks.model.WebhookException with {@code PAYLOAD_TOO_LARGE}, or with
   *     {@code INVALID_REQUEST} naming what is wrong, without quoting the data
   */
  byte[] read(Event event, EventType type);
}
