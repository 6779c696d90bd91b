package dev.webhooks.management;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP request as the host's server received it.
 *
 * <p>The body is not copied: do not change it while the request is handled.
 *
 * @param method the method, in capitals
 * @param path the path as it was sent, still percent-encoded and with the base path, such as
 *     {@code HttpServletRequest.getRequestURI()} or {@code URI.getRawPath()}; nothing that this API
 *     has needs encoding, so an encoded character is found nowhere
 * @param query what follows the question mark as it was sent, still percent-encoded; null or empty
 *     if there is nothing
 * @param headers every value of each header; the case of names does not matter
 * @param body the body, of which a host need not read more than
 *     {@link ManagementApi#MAX_BODY_BYTES} + 1 bytes; empty if there is none
 */
public record ApiRequest(
    String method,
    String path,
    @Nullable String query,
    Map<String, List<String>> headers,
    byte[] body) {
  /** Copies the headers, so that they cannot change. */
  public ApiRequest {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(body, "body");
    headers = copy(Objects.requireNonNull(headers, "headers"));
  }

  /** Returns every value of a header, in the order they were given. */
  List<String> header(String name) {
    return headers.getOrDefault(name, List.of());
  }

  /** Returns a text without path, query, header values and body, which strangers wrote. */
  @Override
  public String toString() {
    return "ApiRequest[" + body.length + " bytes, " + headers.size() + " headers]";
  }

  private static Map<String, List<String>> copy(Map<String, List<String>> headers) {
    Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.forEach((name, values) -> {
      // Some servers list their request line under no name at all.
      if (name != null) {
        copy.computeIfAbsent(name, ignored -> new ArrayList<>()).addAll(values);
      }
    });
    copy.replaceAll((name, values) -> List.copyOf(values));
    return Collections.unmodifiableMap(copy);
  }
}
