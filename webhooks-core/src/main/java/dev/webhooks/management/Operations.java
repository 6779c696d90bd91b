package dev.webhooks.management;

import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.TestResult;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.model.WebhookStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The operations behind the routes: each reads the call, asks the account and shows the answer. */
final class Operations {
  private static final List<String> NEVER_CLEARED =
      List.of("url", "events", "headers", "secret", "status");

  private Operations() {}

  static ApiResponse create(Call call) {
    Body body = Body.parse(call.body(), "name", "url", "events", "headers", "secret");
    WebhookDraft draft =
        WebhookDraft.to(body.requiredText("url")).events(body.texts("events").orElse(List.of()));
    draft = body.text("name").map(draft::name).orElse(draft);
    draft = body.textMap("headers").map(draft::headers).orElse(draft);
    draft = body.text("secret").map(draft::secret).orElse(draft);
    return Replies.created(Views.created(call.account().create(draft)));
  }

  static ApiResponse list(Call call) {
    Query query = call.query();
    query.requireOneOf("page", "after");
    WebhookQuery all = WebhookQuery.all();
    WebhookQuery asked = new WebhookQuery(
        query.integer("page", all.page()),
        query.integer("limit", all.limit()),
        query.constant("status", WebhookStatus.class),
        query.text("event"),
        query.text("after"));
    return Replies.ok(Views.page(call.account().list(asked)));
  }

  static ApiResponse get(Call call) {
    return Replies.ok(Views.details(call.account().get(call.webhookId())));
  }

  static ApiResponse update(Call call) {
    WebhookPatch patch =
        patch(Body.parse(call.body(), "name", "url", "events", "headers", "secret", "status"));
    return Replies.ok(Views.of(call.account().update(call.webhookId(), patch)));
  }

  static ApiResponse delete(Call call) {
    call.account().delete(call.webhookId());
    return Replies.noContent();
  }

  static ApiResponse deliveries(Call call) {
    Query query = call.query();
    query.requireOneOf("page", "after");
    DeliveryQuery latest = DeliveryQuery.latest();
    DeliveryQuery asked = new DeliveryQuery(
        query.integer("page", latest.page()),
        query.integer("limit", latest.limit()),
        query.constant("status", DeliveryStatus.class),
        query.text("event"),
        query.instant("from"),
        query.instant("to"),
        query.text("after"));
    return Replies.ok(Views.page(call.account().deliveries(call.webhookId(), asked)));
  }

  static ApiResponse delivery(Call call) {
    return Replies.ok(Views.details(call.account().delivery(call.webhookId(), call.deliveryId())));
  }

  static ApiResponse retry(Call call) {
    Body.parseOptional(call.body());
    return Replies.accepted(Views.of(call.account().retry(call.webhookId(), call.deliveryId())));
  }

  static ApiResponse recover(Call call) {
    Body body = Body.parse(call.body(), "since");
    Instant since = Times.read("since", body.requiredText("since"));
    return Replies.ok(Views.recovered(call.account().recover(call.webhookId(), since)));
  }

  static ApiResponse test(Call call) {
    Optional<String> payload = Body.parseOptional(call.body(), "payload").json("payload");
    TestResult result = payload.isPresent()
        ? call.account().testJson(call.webhookId(), payload.get())
        : call.account().test(call.webhookId());
    return Replies.ok(Views.of(result));
  }

  static ApiResponse rotateSecret(Call call) {
    Body body = Body.parseOptional(call.body(), "secret", "overlapHours");
    SecretRotation rotation =
        body.text("secret").map(SecretRotation::to).orElse(SecretRotation.generated());
    rotation = body.integer("overlapHours").map(rotation::overlapHours).orElse(rotation);
    return Replies.ok(Views.rotated(call.account().rotateSecret(call.webhookId(), rotation)));
  }

  /** Reads what to change: absent keeps, and null clears the name and nothing else. */
  private static WebhookPatch patch(Body body) {
    for (String field : NEVER_CLEARED) {
      if (body.isNull(field)) {
        throw Refusals.invalid(field + " must not be null; leave it out to keep it");
      }
    }
    WebhookPatch patch = WebhookPatch.empty();
    patch = body.isNull("name") ? patch.name(null) : patch;
    patch = body.text("name").map(patch::name).orElse(patch);
    patch = body.text("url").map(patch::url).orElse(patch);
    patch = body.texts("events").map(patch::events).orElse(patch);
    patch = body.textMap("headers").map(patch::headers).orElse(patch);
    patch = body.text("secret").map(patch::secret).orElse(patch);
    Optional<WebhookStatus> status =
        body.text("status").map(text -> Constants.read("status", text, WebhookStatus.class));
    return status.map(patch::status).orElse(patch);
  }
}
