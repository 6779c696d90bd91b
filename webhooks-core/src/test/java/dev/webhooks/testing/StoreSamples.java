package dev.webhooks.testing;

import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.NewEvent.NewDelivery;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.StoreSession.EventReceipt;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import dev.webhooks.spi.store.WebhookStore;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Makes what the tests of a store put into it, and puts it there. */
final class StoreSamples {
  /** When everything happens unless a test says otherwise. */
  static final Instant NOW = Instant.parse("2026-11-23T10:00:00.123456Z");

  static final String ACME = "acme";
  static final String GLOBEX = "globex";

  /** The memory of an instance that has forgotten everything. */
  static final Predicate<UUID> NOTHING = id -> false;

  private static final int BATCH = 500;
  private static final byte[] NO_BODY = {};

  private final WebhookStore store;
  private final IdGenerator ids;

  StoreSamples(WebhookStore store) {
    this(store, 42);
  }

  /** Makes samples whose ids are others than those of another seed. */
  StoreSamples(WebhookStore store, long seed) {
    this.store = store;
    this.ids = new IdGenerator(new Random(seed));
  }

  static Instant later(long seconds) {
    return NOW.plusSeconds(seconds);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  UUID id(Instant at) {
    return ids.next(at);
  }

  void write(Consumer<StoreSession> work) {
    store.transact(session -> {
      work.accept(session);
      return true;
    });
  }

  // Webhooks

  WebhookSample webhook() {
    return webhook(NOW);
  }

  WebhookSample webhook(Instant createdAt) {
    return new WebhookSample(ids.next(createdAt), createdAt);
  }

  /** Stores a webhook and returns it as the store has it. */
  WebhookRow stored(WebhookSample sample) {
    WebhookRow row = sample.row();
    write(session -> session.insertWebhook(row));
    return find(row);
  }

  /** Stores a webhook of account acme that receives everything. */
  WebhookConfiguration active() {
    return stored(webhook()).configuration();
  }

  WebhookConfiguration withStatus(WebhookStatus status) {
    return stored(webhook().status(status)).configuration();
  }

  WebhookRow find(WebhookRow row) {
    return store.transact(
        session -> session.findWebhook(row.account(), row.configuration().id()).orElseThrow());
  }

  /** Replaces the values of a stored webhook. */
  WebhookRow update(WebhookRow stored, WebhookSample values) {
    write(session -> {
      WebhookRow locked =
          session.lockWebhook(stored.account(), stored.configuration().id()).orElseThrow();
      session.updateWebhook(values.replacing(locked, later(1)));
    });
    return find(stored);
  }

  void changeStatus(WebhookConfiguration hook, WebhookStatus status) {
    write(session -> {
      WebhookRow locked = session.lockWebhook(ACME, hook.id()).orElseThrow();
      session.updateWebhook(webhook().status(status).replacing(locked, later(1)));
    });
  }

  void delete(WebhookConfiguration hook) {
    write(session -> {
      WebhookRow locked = session.lockWebhook(ACME, hook.id()).orElseThrow();
      session.deleteWebhook(locked.number(), later(1));
    });
  }

  // Events

  EventSample event() {
    return new EventSample(this);
  }

  List<EventReceipt> publish(NewEvent... events) {
    return store.transact(session -> session.insertEvents(List.of(events)));
  }

  /** Publishes events to one webhook, owned by nobody. */
  List<DeliveryRef> enqueue(WebhookConfiguration hook, int count) {
    return enqueue(hook, count, NOW);
  }

  List<DeliveryRef> enqueue(WebhookConfiguration hook, int count, Instant at) {
    List<NewEvent> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(event().at(at).to(hook).build());
    }
    for (int from = 0; from < count; from += BATCH) {
      List<NewEvent> batch = events.subList(from, Math.min(count, from + BATCH));
      write(session -> session.insertEvents(batch));
    }
    return events.stream().flatMap(event -> refs(event).stream()).toList();
  }

  /** Publishes events to one webhook, which an instance takes at once. */
  List<ClaimRef> take(long owner, WebhookConfiguration hook, int count) {
    return store.queue().claimById(owner, enqueue(hook, count));
  }

  ClaimRef takeOne(long owner, WebhookConfiguration hook) {
    return take(owner, hook, 1).get(0);
  }

  /** Returns whether an event is stored, by storing it once more in vain. */
  boolean isKept(StoreFixture fixture, NewEvent event) {
    NewEvent again = new NewEvent(
        event.id(),
        event.account(),
        event.givenId(),
        event.fingerprint(),
        event.type(),
        event.body(),
        event.createdAt(),
        event.keepUntil(),
        event.traceContext(),
        List.of());
    try (OpenTransaction probe = fixture.begin()) {
      boolean stored = store
          .join(probe.handle(), session -> session.insertEvents(List.of(again)))
          .get(0)
          .stored();
      probe.rollback();
      return !stored;
    }
  }

  static List<DeliveryRef> refs(NewEvent event) {
    return event.deliveries().stream().map(NewDelivery::ref).toList();
  }

  static Set<UUID> ids(Collection<ClaimRef> claims) {
    return Set.copyOf(claims.stream().map(claim -> claim.ref().id()).toList());
  }

  static List<DeliveryRef> refs(Collection<ClaimedDelivery> claimed) {
    return claimed.stream().map(delivery -> delivery.claim().ref()).toList();
  }

  static List<ClaimRef> claims(Collection<ClaimedDelivery> claimed) {
    return claimed.stream().map(ClaimedDelivery::claim).toList();
  }

  // The queue

  /** Claims everything that is due now. */
  List<ClaimedDelivery> claim(long owner) {
    return claim(owner, NOW);
  }

  List<ClaimedDelivery> claim(long owner, Instant now) {
    return store.queue().claim(request(owner, 1_000, 1_000, now));
  }

  static ClaimRequest request(long owner, int perWebhook, int total, Instant now) {
    return new ClaimRequest(owner, now, 0, perWebhook, total, 64 << 20, Map.of());
  }

  static ClaimRequest requestAfter(long after, long owner, int perWebhook, int total) {
    return new ClaimRequest(owner, NOW, after, perWebhook, total, 64 << 20, Map.of());
  }

  // Outcomes

  static AttemptOutcome delivered(ClaimRef claim, int number, Instant at) {
    return new AttemptOutcome(
        claim, number, at, 12, 200, null, bytes("ok"), DeliveryStatus.SUCCESS, null);
  }

  static AttemptOutcome givenUp(ClaimRef claim, int number, Instant at) {
    return new AttemptOutcome(
        claim,
        number,
        at,
        34,
        500,
        DeliveryError.HTTP_STATUS,
        bytes("oops"),
        DeliveryStatus.FAILED,
        null);
  }

  static AttemptOutcome retried(ClaimRef claim, int number, Instant at, Instant dueAt) {
    return new AttemptOutcome(
        claim, number, at, 56, null, DeliveryError.TIMEOUT, NO_BODY, DeliveryStatus.PENDING, dueAt);
  }
}
