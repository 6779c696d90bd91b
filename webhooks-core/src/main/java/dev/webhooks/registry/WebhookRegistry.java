package dev.webhooks.registry;

import dev.webhooks.model.CreatedWebhook;
import dev.webhooks.model.Page;
import dev.webhooks.model.RotatedSecret;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.Webhook;
import dev.webhooks.model.WebhookDetails;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookQuery;

/**
 * Keeps the webhooks of accounts. Implementations are thread-safe.
 *
 * <p>Every operation sees the webhooks of its scope's account only: another account's webhook does
 * not exist. Operations that change something honour the scope's idempotency key and take effect
 * with its transaction. A refused operation stores nothing.
 */
public interface WebhookRegistry {
  /**
   * Registers a webhook.
   *
   * @throws dev.webhooks.model.WebhookException with {@code INVALID_URL}, {@code INVALID_EVENTS},
   *     {@code INVALID_HEADER}, {@code TOO_MANY_HEADERS}, {@code SECRET_TOO_SHORT},
   *     {@code INVALID_REQUEST}, {@code WEBHOOK_LIMIT_EXCEEDED} or
   *     {@code DUPLICATE_IDEMPOTENCY_KEY}
   */
  CreatedWebhook create(Scope scope, WebhookDraft draft);

  /**
   * Returns a webhook with its statistics and its latest 10 deliveries.
   *
   * @throws dev.webhooks.model.WebhookException with {@code WEBHOOK_NOT_FOUND}
   */
  WebhookDetails get(Scope scope, String webhookId);

  /**
   * Returns a page of webhooks, newest first.
   *
   * @throws dev.webhooks.model.WebhookException with {@code INVALID_REQUEST} if page or limit is
   *     out of range or the cursor is of another list, or {@code INVALID_EVENTS} if the event is
   *     not in the catalogue
   */
  Page<Webhook> list(Scope scope, WebhookQuery query);

  /**
   * Changes a webhook. In this process nothing is sent with the old configuration once the call has
   * returned; other instances follow within 2 seconds.
   *
   * @throws dev.webhooks.model.WebhookException with {@code WEBHOOK_NOT_FOUND}, or as
   *     {@link #create} for what is changed
   */
  Webhook update(Scope scope, String webhookId, WebhookPatch patch);

  /**
   * Gives a webhook a new secret, which signs first; the one before it signs too until the overlap
   * ends, and one from an earlier rotation no more.
   *
   * @throws dev.webhooks.model.WebhookException with {@code WEBHOOK_NOT_FOUND},
   *     {@code SECRET_TOO_SHORT}, {@code INVALID_REQUEST} or {@code DUPLICATE_IDEMPOTENCY_KEY}
   */
  RotatedSecret rotateSecret(Scope scope, String webhookId, SecretRotation rotation);

  /**
   * Deletes a webhook: it is gone at once, its pending deliveries are dropped and its rows purged
   * later.
   *
   * @throws dev.webhooks.model.WebhookException with {@code WEBHOOK_NOT_FOUND}
   */
  void delete(Scope scope, String webhookId);

  /**
   * Removes all of the scope's account: its webhooks are gone at once, with URLs, headers, secrets
   * and idempotency keys; deliveries, logs and events are purged later. The scope's idempotency key
   * is not used.
   */
  void erase(Scope scope);
}
