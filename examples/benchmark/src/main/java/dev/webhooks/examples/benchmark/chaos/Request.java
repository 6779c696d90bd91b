package dev.webhooks.examples.benchmark.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * A request as the receiver reads it off its socket.
 *
 * @param behaviour what to do with it
 * @param endpoint the number of the endpoint
 * @param userAgent names the process that sent it
 * @param eventHash a hash of the {@code webhook-id}
 * @param deliveryHash a hash of the delivery's id
 * @param attempt the number of the attempt
 * @param signedAt the second that was signed
 * @param order the order in the body
 * @param publishedAt when publishing began, as the body says
 */
record Request(
    Behaviour behaviour,
    int endpoint,
    String userAgent,
    long eventHash,
    long deliveryHash,
    int attempt,
    long signedAt,
    long order,
    long publishedAt) {

  /** Reads the next request of a connection; returns null at its end. */
  static Request read(InputStream in) throws IOException {
    String first = line(in);
    if (first == null) {
      return null;
    }
    Map<String, String> headers = new HashMap<>();
    for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip());
    }
    byte[] bytes = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    String body = new String(bytes, StandardCharsets.UTF_8);
    String[] path = first.split(" ")[1].split("/");
    return new Request(
        Behaviour.ofPath(path[1]),
        Integer.parseInt(path[2]),
        headers.getOrDefault("user-agent", "unknown"),
        hash(headers.getOrDefault("webhook-id", "")),
        hash(headers.getOrDefault("x-webhook-delivery", "")),
        Integer.parseInt(headers.getOrDefault("x-webhook-attempt", "0")),
        Long.parseLong(headers.getOrDefault("webhook-timestamp", "0")),
        number(body, "\"orderId\":"),
        number(body, "\"published\":"));
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (next == '\n') {
        return line.toString();
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return null;
  }

  private static long hash(String id) {
    return UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8)).getLeastSignificantBits();
  }

  private static long number(String body, String name) {
    int start = body.indexOf(name);
    if (start < 0) {
      return -1;
    }
    int end = start + name.length();
    while (end < body.length() && "-0123456789".indexOf(body.charAt(end)) >= 0) {
      end++;
    }
    return Long.parseLong(body.substring(start + name.length(), end));
  }
}
