package dev.webhooks.internal.registry;

import dev.webhooks.internal.validation.HeaderMask;
import dev.webhooks.internal.validation.NamePolicy;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Secret;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.validation.EventPolicy;
import dev.webhooks.validation.HeaderPolicy;
import dev.webhooks.validation.SecretPolicy;
import dev.webhooks.validation.UrlPolicy;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Applies the validation rules to what callers of the registry give: the cheap ones first and the
 * look-up of the host last.
 *
 * @param urls the rule for URLs
 * @param events the rule for events
 * @param headers the rule for custom headers
 * @param secrets the rule for secrets
 * @param random where generated secrets come from
 */
public record RegistryRules(
    UrlPolicy urls,
    EventPolicy events,
    HeaderPolicy headers,
    SecretPolicy secrets,
    RandomGenerator random) {
  /** Up to how many entries a list can be paged through. */
  private static final int MAX_DEPTH = 10_000;

  /** Returns a draft in canonical form, or refuses it. */
  WebhookDraft check(WebhookDraft draft) {
    String name = draft.name();
    Secret secret = draft.secret();
    WebhookDraft checked = draft
        .events(events.subscriptions(draft.events()))
        .headers(headers.validate(draft.headers()));
    if (name != null) {
      NamePolicy.webhookName(name);
    }
    if (secret != null) {
      secrets.validate(secret);
    }
    return checked.url(urls.validate(draft.url()).text());
  }

  /**
   * Returns a patch in canonical form, or refuses it; its headers are checked by
   * {@link #headers(Map, Map)}.
   */
  WebhookPatch check(WebhookPatch patch) {
    WebhookPatch checked = patch;
    String name = patch.name();
    if (name != null) {
      NamePolicy.webhookName(name);
    }
    if (patch.status().filter(status -> status == WebhookStatus.FAILED).isPresent()) {
      throw invalid("status can be set to active or paused");
    }
    patch.secret().ifPresent(secrets::validate);
    if (patch.events().isPresent()) {
      checked = checked.events(events.subscriptions(patch.events().get()));
    }
    Optional<String> url = patch.url();
    return url.isPresent() ? checked.url(urls.validate(url.get()).text()) : checked;
  }

  /** Refuses a secret that is not allowed and an overlap out of range. */
  void check(SecretRotation rotation) {
    int hours = rotation.overlapHours();
    if (hours < 0 || hours > SecretRotation.MAX_OVERLAP_HOURS) {
      throw invalid("overlapHours must be 0 to " + SecretRotation.MAX_OVERLAP_HOURS);
    }
    rotation.secret().ifPresent(secrets::validate);
  }

  /**
   * Returns the headers that replace the stored ones: a masked value keeps what is stored under its
   * name.
   */
  Map<String, String> headers(Map<String, String> given, Map<String, String> stored) {
    return headers.validate(HeaderMask.unmask(given, stored));
  }

  Secret generateSecret() {
    return secrets.generate(random);
  }

  /** Returns an event's name if it is in the catalogue. */
  String requireKnown(String event) {
    return events.known(event).name();
  }

  /** Returns how many webhooks a page leaves out before its first. */
  int offset(WebhookQuery query) {
    boolean after = query.after() != null;
    return offset(query.page(), after, query.limit(), WebhookQuery.MAX_LIMIT, "");
  }

  /** Returns how many deliveries a page leaves out before its first. */
  int offset(DeliveryQuery query) {
    boolean after = query.after() != null;
    String narrow = ", or narrow the list with to";
    return offset(query.page(), after, query.limit(), DeliveryQuery.MAX_LIMIT, narrow);
  }

  private static int offset(int page, boolean after, int limit, int maxLimit, String narrow) {
    if (page < 1) {
      throw invalid("page must be at least 1");
    }
    if (after && page > 1) {
      throw invalid("page and after cannot be given together");
    }
    if (limit < 1 || limit > maxLimit) {
      throw invalid("limit must be 1 to " + maxLimit);
    }
    if ((long) page * limit > MAX_DEPTH) {
      throw invalid("page times limit must not exceed " + MAX_DEPTH
          + "; go on with after, which takes the next of the page before" + narrow);
    }
    return (page - 1) * limit;
  }

  /** Refuses a range of time that cannot hold anything, and events that do not exist. */
  void checkFilters(DeliveryQuery query) {
    if (query.from() != null && query.to() != null && query.from().isAfter(query.to())) {
      throw invalid("from must not be after to");
    }
    if (query.event() != null) {
      requireKnown(query.event());
    }
  }

  private static WebhookException invalid(String message) {
    return new WebhookException(ErrorCode.INVALID_REQUEST, message);
  }
}
