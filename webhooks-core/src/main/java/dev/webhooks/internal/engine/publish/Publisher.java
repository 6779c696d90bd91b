package dev.webhooks.internal.engine.publish;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.internal.engine.base.EngineParts;
import dev.webhooks.internal.engine.base.Traces;
import dev.webhooks.internal.engine.ownership.CommittedClaimer;
import dev.webhooks.internal.engine.ownership.DeliveryIntake;
import dev.webhooks.internal.engine.send.Dispatcher;
import dev.webhooks.internal.engine.send.OwnedDeliveries;
import dev.webhooks.internal.engine.send.OwnedDelivery;
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
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The way from a host's call to committed rows. It stores each event with one delivery for every
 * webhook that subscribes to it, in one transaction, and passes the deliveries to the dispatcher
 * after the commit. Thread-safe; never waits for deliveries.
 */
public final class Publisher {
  private final EventPreparation preparation;
  private final Traces traces;
  private final WebhookStore store;
  private final OwnedDeliveries owned;
  private final Dispatcher dispatcher;
  private final DeliveryIntake intake;
  private final CommittedClaimer committed;
  private final IdGenerator ids;
  private final InstantSource clock;
  private final Ticker ticker;
  private final GroupCommit groupCommit;
  private final SilenceWarning silence;

  public Publisher(
      EngineParts parts,
      Traces traces,
      InstantSource clock,
      OwnedDeliveries owned,
      Dispatcher dispatcher,
      DeliveryIntake intake,
      CommittedClaimer committed,
      SilenceWarning silence) {
    this.preparation = new EventPreparation(parts);
    this.traces = traces;
    this.store = parts.store();
    this.ids = parts.ids();
    this.ticker = parts.ticker();
    this.clock = clock;
    this.owned = owned;
    this.dispatcher = dispatcher;
    this.intake = intake;
    this.committed = committed;
    this.silence = silence;
    this.groupCommit = new GroupCommit(store.deadline(), this::publishTogether);
  }

  /**
   * Publishes events, all or none.
   *
   * @param account the account whose webhooks receive them
   * @param transaction the host's transaction to join, or null for one of its own
   * @return a result for each event, in the same order
   * @throws WebhookException if an event is refused, with nothing stored, or if the store is
   *     unavailable
   */
  public List<PublishResult> publish(
      String account, @Nullable HostTransaction transaction, List<Event> events) {
    if (events.isEmpty()) {
      return List.of();
    }
    List<NewEvent> prepared =
        preparation.prepare(account, events, clock.instant(), traces.capture());
    Publication publication =
        new Publication(account, prepared.stream().distinct().toList());
    Map<String, Integer> counts = transaction == null
        ? groupCommit.publish(publication)
        : publishJoined(publication, transaction);
    silence.published();
    return prepared.stream()
        .map(Publication::eventId)
        .map(id -> new PublishResult(id, counts.getOrDefault(id, 0)))
        .toList();
  }

  /** Publishes in a transaction of the library's own. */
  private List<Map<String, Integer>> publishTogether(List<Publication> publications) {
    PublishedDeliveries published = new PublishedDeliveries(owned, true);
    long tick = ticker.read();
    List<Map<String, Integer>> counts;
    try {
      counts = store.transact(session -> {
        published.reset();
        return insert(session, publications, published);
      });
    } catch (StoreUnavailableException e) {
      if (e.outcomeUnknown()) {
        intake.addUnknown(published.deliveries());
      } else {
        published.reset();
      }
      throw e;
    } catch (RuntimeException | Error e) {
      published.reset();
      throw e;
    }
    dispatcher.offer(owned.stillOwned(published.deliveries()), published.configurations(), tick);
    return counts;
  }

  private Map<String, Integer> publishJoined(Publication publication, HostTransaction transaction) {
    PublishedDeliveries published = new PublishedDeliveries(owned, false);
    List<Map<String, Integer>> counts =
        store.join(transaction, session -> insert(session, List.of(publication), published));
    List<OwnedDelivery> deliveries = published.deliveries();
    if (!deliveries.isEmpty()) {
      transaction.onCommitted(() -> committed.claim(deliveries));
    }
    return counts.get(0);
  }

  /** Stores events with their deliveries; returns for each publication their number by event id. */
  private List<Map<String, Integer>> insert(
      StoreSession session, List<Publication> publications, PublishedDeliveries published) {
    Map<String, Map<String, List<WebhookConfiguration>>> subscribers =
        session.subscribers(types(publications));
    List<NewEvent> rows = new ArrayList<>();
    for (Publication publication : publications) {
      Map<String, List<WebhookConfiguration>> byType =
          subscribers.getOrDefault(publication.account(), Map.of());
      for (NewEvent event : publication.events()) {
        rows.add(withDeliveries(event, byType.getOrDefault(event.type(), List.of()), published));
      }
    }
    List<EventReceipt> receipts = session.insertEvents(rows);
    published.keepStored(rows, receipts);
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
    for (NewEvent event : publication.events()) {
      EventReceipt receipt = receipts.next();
      if (!receipt.stored()) {
        requireSameContent(session, event, receipt);
      }
      counts.put(Publication.eventId(event), receipt.deliveries());
    }
    return counts;
  }

  private NewEvent withDeliveries(
      NewEvent event, List<WebhookConfiguration> webhooks, PublishedDeliveries published) {
    List<NewDelivery> deliveries = new ArrayList<>(webhooks.size());
    for (WebhookConfiguration webhook : webhooks) {
      UUID id = ids.next(event.createdAt());
      ClaimedDelivery content = new ClaimedDelivery(
          new ClaimRef(new DeliveryRef(webhook.number(), id), 0),
          event.id(),
          Publication.eventId(event),
          event.type(),
          0,
          event.createdAt(),
          event.body(),
          event.traceContext());
      deliveries.add(published.add(content, webhook));
    }
    return new NewEvent(
        event.id(),
        event.account(),
        event.givenId(),
        event.fingerprint(),
        event.type(),
        event.body(),
        event.createdAt(),
        event.keepUntil(),
        event.traceContext(),
        deliveries);
  }

  /** An event without a given id can only meet itself, stored by a try before this one. */
  private static void requireSameContent(
      StoreSession session, NewEvent event, EventReceipt receipt) {
    String givenId = event.givenId();
    if (givenId == null) {
      return;
    }
    Fingerprint content = Objects.requireNonNull(event.fingerprint());
    Fingerprint first = receipt.fingerprint();
    boolean same = first != null
        ? first.equals(content)
        // The library made the id, so only the body tells the content published under it.
        : PublicId.EVENT
            .parse(givenId)
            .flatMap(id -> session.findBody(event.account(), id))
            .filter(body -> EventPreparation.isContent(body, content))
            .isPresent();
    if (!same) {
      throw new WebhookException(
          ErrorCode.DUPLICATE_IDEMPOTENCY_KEY,
          "the event id " + givenId + " was used for an event with another content");
    }
  }
}
