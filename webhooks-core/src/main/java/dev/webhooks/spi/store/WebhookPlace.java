package dev.webhooks.spi.store;

import java.time.Instant;
import java.util.UUID;

/**
 * A place in a list of webhooks. The webhook that it was taken from need not exist any more.
 *
 * @param createdAt when that webhook was created
 * @param id its id
 */
public record WebhookPlace(Instant createdAt, UUID id) {
  /** Returns the place of a webhook. */
  public static WebhookPlace of(WebhookRow webhook) {
    return new WebhookPlace(webhook.createdAt(), webhook.configuration().id());
  }
}
