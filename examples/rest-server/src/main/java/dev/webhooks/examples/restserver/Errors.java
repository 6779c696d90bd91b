package dev.webhooks.examples.restserver;

import dev.webhooks.management.ApiResponse;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes refusals of this server's own, in the form of those of the management API. */
final class Errors {
  private Errors() {}

  static ApiResponse error(int status, String code, String message) {
    Map<String, String> error = new LinkedHashMap<>();
    error.put("code", code);
    error.put("message", message);
    return ApiResponse.json(status, Map.of("error", error));
  }
}
