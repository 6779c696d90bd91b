package dev.webhooks.registry;

import dev.webhooks.model.Webhook;
import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import dev.webhooks.validation.HeaderMask;

/**
 * Turns stored webhooks into what hosts see: without secrets, with sensitive header values masked,
 * and without headers that cannot be decrypted, since a host whose key is wrong must still be able
 * to look at its webhooks.
 */
final class WebhookViews {
  private final ConfigurationCodec codec;

  WebhookViews(ConfigurationCodec codec) {
    this.codec = codec;
  }

  Webhook of(WebhookRow row, WebhookStatistics statistics) {
    WebhookConfiguration configuration = row.configuration();
    return new Webhook(
        configuration.publicId(),
        row.account(),
        row.name(),
        configuration.url(),
        row.events(),
        HeaderMask.mask(codec.readableHeaders(configuration)),
        configuration.status(),
        row.createdAt(),
        row.updatedAt(),
        statistics);
  }
}
