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

  /** Says which methods a path allows. */
  static ApiResponse wrongMethod(String allowed) {
    ApiResponse refused = error(405, "METHOD_NOT_ALLOWED", "this path allows " + allowed);
    Map<String, String> headers = new LinkedHashMap<>(refused.headers());
    headers.put("allow", allowed);
    return new ApiResponse(refused.status(), headers, refused.body());
  }
}
