package dev.webhooks.spi;

/**
 * Turns the data of an event into JSON. Implementations are thread-safe.
 *
 * <p>The default uses Jackson 2. Data given as JSON text or bytes never passes through a codec.
 */
@FunctionalInterface
public interface JsonCodec {
  /**
   * Encodes a value as a JSON object in UTF-8.
   *
   * @param data what the host gave to {@code Event.of}
   * @return the bytes, which are validated and then embedded as they are. Half a surrogate pair in
   *     a text must become an escape, which is refused, and no question mark
   * @throws IllegalArgumentException if the value cannot be encoded; reported as
   *     {@code INVALID_REQUEST}, with the path of a {@link JsonEncodingException} and otherwise
   *     without its message, which may quote the data
   */
  byte[] encode(Object data);
}
