package dev.webhooks.spi.transport;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request to send as it is: {@code POST} of a JSON body.
 *
 * <p>The body is not copied: neither the engine nor a transport changes it.
 *
 * @param url the canonical {@code https} URL
 * @param headers every header but those that frame the message, in the order to send them; no name
 *     twice
 * @param body the bytes that were signed
 */
public record TransportRequest(String url, Map<String, String> headers, byte[] body) {
  /** Copies the headers, so that they cannot change. */
  public TransportRequest {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /** Returns a text without URL, header values and body, which may all hold secrets. */
  @Override
  public String toString() {
    return "TransportRequest[" + body.length + " bytes, headers=" + headers.keySet() + "]";
  }
}
