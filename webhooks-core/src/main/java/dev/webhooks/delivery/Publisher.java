package dev.webhooks.delivery;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.PublicId;
import dev.webhooks.model.PublishResult;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.model.WebhookException;
import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.HostTransaction;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.NewEvent.NewDelivery;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.StoreSession.EventReceipt;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Publishes events: stores each with one delivery for every webhook that subscribes to it, in one
 * transaction, and hands the deliveries over once that has committed. Thread-safe; never waits for
 * deliveries.
 */
public final class Publisher {
  private final EventPreparation preparation;
  private final Traces traces;
  private final WebhookStore store;
  private final Ledger ledger;
  private final Dispatcher dispatcher;
  private final Adopter adopter;
  private final Poller poller;
  private final IdGenerator ids;
  private final InstantSource clock;
  private final Ticker ticker;
  private final Duration keep;
  private final GroupCommit groupCommit;
  private final SilenceWarning silence;

  Publisher(
      EventPreparation preparation,
      EngineParts parts,
      Traces traces,
      InstantSource clock,
      Ledger ledger,
      Dispatcher dispatcher,
      Adopter adopter,
      Poller poller,
      SilenceWarning silence) {
    this.preparation = preparation;
    this.traces = traces;
    this.store = parts.store();
    this.ids = parts.ids();
    this.ticker = parts.ticker();
    this.keep = parts.settings().expiry().plus(parts.settings().retention());
    this.clock = clock;
    this.ledger = ledger;
    this.dispatcher = dispatcher;
    this.adopter = adopter;
    this.poller = poller;
    this.silence = silence;
    this.groupCommit = new GroupCommit(store.deadline(), this::publishTogether);
  }

  /**
   * Publishes events, all or none.
   *
   * @param account whose webhooks receive them
   * @param transaction the host's transaction to join, or null for one of its own
   * @param events the events
   * @return a result for each event, in the same order
   * @throws WebhookException if an event is refused, with nothing stored, or if the store is
   *     unavailable
   */
  public List<PublishResult> publish(
      String account, @Nullable HostTransaction transaction, List<Event> events) {
    if (events.isEmpty()) {
      return List.of();
    }
    Instant now = clock.instant();
    List<PreparedEvent> prepared = preparation.prepare(events, now);
    // An id given twice in one call is one event; the preparation has made sure that both say the
    // same.
    Map<String, PreparedEvent> distinct = new LinkedHashMap<>();
    prepared.forEach(event -> distinct.putIfAbsent(event.eventId(), event));
    List<PreparedEvent> once = List.copyOf(distinct.values());
    Publication publication = new Publication(account, once, now, traces.capture());
    Map<String, Integer> counts = transaction == null
        ? groupCommit.publish(publication)
        : publishJoined(publication, transaction);
    silence.published();
    return prepared.stream()
        .map(event -> new PublishResult(event.eventId(), counts.getOrDefault(event.eventId(), 0)))
        .toList();
  }

  /** Publishes in a transaction of our own, from which all of it goes to the dispatcher. */
  private List<Map<String, Integer>> publishTogether(List<Publication> publications) {
    Handover handover = new Handover(ledger, true);
    long tick = ticker.read();
    List<Map<String, Integer>> counts;
    try {
      counts = store.transact(session -> {
        handover.reset();
        return insert(session, publications, handover);
      });
    } catch (StoreUnavailableException e) {
      if (e.outcomeUnknown()) {
        poller.doubt(handover.deliveries());
      } else {
        handover.reset();
      }
      throw e;
    } catch (RuntimeException | Error e) {
      handover.reset();
      throw e;
    }
    dispatcher.offer(ledger.stillHeld(handover.deliveries()), handover.configurations(), tick);
    return counts;
  }

  private Map<String, Integer> publishJoined(Publication publication, HostTransaction transaction) {
    Handover handover = new Handover(ledger, false);
    List<Map<String, Integer>> counts =
        store.join(transaction, session -> insert(session, List.of(publication), handover));
    List<Held> deliveries = handover.deliveries();
    if (!deliveries.isEmpty()) {
      transaction.onCommitted(() -> adopter.adopt(deliveries));
    }
    return counts.get(0);
  }

