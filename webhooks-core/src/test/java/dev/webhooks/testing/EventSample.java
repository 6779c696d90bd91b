package dev.webhooks.testing;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.NewEvent.NewDelivery;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Builds an event: of account acme, type order.paid, with an id made by the library. */
final class EventSample {
  private final StoreSamples samples;
  private final List<WebhookConfiguration> webhooks = new ArrayList<>();
  private UUID id;
  private String account = "acme";
  private String givenId;
  private String type = "order.paid";
  private byte[] body = "{\"data\":{}}".getBytes(StandardCharsets.UTF_8);
  private Instant createdAt = StoreSamples.NOW;
  private String traceContext;
  private long owner;

  EventSample(StoreSamples samples) {
    this.samples = samples;
  }

  EventSample id(UUID id) {
    this.id = id;
    return this;
  }

  EventSample account(String account) {
    this.account = account;
    return this;
  }

  EventSample givenId(String givenId) {
    this.givenId = givenId;
    return this;
  }

  EventSample type(String type) {
    this.type = type;
    return this;
  }

  EventSample body(byte[] body) {
    this.body = body;
    return this;
  }

  EventSample body(String text) {
    return body(text.getBytes(StandardCharsets.UTF_8));
  }

  EventSample at(Instant createdAt) {
    this.createdAt = createdAt;
    return this;
  }

  EventSample traceContext(String traceContext) {
    this.traceContext = traceContext;
    return this;
  }

  EventSample ownedBy(long owner) {
    this.owner = owner;
    return this;
  }

  EventSample to(WebhookConfiguration... webhooks) {
    this.webhooks.addAll(List.of(webhooks));
    return this;
  }

  NewEvent build() {
    List<NewDelivery> deliveries = webhooks.stream()
        .map(hook -> new DeliveryRef(hook.number(), samples.id(createdAt)))
        .map(ref -> new NewDelivery(ref, owner))
        .toList();
    return new NewEvent(
        id == null ? samples.id(createdAt) : id,
        account,
        givenId,
        givenId == null ? null : Fingerprint.of("publish").add(type).add(body).build(),
        type,
        body,
        createdAt,
        keepUntil(),
        traceContext,
        deliveries);
  }

  private Instant keepUntil() {
    Duration kept = Duration.ofDays(30);
    return createdAt.isAfter(Instant.MAX.minus(kept)) ? Instant.MAX : createdAt.plus(kept);
  }
}
