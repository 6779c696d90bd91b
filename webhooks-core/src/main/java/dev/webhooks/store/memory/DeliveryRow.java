package dev.webhooks.store.memory;

import dev.webhooks.model.Attempt;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.PublicId;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.Holding;
import dev.webhooks.spi.store.LoggedDelivery;
import dev.webhooks.spi.store.NewDelivery;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A delivery, pending or finished. Once committed it changes only through {@link DeliveryTable},
 * while the tables' lock is held.
 */
final class DeliveryRow {
  private final DeliveryRef ref;
  private final StoredEvent event;
  private final List<Attempt> attempts = new ArrayList<>();
  private DeliveryStatus status = DeliveryStatus.PENDING;
  private @Nullable DeliveryError error;
  private Instant due;
  private long owner;
  private int claim;
  private int takeovers;

  DeliveryRow(NewDelivery delivery, StoredEvent event) {
    this.ref = delivery.ref();
    this.owner = delivery.owner();
    this.event = event;
    this.due = event.event().createdAt();
  }

  DeliveryRef ref() {
    return ref;
  }

  long webhook() {
    return ref.webhook();
  }

  UUID id() {
    return ref.id();
  }

  DeliveryStatus status() {
    return status;
  }

  Instant due() {
    return due;
  }

  long owner() {
    return owner;
  }

  Instant createdAt() {
    return event.event().createdAt();
  }

  String eventType() {
    return event.event().type();
  }

  int bodyLength() {
    return event.event().body().length;
  }

  int takeovers() {
    return takeovers;
  }

  int attempts() {
    return attempts.size();
  }

  boolean isHeld(long by, Holding under) {
    return owner == by && claim == under.claim();
  }

  Holding holding() {
    return new Holding(ref, claim);
  }

  ClaimedDelivery claimed() {
    return new ClaimedDelivery(
        holding(),
        event.event().id(),
        event.publicId(),
        eventType(),
        attempts(),
        createdAt(),
        event.event().body());
  }

  Delivery delivery(WebhookConfiguration webhook) {
    Attempt last = attempts.isEmpty() ? null : attempts.get(attempts.size() - 1);
    return new Delivery(
        PublicId.DELIVERY.format(id()),
        PublicId.WEBHOOK.format(webhook.id()),
        event.publicId(),
        eventType(),
        status,
        attempts(),
        last == null ? null : last.status(),
        last == null ? null : (Integer) last.durationMs(),
        error,
        createdAt(),
        last == null ? null : last.at(),
        status == DeliveryStatus.PENDING ? due : null,
        null,
        null);
  }

  LoggedDelivery logged(WebhookConfiguration webhook) {
    return new LoggedDelivery(delivery(webhook), event.event().body(), List.copyOf(attempts));
  }

  // Changes, by DeliveryTable alone

  void changeHolder(long newOwner) {
    owner = newOwner;
    claim++;
  }

  void countTakeover() {
    takeovers++;
  }

  void add(AttemptOutcome outcome) {
    attempts.add(new Attempt(
        outcome.number(),
        outcome.at(),
        outcome.durationMs(),
        outcome.httpStatus(),
        outcome.error(),
        outcome.excerpt().length == 0
            ? null
            : new String(outcome.excerpt(), StandardCharsets.UTF_8)));
    status = outcome.status();
    error = outcome.error();
    if (outcome.dueAt() != null) {
      due = outcome.dueAt();
    }
  }

  void giveUp(DeliveryError why) {
    status = DeliveryStatus.FAILED;
    error = why;
  }
}
