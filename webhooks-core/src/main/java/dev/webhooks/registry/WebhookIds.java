package dev.webhooks.registry;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.PublicId;
import dev.webhooks.model.WebhookException;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.WebhookRow;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** Finds webhooks by the id a caller gave; a malformed id is simply that of no webhook. */
final class WebhookIds {
  private WebhookIds() {}

  /** Returns a webhook of an account, without locking it. */
  static WebhookRow find(StoreSession session, String account, String webhookId) {
    return required(webhookId, id -> session.findWebhook(account, id));
  }

  /** Returns a webhook of an account and locks it until the transaction ends. */
  static WebhookRow lock(StoreSession session, String account, String webhookId) {
    return required(webhookId, id -> session.lockWebhook(account, id));
  }

  private static WebhookRow required(String webhookId, Function<UUID, Optional<WebhookRow>> look) {
    return PublicId.WEBHOOK
        .parse(webhookId)
        .flatMap(look)
        .orElseThrow(
            () -> new WebhookException(ErrorCode.WEBHOOK_NOT_FOUND, "the webhook does not exist"));
  }
}
