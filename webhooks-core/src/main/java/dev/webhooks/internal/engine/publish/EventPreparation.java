package dev.webhooks.internal.engine.publish;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.internal.engine.base.EngineParts;
import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.internal.validation.Envelope;
import dev.webhooks.internal.validation.NamePolicy;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventType;
import dev.webhooks.model.PublicId;
import dev.webhooks.model.WebhookException;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.validation.EventPolicy;
import dev.webhooks.validation.PayloadPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The validation of events, and their wrapping into the bytes that are stored, signed and sent.
 * Thread-safe.
 */
final class EventPreparation {
  private final EventPolicy events;
  private final PayloadPolicy payloads;
  private final IdGenerator ids;
  private final Duration keep;

  EventPreparation(EngineParts parts) {
    this.events = parts.events();
    this.payloads = parts.payloads();
    this.ids = parts.ids();
    this.keep = parts.settings().expiry().plus(parts.settings().retention());
  }

  /**
   * Prepares events, still without deliveries; all pass or the call is refused. An id may occur
   * twice with the same content, and becomes one object.
   *
   * @param now the one clock's time
   */
  List<NewEvent> prepare(
      String account, List<Event> given, Instant now, @Nullable String traceContext) {
    List<NewEvent> prepared = new ArrayList<>(given.size());
    Map<String, NewEvent> byId = new HashMap<>();
    for (Event event : given) {
      NewEvent next = prepare(account, event, now, traceContext);
      String id = Publication.eventId(next);
      NewEvent same = byId.putIfAbsent(id, next);
      if (same != null && !Objects.equals(same.fingerprint(), next.fingerprint())) {
        throw new WebhookException(
            ErrorCode.DUPLICATE_IDEMPOTENCY_KEY,
            "the event id " + id + " is given to two events with different contents");
      }
      prepared.add(same == null ? next : same);
    }
    return prepared;
  }

  private NewEvent prepare(
      String account, Event event, Instant now, @Nullable String traceContext) {
    EventType type = events.publishable(event.type());
    byte[] data = payloads.read(event, type);
    UUID id = ids.next(now);
    String given = event.id() == null ? null : NamePolicy.eventId(event.id());
    String eventId = given == null ? PublicId.EVENT.format(id) : given;
    Instant happened = event.timestamp() == null ? now : event.timestamp();
    byte[] body = Envelope.wrap(eventId, type.name(), happened, data);
    // An id of the library's own is never given twice, so nothing is ever compared with it.
    Fingerprint content = given == null ? null : fingerprint(body, event.timestamp() != null);
    return new NewEvent(
        id,
        account,
        given,
        content,
        type.name(),
        body,
        now,
        now.plus(keep),
        traceContext,
        List.of());
  }

  /** Returns whether a stored body has the content of an event, with or without its time. */
  static boolean isContent(byte[] body, Fingerprint content) {
    return fingerprint(body, true).equals(content) || fingerprint(body, false).equals(content);
  }

  /**
   * Returns the fingerprint of a body without its id. Bodies that say the same in another order or
   * form have one fingerprint.
   *
   * @param timed whether the host said when it happened; else the time is no part of the content
   */
  private static Fingerprint fingerprint(byte[] body, boolean timed) {
    Envelope.Content content = Envelope.content(body);
    return Fingerprint.of("publish")
        .add(content.type())
        .add(timed ? content.timestamp() : null)
        .addJson(content.data())
        .build();
  }
}
