package dev.webhooks.management;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * An HTTP response for the host's server to send as it is.
 *
 * <p>The body is not copied: it belongs to the caller.
 *
 * @param status the HTTP status
 * @param headers every header but those that frame the message; names in lower case
 * @param body the body; empty if there is none
 */
public record ApiResponse(int status, Map<String, String> headers, byte[] body) {
  /** Copies the headers, so that they cannot change. */
  public ApiResponse {
    Objects.requireNonNull(headers, "headers");
    Objects.requireNonNull(body, "body");
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /**
   * Returns a response whose body is a JSON object, with the headers that every response of this
   * API has.
   *
   * @param status the HTTP status
   * @param fields the object: texts, numbers, booleans and null, and lists and maps of these
   * @throws IllegalArgumentException if a value is nothing that JSON knows
   */
  public static ApiResponse json(int status, Map<String, ?> fields) {
    Objects.requireNonNull(fields, "fields");
    return Replies.json(status, fields);
  }

  /** Returns the body as text. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** Returns a text without the body, which may hold a secret. */
  @Override
  public String toString() {
    return "ApiResponse[" + status + ", " + body.length + " bytes]";
  }
}
