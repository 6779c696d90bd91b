package dev.webhooks.internal.engine.publish;

import dev.webhooks.model.PublicId;
import dev.webhooks.spi.store.NewEvent;
import java.util.List;

/**
 * The events that one call publishes, all or none.
 *
 * @param account the account whose webhooks receive them
 * @param events events with different ids, still without deliveries
 */
record Publication(String account, List<NewEvent> events) {
  long bytes() {
    long bytes = 0;
    for (NewEvent event : events) {
      bytes += event.body().length;
    }
    return bytes;
  }

  /** Returns the id that receivers see. */
  static String eventId(NewEvent event) {
    String givenId = event.givenId();
    return givenId == null ? PublicId.EVENT.format(event.id()) : givenId;
  }
}
