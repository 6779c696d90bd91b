package dev.webhooks.delivery;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.internal.validation.Envelope;
import dev.webhooks.internal.validation.NamePolicy;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventType;
import dev.webhooks.model.PublicId;
import dev.webhooks.model.WebhookException;
import dev.webhooks.validation.EventPolicy;
import dev.webhooks.validation.PayloadPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** Validates events and wraps each into the bytes that are stored, signed and sent. Thread-safe. */
final class EventPreparation {
  private final EventPolicy events;
  private final PayloadPolicy payloads;
  private final IdGenerator ids;

  EventPreparation(EventPolicy events, PayloadPolicy payloads, IdGenerator ids) {
    this.events = events;
    this.payloads = payloads;
    this.ids = ids;
  }

  /**
   * Prepares events; all pass or the call is refused.
   *
   * @param given what the host publishes; an id may occur twice if both times say the same
   * @param now the one clock's time
   */
  List<PreparedEvent> prepare(List<Event> given, Instant now) {
    List<PreparedEvent> prepared = new ArrayList<>(given.size());
    Map<String, PreparedEvent> byId = new HashMap<>();
    for (Event event : given) {
      PreparedEvent next = prepare(event, now);
      PreparedEvent same = byId.putIfAbsent(next.eventId(), next);
      if (same != null && !Objects.equals(same.fingerprint(), next.fingerprint())) {
        throw new WebhookException(
            ErrorCode.DUPLICATE_IDEMPOTENCY_KEY,
            "the event id " + next.eventId() + " is given to two events with different contents");
      }
      prepared.add(next);
    }
    return prepared;
  }

  private PreparedEvent prepare(Event event, Instant now) {
    EventType type = events.publishable(event.type());
    byte[] data = payloads.read(event, type);
    UUID id = ids.next(now);
    String given = event.id() == null ? null : NamePolicy.eventId(event.id());
    String eventId = given == null ? PublicId.EVENT.format(id) : given;
    Instant happened = event.timestamp() == null ? now : event.timestamp();
    byte[] body = Envelope.wrap(eventId, type.name(), happened, data);
    boolean timed = event.timestamp() != null;
    // An id of the library's own is never given twice, so nothing is ever compared with it.
    Fingerprint content = given == null ? null : EventContent.fingerprint(body, timed);
    return new PreparedEvent(id, given, type.name(), body, timed, content);
  }
}
