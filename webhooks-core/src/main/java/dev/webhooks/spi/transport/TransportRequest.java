package dev.webhooks.spi.transport;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request to send as it is: {@code POST} of a JSON body.
 *
 * <p>The body is not copied: neither the engine nor a transport changes it.
 *
 * @param url the canonical {@code https} URL
 * @param headers every header but those that frame the message, in the order to send them; no name
 *     twice
 * @param body the bytes that were signed
 * @param traceContext in which context the event was published, see {@code Tracing}; null if there
 *     is none. Nothing of it is to be sent: where the host wants it, it is among the headers.
 */
public record TransportRequest(
    String url,
    Map<String, String> headers,
    byte[] body,
    @Nullable String traceContext) {
  /** Copies the headers, so that they cannot change. */
  public TransportRequest {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /** Creates a request of an event that was published without a context. */
  public TransportRequest(String url, Map<String, String> headers, byte[] body) {
    this(url, headers, body, null);
  }

  /** Returns a text without URL, header values and body, which may all hold secrets. */
  @Override
  public String toString() {
    return "TransportRequest[" + body.length + " bytes, headers=" + headers.keySet() + "]";
  }
}
