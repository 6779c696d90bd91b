package dev.webhooks.internal.registry;

import dev.webhooks.internal.validation.Envelope;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryDetails;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Page;
import dev.webhooks.model.PublicId;
import dev.webhooks.model.WebhookException;
import dev.webhooks.registry.DeliveryLogs;
import dev.webhooks.registry.Scope;
import dev.webhooks.spi.store.DeliveryLog;
import dev.webhooks.spi.store.DeliveryLog.LoggedDelivery;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookStore;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Reads delivery logs from a store. */
public final class StoredDeliveryLogs implements DeliveryLogs {
  private final WebhookStore store;
  private final RegistryRules rules;
  private final RequestHeaders headers;

  /**
   * Creates delivery logs.
   *
   * @param store where deliveries are kept
   * @param rules the ranges of queries
   * @param headers the headers of requests
   */
  public StoredDeliveryLogs(WebhookStore store, RegistryRules rules, RequestHeaders headers) {
    this.store = store;
    this.rules = rules;
    this.headers = headers;
  }

  @Override
  public Page<Delivery> list(Scope scope, String webhookId, DeliveryQuery query) {
    int offset = rules.offset(query);
    rules.checkFilters(query);
    WebhookConfiguration webhook = find(scope, webhookId);
    UUID after = Cursors.read(scope.account(), webhook.id(), query);
    // One more than the page holds shows whether another page follows.
    List<Delivery> found =
        store.log().list(webhook, query, new DeliveryLog.Section(after, offset, query.limit() + 1));
    boolean more = found.size() > query.limit();
    List<Delivery> deliveries = more ? found.subList(0, query.limit()) : found;
    int total = store.log().count(webhook, query);
    return new Page<>(
        deliveries,
        after == null ? query.page() : null,
        query.limit(),
        total > DeliveryLog.COUNT_LIMIT ? null : (long) total,
        more,
        more ? next(scope, webhook, query, deliveries) : null);
  }

  private static String next(
      Scope scope, WebhookConfiguration webhook, DeliveryQuery query, List<Delivery> deliveries) {
    String last = deliveries.get(deliveries.size() - 1).id();
    UUID id = PublicId.DELIVERY.parse(last).orElseThrow();
    return Cursors.write(scope.account(), webhook.id(), query, id);
  }

  @Override
  public DeliveryDetails get(Scope scope, String webhookId, String deliveryId) {
    WebhookConfiguration webhook = find(scope, webhookId);
    return PublicId.DELIVERY
        .parse(deliveryId)
        .flatMap(id -> store.log().find(webhook, id))
        .map(logged -> details(webhook, logged))
        .orElseThrow(() ->
            new WebhookException(ErrorCode.DELIVERY_NOT_FOUND, "the delivery does not exist"));
  }

  private DeliveryDetails details(WebhookConfiguration webhook, LoggedDelivery logged) {
    byte[] body = logged.body();
    Envelope.Content content = body == null ? null : Envelope.content(body);
    return new DeliveryDetails(
        logged.delivery(),
        content == null ? null : Instant.parse(content.timestamp()),
        headers.shown(webhook, logged.delivery()),
        content == null ? null : new String(content.data(), StandardCharsets.UTF_8),
        logged.attempts());
  }

  private WebhookConfiguration find(Scope scope, String webhookId) {
    return store
        .transact(session -> WebhookIds.find(session, scope.account(), webhookId))
        .configuration();
  }
}
