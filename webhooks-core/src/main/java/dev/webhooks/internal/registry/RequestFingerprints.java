package dev.webhooks.internal.registry;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.model.Secret;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Says what a request asks for: operation, target and parsed arguments, whatever order they were
 * given in and whatever form JSON among them has.
 */
final class RequestFingerprints {
  private RequestFingerprints() {}

  static Fingerprint create(WebhookDraft draft) {
    return Fingerprint.of("create")
        .add(draft.url())
        .add(draft.name())
        .add(draft.events())
        .add(flat(draft.headers()))
        .add(text(draft.secret()))
        .build();
  }

  static Fingerprint update(String webhookId, WebhookPatch patch) {
    return Fingerprint.of("update")
        .add(webhookId)
        .add(patch.changesName() ? "name" : null)
        .add(patch.name())
        .add(patch.url().orElse(null))
        .add(patch.events().map(RequestFingerprints::present).orElse(List.of()))
        .add(patch.headers().map(headers -> present(flat(headers))).orElse(List.of()))
        .add(text(patch.secret().orElse(null)))
        .add(patch.status().map(WebhookStatus::name).orElse(null))
        .build();
  }

  static Fingerprint rotate(String webhookId, SecretRotation rotation) {
    return Fingerprint.of("rotate")
        .add(webhookId)
        .add(text(rotation.secret().orElse(null)))
        .add(Integer.toString(rotation.overlapHours()))
        .build();
  }

  static Fingerprint retry(String webhookId, String deliveryId) {
    return Fingerprint.of("retry").add(webhookId).add(deliveryId).build();
  }

  static Fingerprint recover(String webhookId, Instant since) {
    return Fingerprint.of("recover").add(webhookId).add(since.toString()).build();
  }

  /** A test without a payload differs from one whose payload happens to be the default. */
  static Fingerprint test(String webhookId, byte @Nullable [] payload) {
    Fingerprint.Builder builder = Fingerprint.of("test").add(webhookId);
    return payload == null ? builder.build() : builder.addJson(payload).build();
  }

  static Fingerprint delete(String webhookId) {
    return Fingerprint.of("delete").add(webhookId).build();
  }

  /** Marks a list as given, so that an empty one differs from none. */
  private static List<String> present(List<String> values) {
    List<String> marked = new ArrayList<>(values);
    marked.add("given");
    return marked;
  }

  private static List<String> flat(Map<String, String> headers) {
    Map<String, String> sorted = new TreeMap<>();
    headers.forEach((name, value) -> sorted.put(name.toLowerCase(Locale.ROOT), value));
    List<String> flat = new ArrayList<>();
    sorted.forEach((name, value) -> {
      flat.add(name);
      flat.add(value);
    });
    return flat;
  }

  private static @Nullable String text(@Nullable Secret secret) {
    return secret == null ? null : secret.reveal();
  }
}
