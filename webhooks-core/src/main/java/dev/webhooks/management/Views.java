package dev.webhooks.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.webhooks.internal.json.ModelJson;
import dev.webhooks.model.CreatedWebhook;
import dev.webhooks.model.DeliveryDetails;
import dev.webhooks.model.EventType;
import dev.webhooks.model.Page;
import dev.webhooks.model.RotatedSecret;
import dev.webhooks.model.Secret;
import dev.webhooks.model.WebhookDetails;
import java.util.Collection;
import java.util.Optional;

/** Puts values together as callers of the management API see them. */
final class Views {
  private Views() {}

  static ObjectNode created(CreatedWebhook created) {
    return withSecret(of(created.webhook()), created.secret());
  }

  static ObjectNode rotated(RotatedSecret rotated) {
    return withSecret(of(rotated.webhook()), rotated.secret());
  }

  static ObjectNode recovered(int deliveries) {
    return JsonNodeFactory.instance.objectNode().put("recovered", deliveries);
  }

  /** Adds a generated secret, which is shown this once. */
  private static ObjectNode withSecret(ObjectNode view, Optional<Secret> generated) {
    generated.ifPresent(secret -> view.put("secret", secret.reveal()));
    return view;
  }

  static ObjectNode details(WebhookDetails details) {
    ObjectNode view = of(details.webhook());
    addAll(view.putArray("deliveries"), details.deliveries());
    return view;
  }

  static ObjectNode details(DeliveryDetails details) {
    ObjectNode parts = of(details);
    ObjectNode view = of(details.delivery());
    view.set("timestamp", parts.get("timestamp"));
    view.set("headers", parts.get("headers"));
    // As it was published: numbers and the order of keys unchanged.
    String payload = details.payload();
    view.putRawValue("payload", payload == null ? null : new RawValue(payload));
    view.set("attemptLog", parts.get("attemptLog"));
    return view;
  }

  static ObjectNode page(Page<?> page) {
    ObjectNode view = JsonNodeFactory.instance.objectNode();
    addAll(view.putArray("data"), page.data());
    view.putObject("pagination")
        .put("page", page.page())
        .put("limit", page.limit())
        .put("total", page.total())
        .put("hasMore", page.hasMore())
        .put("next", page.next());
    return view;
  }

  static ObjectNode eventTypes(Collection<EventType> types) {
    ObjectNode view = JsonNodeFactory.instance.objectNode();
    addAll(view.putArray("data"), types);
    return view;
  }

  private static void addAll(ArrayNode array, Collection<?> values) {
    values.forEach(value -> array.add(of(value)));
  }

  /** Returns a webhook, a delivery or the result of a test. */
  static ObjectNode of(Object value) {
    return ModelJson.VIEW.tree(value);
  }
}
