package dev.webhooks.testing.memory;

import dev.webhooks.model.PublicId;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.StoreSession.EventReceipt;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event as it is stored; its body is not copied. Once committed it changes only through
 * {@link EventTable}, while the tables' lock is held.
 */
final class StoredEvent {
  private static final byte[] NO_BODY = {};

  private NewEvent event;
  private Instant keepUntil;
  private boolean removed;

  StoredEvent(NewEvent event) {
    this.event = event;
    this.keepUntil = event.keepUntil();
  }

  NewEvent event() {
    return event;
  }

  EventName name() {
    return nameOf(event);
  }

  String publicId() {
    return name().publicId();
  }

  EventReceipt receipt(boolean stored) {
    return new EventReceipt(stored, event.deliveries().size(), event.fingerprint());
  }

  /** Returns whether it is not kept any more; finished deliveries still refer to it. */
  boolean isRemoved() {
    return removed;
  }

  byte @Nullable [] bodyIfKept() {
    return removed ? null : event.body();
  }

  Instant keepUntil() {
    return keepUntil;
  }

  static EventName nameOf(NewEvent event) {
    String given = event.givenId();
    return new EventName(
        event.account(), given == null ? PublicId.EVENT.format(event.id()) : given);
  }

  // Changes, by EventTable alone

  void keepUntil(Instant until) {
    keepUntil = until.isAfter(keepUntil) ? until : keepUntil;
  }

  void remove() {
    removed = true;
    event = new NewEvent(
        event.id(),
        event.account(),
        event.givenId(),
        event.fingerprint(),
        event.type(),
        NO_BODY,
        event.createdAt(),
        keepUntil,
        null,
        event.deliveries());
  }
}
