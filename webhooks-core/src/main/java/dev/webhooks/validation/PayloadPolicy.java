package dev.webhooks.validation;

import dev.webhooks.model.Event;
import dev.webhooks.model.EventType;
import dev.webhooks.spi.JsonCodec;
import java.util.Objects;

/** Decides which payloads events may have. Implementations are thread-safe. */
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

  /**
   * Returns the rule of the library: one JSON object (RFC 8259) in valid UTF-8 without a byte order
   * mark, with no key twice in any object and no half of a surrogate pair in any text, nested at
   * most 100 deep and with numbers of at most 1,000 digits, that has every required field of its
   * type, be it null.
   *
   * @param codec encodes data that is not JSON already
   * @param maxBytes how many bytes the JSON has at most, 2 or more
   * @throws IllegalArgumentException if the number is less than 2
   */
  static PayloadPolicy standard(JsonCodec codec, int maxBytes) {
    return new JsonPayloadPolicy(Objects.requireNonNull(codec, "codec"), maxBytes);
  }
}
