package dev.webhooks.examples.restserver;

import dev.webhooks.management.ApiResponse;
import dev.webhooks.management.Body;
import dev.webhooks.management.HostCall;
import dev.webhooks.management.HostRoute;
import dev.webhooks.model.Event;
import dev.webhooks.model.PublishResult;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Publishes an event for the caller's account: {@code POST /events} with {@code type}, {@code data}
 * and, if its sender wants to repeat it safely, {@code id} or the header {@code Idempotency-Key}.
 */
final class EventsRoute implements HostRoute {
  static final String PATH = "/events";

  private static final int ACCEPTED = 202;

  @Override
  public ApiResponse handle(HostCall call) {
    Body body = call.body("type", "data", "id");
    Event event = Event.ofJson(body.requiredText("type"), body.requiredJson("data"));
    Optional<String> id = body.text("id").or(call::idempotencyKey);
    PublishResult published = call.account().publish(id.map(event::withId).orElse(event));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("eventId", published.eventId());
    answer.put("deliveries", published.deliveries());
    return ApiResponse.json(ACCEPTED, answer);
  }
}
