package dev.webhooks.management;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.model.WebhookException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes responses; nothing of a request ever gets into their headers. */
final class Replies {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Replies() {}

  static ApiResponse ok(ObjectNode view) {
    return json(200, view);
  }

  static ApiResponse created(ObjectNode view) {
    return json(201, view);
  }

  static ApiResponse accepted(ObjectNode view) {
    return json(202, view);
  }

  static ApiResponse noContent() {
    return new ApiResponse(204, headers(), new byte[0]);
  }

  static ApiResponse refused(WebhookException refusal) {
    ErrorCode code = refusal.code();
    ApiResponse reply = error(code.httpStatus(), code.name(), message(refusal));
    return code == ErrorCode.UNAUTHORIZED ? with(reply, "www-authenticate", "Bearer") : reply;
  }

  static ApiResponse noRoute() {
    return error(404, "NOT_FOUND", "there is nothing at this path");
  }

  static ApiResponse wrongMethod(List<String> allowed) {
    String allow = String.join(", ", allowed);
    ApiResponse reply = error(405, "METHOD_NOT_ALLOWED", "this path allows " + allow);
    return with(reply, "allow", allow);
  }

  static ApiResponse fault(String reference) {
    return error(500, "INTERNAL_ERROR", "an unexpected fault; its reference is " + reference);
  }

  /** Says of a store that is away only what a caller can act upon. */
  private static String message(WebhookException refusal) {
    if (refusal instanceof StoreUnavailableException away) {
      return away.outcomeUnknown()
          ? "the database is unavailable, and it is unknown whether the request took effect; repeat"
              + " it with the same Idempotency-Key"
          : "the database is unavailable; nothing was changed";
    }
    return String.valueOf(refusal.getMessage());
  }

  private static ApiResponse error(int status, String code, String message) {
    ObjectNode view = JsonNodeFactory.instance.objectNode();
    view.putObject("error").put("code", code).put("message", message);
    return json(status, view);
  }

  static ApiResponse json(int status, Object view) {
    try {
      // By way of a string, since half a surrogate pair would stop a writer of bytes.
      byte[] body = JSON.writeValueAsString(view).getBytes(StandardCharsets.UTF_8);
      return new ApiResponse(status, headers(), body);
    } catch (JsonProcessingException e) {
      // A tree of JSON can always be written; a host's map may hold anything.
      throw new IllegalArgumentException("this cannot be written as JSON", e);
    }
  }

  private static ApiResponse with(ApiResponse reply, String name, String value) {
    Map<String, String> headers = new LinkedHashMap<>(reply.headers());
    headers.put(name, value);
    return new ApiResponse(reply.status(), headers, reply.body());
  }

  private static Map<String, String> headers() {
    return Map.of(
        "content-type", "application/json",
        "cache-control", "no-store",
        "x-content-type-options", "nosniff");
  }
}
