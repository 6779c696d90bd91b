package dev.webhooks.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
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
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Makes the names of headers compare without case. */
  public ReceivedRequest {
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(headers, "headers");
    Objects.requireNonNull(body, "body");
    Objects.requireNonNull(at, "at");
    Map<String, String> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    copy.putAll(headers);
    headers = Collections.unmodifiableMap(copy);
  }

  /** Returns the body as text. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** Returns the body as JSON: {@code id}, {@code type}, {@code timestamp} and {@code data}. */
  public Map<String, Object> json() {
    return parsed("");
  }

  /** Returns the event's data as JSON. */
  public Map<String, Object> data() {
    return parsed("/data");
  }

  /** Returns a header's value, or null. */
  public String header(String name) {
    Objects.requireNonNull(name, "name");
    return headers.get(name);
  }

  /** Returns the event type. */
  public String event() {
    return header("x-webhook-event");
  }

  /** Returns the event's id: the same over attempts and manual retries. */
  public String eventId() {
    return header("webhook-id");
  }

  /** Returns the delivery's id, {@code dlv_…}: the same over attempts. */
  public String deliveryId() {
    return header("x-webhook-delivery");
  }

  /** Returns which attempt of its delivery this was; the first is 1. */
  public int attempt() {
    return Integer.parseInt(header("x-webhook-attempt"));
  }

  /** Returns what it was, without URL, header values and body, which may hold secrets. */
  @Override
  public String toString() {
    return event() + " " + eventId() + ", attempt " + header("x-webhook-attempt") + " at " + at
        + ", signature " + (signatureIsValid ? "valid" : "INVALID");
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> parsed(String pointer) {
    try {
      return JSON.treeToValue(JSON.readTree(body).at(pointer), Map.class);
    } catch (IOException e) {
      throw new UncheckedIOException("the body is not JSON", e);
    }
  }
}
