package dev.webhooks.examples.restserver;

import com.sun.net.httpserver.HttpExchange;
import dev.webhooks.management.ApiRequest;
import dev.webhooks.management.ApiResponse;
import dev.webhooks.management.ManagementApi;
import java.io.IOException;
import java.net.URI;

/** Turns exchanges of the JDK's server into plain requests, and sends plain responses on them. */
final class Exchanges {
  private static final int NO_BODY = -1;

  private Exchanges() {}

  static String path(HttpExchange exchange) {
    String path = exchange.getRequestURI().getRawPath();
    return path == null ? "" : path;
  }

  /** Reads a request, and no more of its body than is needed to see that it is too large. */
  static ApiRequest read(HttpExchange exchange) throws IOException {
    URI target = exchange.getRequestURI();
    byte[] body = exchange.getRequestBody().readNBytes(ManagementApi.MAX_BODY_BYTES + 1);
    return new ApiRequest(
        exchange.getRequestMethod(),
        path(exchange),
        target.getRawQuery(),
        exchange.getRequestHeaders(),
        body);
  }

  static void send(HttpExchange exchange, ApiResponse response) throws IOException {
    response.headers().forEach(exchange.getResponseHeaders()::set);
    byte[] body = response.body();
    if (body.length == 0 || exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(response.status(), NO_BODY);
    } else {
      exchange.sendResponseHeaders(response.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
