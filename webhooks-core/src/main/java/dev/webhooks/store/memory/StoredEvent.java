package dev.webhooks.store.memory;

import dev.webhooks.model.PublicId;
import dev.webhooks.spi.store.EventReceipt;
import dev.webhooks.spi.store.NewEvent;

/** An event as it is stored; its body is not copied. */
record StoredEvent(NewEvent event) {
  EventName name() {
    return nameOf(event);
  }

  String publicId() {
    return name().publicId();
  }

  EventReceipt receipt(boolean stored) {
    return new EventReceipt(stored, event.deliveries().size(), event.fingerprint());
  }

  static EventName nameOf(NewEvent event) {
    String given = event.givenId();
    return new EventName(
        event.account(), given == null ? PublicId.EVENT.format(event.id()) : given);
  }
}
