package dev.webhooks.testing.memory;

import dev.webhooks.model.Attempt;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.PublicId;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryLog.LoggedDelivery;
import dev.webhooks.spi.store.DeliveryQueue;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.NewEvent.NewDelivery;
import dev.webhooks.spi.store.StoreSession.NewTest;
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
  /** The owner of tests under way: no instance, so nobody claims them or takes them over. */
  static final long TESTING = -1;

  private final DeliveryRef ref;
  private final StoredEvent event;
  private final Instant createdAt;
  private final @Nullable UUID retryOf;
  private final List<Attempt> attempts = new ArrayList<>();
  private DeliveryStatus status = DeliveryStatus.PENDING;
  private @Nullable DeliveryError error;
  private Instant due;
  private long owner;
  private int claim;
  private int takeovers;
  private @Nullable UUID retriedBy;
  private @Nullable Instant endedAt;

  DeliveryRow(NewDelivery delivery, StoredEvent event) {
    this(delivery, event, event.event().createdAt(), null);
  }

  private DeliveryRow(
      NewDelivery delivery, StoredEvent event, Instant createdAt, @Nullable UUID retryOf) {
    this.ref = delivery.ref();
    this.owner = delivery.owner();
    this.event = event;
    this.createdAt = createdAt;
    this.due = createdAt;
    this.retryOf = retryOf;
  }

  /** Returns a test under way, due when it counts as interrupted. */
  static DeliveryRow test(NewTest test, StoredEvent event) {
    DeliveryRow row = new DeliveryRow(new NewDelivery(test.ref(), TESTING), event);
    row.due = test.until();
    return row;
  }

  /** Returns a new delivery of the same event to the same webhook, owned by nobody. */
  DeliveryRow retry(UUID id, Instant now) {
    NewDelivery delivery = new NewDelivery(new DeliveryRef(webhook(), id), 0);
    return new DeliveryRow(delivery, event, now, id());
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
    return createdAt;
  }

  boolean isTest() {
    return eventType().equals(EventCatalog.TEST_EVENT);
  }

  String eventType() {
    return event.event().type();
  }

  int bodyLength() {
    return event.event().body().length;
  }

  /** Returns whether too many instances died holding it for anyone to take it again. */
  boolean isPoisoned() {
    return takeovers > DeliveryQueue.MAX_RESCUES;
  }

  int attempts() {
    return attempts.size();
  }

  boolean isHeld(long by, ClaimRef under) {
    return owner == by && claim == under.number();
  }

  ClaimRef claim() {
    return new ClaimRef(ref, claim);
  }

  ClaimedDelivery claimed() {
    return new ClaimedDelivery(
        claim(),
        event.event().id(),
        event.publicId(),
        eventType(),
        attempts(),
        createdAt(),
        event.event().body(),
        event.event().traceContext());
  }

  UUID event() {
    return event.event().id();
  }

  boolean isFinished() {
    return endedAt != null;
  }

  boolean endedBefore(Instant instant) {
    return endedAt != null && endedAt.isBefore(instant);
  }

  /** Returns whether it has failed and nobody has retried it, as far as is committed. */
  boolean isRetryable() {
    return status == DeliveryStatus.FAILED && retriedBy == null && !isTest() && !event.isRemoved();
  }

  /** Returns whether it has been attempted and nobody makes the next attempt yet. */
  boolean isWaiting(Instant now) {
    return status == DeliveryStatus.PENDING && owner == 0 && attempts() > 0 && due.isAfter(now);
  }

  Delivery delivery(WebhookConfiguration webhook) {
    return delivery(webhook, null, null);
  }

  /**
   * Returns the delivery as a transaction sees it.
   *
   * @param ownRetry the delivery by which the transaction has retried this one, or null
   * @param ownDue when the transaction has made this one due, or null
   */
  Delivery delivery(
      WebhookConfiguration webhook, @Nullable UUID ownRetry, @Nullable Instant ownDue) {
    Attempt last = attempts.isEmpty() ? null : attempts.get(attempts.size() - 1);
    return new Delivery(
        PublicId.DELIVERY.format(id()),
        webhook.publicId(),
        event.publicId(),
        eventType(),
        status,
        attempts(),
        last == null ? null : last.status(),
        last == null ? null : (Integer) last.durationMs(),
        error,
        createdAt(),
        last == null ? null : last.at(),
        status == DeliveryStatus.PENDING ? (ownDue == null ? due : ownDue) : null,
        publicId(retryOf),
        publicId(ownRetry == null ? retriedBy : ownRetry));
  }

  private static @Nullable String publicId(@Nullable UUID delivery) {
    return delivery == null ? null : PublicId.DELIVERY.format(delivery);
  }

  LoggedDelivery logged(WebhookConfiguration webhook) {
    return new LoggedDelivery(delivery(webhook), event.bodyIfKept(), List.copyOf(attempts));
  }

  // Changes, by DeliveryTable alone

  void changeHolder(long newOwner) {
    owner = newOwner;
    claim++;
  }

  void countTakeover() {
    takeovers++;
  }

  void add(AttemptOutcome outcome, Instant now) {
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
    endedAt = status == DeliveryStatus.PENDING ? null : now;
    if (outcome.dueAt() != null) {
      due = outcome.dueAt();
    }
  }

  void markRetried(UUID by) {
    retriedBy = by;
  }

  void makeDue(Instant now) {
    due = now;
  }

  void giveUp(DeliveryError why, Instant now) {
    endedAt = now;
    status = DeliveryStatus.FAILED;
    error = why;
  }
}
