package dev.webhooks.testing;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A request as a receiver got it.
 *
 * @param url where it was sent
 * @param headers its headers; names compare without case
 * @param body its body, byte for byte
 * @param at the clock's time when it arrived
 * @param signatureIsValid whether every signature verified on arrival, by the public verifying code
 */
public record ReceivedRequest(
    String url, Map<String, String> headers, byte[] body, Instant at, boolean signatureIsValid) {
  /** Makes the names of headers compare without case. */
  public ReceivedRequest {
    Map<String, String> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    copy.putAll(headers);
    headers = Collections.unmodifiableMap(copy);
  }

  /** Returns the body as text. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** Returns a header's value, or null. */
  public String header(String name) {
    return headers.get(name);
  }

  /** Returns the event type. */
  public String event() {
    return header("x-webhook-event");
  }

  /** Returns the event's id: the same over attempts. */
  public String eventId() {
    return header("webhook-id");
  }

  /** Returns which attempt of its delivery this was; the first is 1. */
  public int attempt() {
    return Integer.parseInt(header("x-webhook-attempt"));
  }
}
