package dev.webhooks.internal.registry;

import dev.webhooks.internal.validation.HeaderMask;
import dev.webhooks.model.Webhook;
import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.spi.store.EndpointHealth;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

  /** Returns webhooks with what became of their deliveries, in the same order. */
  List<Webhook> of(StoreSession session, List<WebhookRow> rows) {
    List<Long> numbers = rows.stream().map(WebhookRow::number).toList();
    Map<Long, WebhookStatistics> statistics = session.statistics(numbers);
    Map<Long, EndpointHealth> health = session.health(numbers);
    return rows.stream()
        .map(row -> of(
            row,
            statistics.getOrDefault(row.number(), WebhookStatistics.NONE),
            health.get(row.number())))
        .toList();
  }

  /** Returns a webhook with what became of its deliveries. */
  Webhook of(StoreSession session, WebhookRow row) {
    return of(session, List.of(row)).get(0);
  }

  /** Returns a webhook that nothing was sent to. */
  Webhook ofNew(WebhookRow row) {
    return of(row, WebhookStatistics.NONE, null);
  }

  private Webhook of(
      WebhookRow row, WebhookStatistics statistics, @Nullable EndpointHealth health) {
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
        configuration.oldSecretUntil(),
        health == null ? null : health.failingSince(),
        health == null ? null : health.suspendedUntil(),
        statistics);
  }
}
