package dev.webhooks.internal.registry;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.internal.validation.NamePolicy;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.PublicId;
import dev.webhooks.model.WebhookException;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.WebhookRow;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** Finds webhooks by the id a caller gave; a malformed id is simply that of no webhook. */
final class WebhookIds {
  private static final long VERSION = 0xF000L;
  private static final long VERSION_8 = 0x8000L;
  private static final long VARIANT = 0xC000_0000_0000_0000L;
  private static final long RFC_VARIANT = 0x8000_0000_0000_0000L;

  private WebhookIds() {}

  /** Returns a webhook of an account, without locking it. */
  static WebhookRow find(StoreSession session, String account, String webhookId) {
    return required(webhookId, id -> session.findWebhook(account, id));
  }

  /** Returns a webhook of an account and locks it until the transaction ends. */
  static WebhookRow lock(StoreSession session, String account, String webhookId) {
    return required(webhookId, id -> session.lockWebhook(account, id));
  }

  /**
   * Returns the id under which a webhook is stored: what the library's own ids say, else one made
   * from the digest of an id that was imported. So imported ids are unique over all accounts, and
   * found, by the index there is.
   */
  static UUID idOf(String webhookId) {
    return PublicId.WEBHOOK.parse(webhookId).orElseGet(() -> digested(webhookId));
  }

  /** A UUID of version 8 (RFC 9562), which the library makes nowhere else. */
  private static UUID digested(String webhookId) {
    ByteBuffer digest =
        ByteBuffer.wrap(Fingerprint.of("webhook-id").add(webhookId).build().bytes());
    long high = digest.getLong();
    long low = digest.getLong();
    return new UUID((high & ~VERSION) | VERSION_8, (low & ~VARIANT) | RFC_VARIANT);
  }

  private static WebhookRow required(String webhookId, Function<UUID, Optional<WebhookRow>> look) {
    return Optional.of(webhookId)
        .filter(NamePolicy::isWebhookId)
        .map(WebhookIds::idOf)
        .flatMap(look)
        .orElseThrow(
            () -> new WebhookException(ErrorCode.WEBHOOK_NOT_FOUND, "the webhook does not exist"));
  }
}
