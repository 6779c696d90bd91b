package dev.webhooks.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.webhooks.model.Attempt;
import dev.webhooks.model.CreatedWebhook;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryDetails;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.EventType;
import dev.webhooks.model.Page;
import dev.webhooks.model.RotatedSecret;
import dev.webhooks.model.Secret;
import dev.webhooks.model.TestResult;
import dev.webhooks.model.Webhook;
import dev.webhooks.model.WebhookDetails;
import dev.webhooks.model.WebhookStatistics;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Shows values as the JSON that callers of the management API see. */
final class Views {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private Views() {}

  static ObjectNode created(CreatedWebhook created) {
    return withSecret(webhook(created.webhook()), created.secret());
  }

  static ObjectNode rotated(RotatedSecret rotated) {
    return withSecret(webhook(rotated.webhook()), rotated.secret());
  }

  static ObjectNode recovered(int deliveries) {
    return JSON.objectNode().put("recovered", deliveries);
  }

  static ObjectNode tested(TestResult result) {
    return JSON.objectNode()
        .put("deliveryId", result.deliveryId())
        .put("eventId", result.eventId())
        .put("delivered", result.delivered())
        .put("responseStatus", result.responseStatus())
        .put("responseTimeMs", result.responseTimeMs())
        .put("responseBody", result.responseBody())
        .put("error", code(result.error()));
  }

  /** A generated secret is shown this once. */
  private static ObjectNode withSecret(ObjectNode view, Optional<Secret> generated) {
    generated.ifPresent(secret -> view.put("secret", secret.reveal()));
    return view;
  }

  static ObjectNode details(WebhookDetails details) {
    ObjectNode view = webhook(details.webhook());
    ArrayNode deliveries = view.putArray("deliveries");
    details.deliveries().forEach(delivery -> deliveries.add(delivery(delivery)));
    return view;
  }

  static ObjectNode webhook(Webhook webhook) {
    ObjectNode view = JSON.objectNode();
    view.put("id", webhook.id()).put("name", webhook.name()).put("url", webhook.url());
    ArrayNode events = view.putArray("events");
    webhook.events().forEach(events::add);
    ObjectNode headers = view.putObject("headers");
    webhook.headers().forEach(headers::put);
    view.put("status", Constants.write(webhook.status()))
        .put("createdAt", Times.write(webhook.createdAt()))
        .put("updatedAt", Times.write(webhook.updatedAt()))
        .put("previousSecretEndsAt", time(webhook.previousSecretEndsAt()))
        .put("failingSince", time(webhook.failingSince()))
        .put("suspendedUntil", time(webhook.suspendedUntil()));
    view.set("statistics", statistics(webhook.statistics()));
    return view;
  }

  static ObjectNode details(DeliveryDetails details) {
    ObjectNode view = delivery(details.delivery());
    view.put("timestamp", time(details.timestamp()));
    ObjectNode headers = view.putObject("headers");
    details.headers().forEach(headers::put);
    // As it was published: numbers and the order of keys unchanged.
    String payload = details.payload();
    view.putRawValue("payload", payload == null ? null : new RawValue(payload));
    ArrayNode attempts = view.putArray("attemptLog");
    details.attemptLog().forEach(attempt -> attempts.add(attempt(attempt)));
    return view;
  }

  static ObjectNode delivery(Delivery delivery) {
    return JSON.objectNode()
        .put("id", delivery.id())
        .put("webhookId", delivery.webhookId())
        .put("eventId", delivery.eventId())
        .put("event", delivery.event())
        .put("status", Constants.write(delivery.status()))
        .put("attempts", delivery.attempts())
        .put("responseStatus", delivery.responseStatus())
        .put("responseTimeMs", delivery.responseTimeMs())
        .put("error", code(delivery.error()))
        .put("createdAt", Times.write(delivery.createdAt()))
        .put("lastAttemptAt", time(delivery.lastAttemptAt()))
        .put("nextAttemptAt", time(delivery.nextAttemptAt()))
        .put("retryOf", delivery.retryOf())
        .put("retriedBy", delivery.retriedBy());
  }

  static <T> ObjectNode page(Page<T> page, Function<T, ObjectNode> entry) {
    ObjectNode view = JSON.objectNode();
    ArrayNode data = view.putArray("data");
    page.data().forEach(value -> data.add(entry.apply(value)));
    view.putObject("pagination")
        .put("page", page.page())
        .put("limit", page.limit())
        .put("total", page.total())
        .put("hasMore", page.hasMore())
        .put("next", page.next());
    return view;
  }

  static ObjectNode eventTypes(Collection<EventType> types) {
    ObjectNode view = JSON.objectNode();
    ArrayNode data = view.putArray("data");
    for (EventType type : types) {
      ObjectNode entry = data.addObject();
      entry.put("name", type.name()).put("description", type.description());
      ArrayNode fields = entry.putArray("requiredFields");
      type.requiredFields().forEach(fields::add);
    }
    return view;
  }

  private static ObjectNode statistics(WebhookStatistics statistics) {
    return JSON.objectNode()
        .put("total", statistics.total())
        .put("succeeded", statistics.succeeded())
        .put("failed", statistics.failed())
        .put("pending", statistics.pending())
        .put("successRate", statistics.successRate())
        .put("consecutiveFailures", statistics.consecutiveFailures())
        .put("lastAttemptAt", time(statistics.lastAttemptAt()))
        .put("lastSuccessAt", time(statistics.lastSuccessAt()))
        .put("lastFailureAt", time(statistics.lastFailureAt()));
  }

  private static ObjectNode attempt(Attempt attempt) {
    return JSON.objectNode()
        .put("number", attempt.number())
        .put("at", Times.write(attempt.at()))
        .put("durationMs", attempt.durationMs())
        .put("status", attempt.status())
        .put("error", code(attempt.error()))
        .put("responseBody", attempt.responseBody());
  }

  private static @Nullable String code(@Nullable DeliveryError error) {
    return error == null ? null : error.code();
  }

  private static @Nullable String time(@Nullable Instant instant) {
    return instant == null ? null : Times.write(instant);
  }
}