  /** Stores events with their deliveries; returns for each publication their number by event id. */
  private List<Map<String, Integer>> insert(
      StoreSession session, List<Publication> publications, Handover handover) {
    Map<String, Map<String, List<WebhookConfiguration>>> subscribers =
        session.subscribers(types(publications));
    List<NewEvent> rows = new ArrayList<>();
    for (Publication publication : publications) {
      Map<String, List<WebhookConfiguration>> byType =
          subscribers.getOrDefault(publication.account(), Map.of());
      for (PreparedEvent event : publication.events()) {
        List<WebhookConfiguration> webhooks = byType.getOrDefault(event.type(), List.of());
        rows.add(row(publication, event, deliveries(publication, event, webhooks, handover)));
      }
    }
    List<EventReceipt> receipts = session.insertEvents(rows);
    handover.keepStored(rows, receipts);
    Iterator<EventReceipt> inOrder = receipts.iterator();
    return publications.stream()
        .map(publication -> counts(session, publication, inOrder))
        .toList();
  }

  private static Map<String, Set<String>> types(List<Publication> publications) {
    Map<String, Set<String>> types = new HashMap<>();
    for (Publication publication : publications) {
      Set<String> ofAccount =
          types.computeIfAbsent(publication.account(), account -> new LinkedHashSet<>());
      publication.events().forEach(event -> ofAccount.add(event.type()));
    }
    return types;
  }

  private static Map<String, Integer> counts(
      StoreSession session, Publication publication, Iterator<EventReceipt> receipts) {
    Map<String, Integer> counts = new HashMap<>();
    for (PreparedEvent event : publication.events()) {
      EventReceipt receipt = receipts.next();
      if (!receipt.stored()) {
        requireSameContent(session, publication.account(), event, receipt);
      }
      counts.put(event.eventId(), receipt.deliveries());
    }
    return counts;
  }

  private List<NewDelivery> deliveries(
      Publication publication,
      PreparedEvent event,
      List<WebhookConfiguration> webhooks,
      Handover handover) {
    Instant now = publication.now();
    List<NewDelivery> deliveries = new ArrayList<>(webhooks.size());
    for (WebhookConfiguration webhook : webhooks) {
      UUID id = ids.next(now);
      ClaimRef unclaimed = new ClaimRef(new DeliveryRef(webhook.number(), id), 0);
      ClaimedDelivery content = new ClaimedDelivery(
          unclaimed,
          event.id(),
          event.eventId(),
          event.type(),
          0,
          now,
          event.body(),
          publication.traceContext());
      deliveries.add(handover.add(event.id(), content, webhook));
    }
    return deliveries;
  }

  private NewEvent row(Publication publication, PreparedEvent event, List<NewDelivery> deliveries) {
    return new NewEvent(
        event.id(),
        publication.account(),
        event.givenId(),
        event.fingerprint(),
        event.type(),
        event.body(),
        publication.now(),
        publication.now().plus(keep),
        publication.traceContext(),
        deliveries);
  }

  /** An event without a given id can only meet itself, stored by a try before this one. */
  private static void requireSameContent(
      StoreSession session, String account, PreparedEvent event, EventReceipt receipt) {
    String givenId = event.givenId();
    if (givenId == null) {
      return;
    }
    Fingerprint first = receipt.fingerprint();
    Optional<Fingerprint> content = first != null
        ? Optional.of(first)
        // The library made the id, and what was published under it is known by its body alone.
        : PublicId.EVENT
            .parse(givenId)
            .flatMap(id -> session.findBody(account, id))
            .map(body -> EventContent.fingerprint(body, event.timed()));
    if (!content.equals(Optional.ofNullable(event.fingerprint()))) {
      throw new WebhookException(
          ErrorCode.DUPLICATE_IDEMPOTENCY_KEY,
          "the event id " + givenId + " was used for an event with another content");
    }
  }
}
