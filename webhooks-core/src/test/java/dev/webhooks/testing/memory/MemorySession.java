package dev.webhooks.testing.memory;

import dev.webhooks.idempotency.IdempotencyCache;
import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.EventPattern;
import dev.webhooks.model.PublicId;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.EndpointHealth;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.NewEvent.NewDelivery;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.StoreSession.EventReceipt;
import dev.webhooks.spi.store.StoreSession.NewRetry;
import dev.webhooks.spi.store.StoreSession.NewTest;
import dev.webhooks.spi.store.StoreSession.RecoverRequest;
import dev.webhooks.spi.store.StoreSession.WebhookFilter;
import dev.webhooks.spi.store.StoreSession.WebhookList;
import dev.webhooks.spi.store.StoreSession.WebhookPlace;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads what is committed and what its own transaction did; writes into the latter. */
final class MemorySession implements StoreSession {
  private static final Comparator<WebhookPlace> NEWEST_FIRST = Comparator.comparing(
          WebhookPlace::createdAt)
      .thenComparing(WebhookPlace::id, IdGenerator.ORDER)
      .reversed();

  private final Tables tables;
  private final InMemoryTransaction transaction;

  MemorySession(Tables tables, InMemoryTransaction transaction) {
    this.tables = tables;
    this.transaction = transaction;
  }

  @Override
  public void lockAccount(String account) {
    tables.lockedRun(() -> tables.rowLocks().await(new RowLocks.Account(account), transaction));
  }

  @Override
  public int countWebhooks(String account) {
    return tables.locked(() -> webhooks(account).size());
  }

  @Override
  public long insertWebhook(WebhookRow webhook) {
    return tables.locked(() -> {
      long number = tables.webhooks().nextNumber();
      WebhookConfiguration given = webhook.configuration();
      requireFree(given.id());
      WebhookConfiguration numbered = given.change().number(number).build();
      write(new WebhookRow(
          numbered, webhook.name(), webhook.events(), webhook.createdAt(), webhook.updatedAt()));
      return number;
    });
  }

  /** Another transaction that is about to use the id is waited for, as by a unique index. */
  private void requireFree(UUID id) {
    tables.rowLocks().await(new RowLocks.WebhookId(id), transaction);
    boolean taken = tables.webhooks().hasId(id)
        || changes().webhooks().values().stream()
            .anyMatch(row -> row.configuration().id().equals(id));
    if (taken) {
      throw new WebhookException(
          ErrorCode.DUPLICATE_IDEMPOTENCY_KEY, "the webhook's id is taken by another webhook");
    }
  }

  @Override
  public Optional<WebhookRow> findWebhook(String account, UUID id) {
    return tables.locked(() -> find(account, id));
  }

  @Override
  public Optional<WebhookRow> lockWebhook(String account, UUID id) {
    return tables.locked(() -> {
      Optional<WebhookRow> found = find(account, id);
      found.ifPresent(row -> awaitLock(row.number()));
      return found.isEmpty() ? found : find(account, id);
    });
  }

  @Override
  public void updateWebhook(WebhookRow webhook) {
    tables.lockedRun(() -> {
      awaitLock(webhook.number());
      WebhookRow old = seen(webhook.number());
      if (old != null && !old.configuration().deleted()) {
        WebhookConfiguration present = old.configuration();
        WebhookConfiguration values = webhook.configuration();
        WebhookConfiguration updated = present
            .change()
            .url(values.url())
            .headers(values.headers())
            .secret(values.secret())
            .oldSecret(values.oldSecret(), values.oldSecretUntil())
            .status(values.status())
            .version(present.version() + 1)
            .build();
        write(new WebhookRow(
            updated, webhook.name(), webhook.events(), old.createdAt(), webhook.updatedAt()));
      }
    });
  }

  @Override
  public void deleteWebhook(long number, Instant now) {
    tables.lockedRun(() -> {
      awaitLock(number);
      WebhookRow old = seen(number);
      if (old != null && !old.configuration().deleted()) {
        write(tombstone(old, now));
      }
    });
  }

  @Override
  public List<Long> eraseAccount(String account, Instant now) {
    List<Long> erased = tables.locked(() -> {
      tables.rowLocks().await(new RowLocks.Account(account), transaction);
      List<Long> numbers = List.copyOf(webhooks(account).keySet());
      numbers.forEach(number -> deleteWebhook(number, now));
      changes().erasures().add(new Erasure(account, now, now));
      return numbers;
    });
    new MemoryKeys(tables.keys(), transaction).forget(account);
    return erased;
  }

  @Override
  public void forgetHealth(long number) {
    tables.lockedRun(() -> {
      tables.rowLocks().await(new RowLocks.Health(number), transaction);
      changes().forgottenHealth().add(number);
    });
  }

  @Override
  public WebhookList listWebhooks(String account, WebhookFilter filter) {
    List<WebhookRow> all = tables.locked(() -> List.copyOf(webhooks(account).values()));
    List<WebhookRow> matching = all.stream()
        .filter(row -> letsThrough(filter, row))
        .sorted(Comparator.comparing(WebhookPlace::of, NEWEST_FIRST))
        .toList();
    List<WebhookRow> section = matching.stream()
        .filter(row -> filter.after() == null
            || NEWEST_FIRST.compare(filter.after(), WebhookPlace.of(row)) < 0)
        .skip(filter.offset())
        .limit(filter.limit())
        .toList();
    return new WebhookList(section, matching.size());
  }

  @Override
  public Map<Long, WebhookStatistics> statistics(Collection<Long> numbers) {
    return tables.locked(() -> {
      Map<Long, WebhookStatistics> statistics = new HashMap<>();
      for (long number : numbers) {
        long own = changes().deliveries().stream()
            .filter(row -> row.webhook() == number && !row.isTest())
            .count();
        long pending = tables.deliveries().pending(number) + own;
        statistics.put(number, tables.counters(number).read(pending));
      }
      return statistics;
    });
  }

  @Override
  public Map<Long, EndpointHealth> health(Collection<Long> numbers) {
    return tables.locked(() -> {
      Map<Long, EndpointHealth> known = new HashMap<>(tables.health());
      known.keySet().retainAll(numbers);
      known.keySet().removeAll(changes().forgottenHealth());
      return known;
    });
  }

  @Override
  public Map<String, Map<String, List<WebhookConfiguration>>> subscribers(
      Map<String, Set<String>> eventTypes) {
    return tables.locked(() -> {
      Map<String, Map<String, List<WebhookConfiguration>>> subscribers = new HashMap<>();
      eventTypes.forEach((account, types) -> {
        Map<String, List<WebhookConfiguration>> byType = new HashMap<>();
        types.forEach(type -> byType.put(type, subscribersTo(type, account)));
        subscribers.put(account, byType);
      });
      return subscribers;
    });
  }

  private List<WebhookConfiguration> subscribersTo(String type, String account) {
    List<String> patterns = EventPattern.matching(type);
    return webhooks(account).values().stream()
        .filter(row -> subscribes(row, patterns))
        .map(tables::configuration)
        .toList();
  }

  @Override
  public List<EventReceipt> insertEvents(List<NewEvent> events) {
    return tables.locked(() -> {
      events.forEach(event -> requireNotInUse(StoredEvent.nameOf(event)));
      return events.stream().map(this::insertEvent).toList();
    });
  }

  @Override
  public Optional<byte[]> findBody(String account, UUID event) {
    return tables.locked(() -> Optional.ofNullable(
            seen(new EventName(account, PublicId.EVENT.format(event))))
        .map(StoredEvent::bodyIfKept));
  }

  @Override
  public Optional<Delivery> findDelivery(WebhookConfiguration webhook, UUID delivery) {
    return tables.locked(() -> {
      DeliveryRef ref = new DeliveryRef(webhook.number(), delivery);
      UUID retry = changes().retries().get(ref);
      Instant due = changes().madeDue().get(ref);
      return Optional.ofNullable(seen(ref)).map(row -> row.delivery(webhook, retry, due));
    });
  }

  @Override
  public List<UUID> findRetryable(RecoverRequest request) {
    return tables.locked(() ->
        tables.deliveries().of(request.webhook()).tailMap(request.after(), false).values().stream()
            .filter(this::isRetryable)
            .filter(row -> !row.createdAt().isBefore(request.from()))
            .filter(row -> row.createdAt().isBefore(request.to()))
            .limit(request.limit())
            .map(DeliveryRow::id)
            .toList());
  }

  @Override
  public Set<UUID> retry(long webhook, List<NewRetry> retries, Instant now, Instant keepUntil) {
    List<NewRetry> inOrder =
        retries.stream().sorted(Comparator.comparing(NewRetry::failed)).toList();
    return tables.locked(() -> {
      Set<UUID> stored = new HashSet<>();
      for (NewRetry retry : inOrder) {
        if (retry(new DeliveryRef(webhook, retry.failed()), retry.id(), now, keepUntil)) {
          stored.add(retry.id());
        }
      }
      return stored;
    });
  }

  private boolean retry(DeliveryRef failed, UUID id, Instant now, Instant keepUntil) {
    tables.rowLocks().await(new RowLocks.Delivery(failed), transaction);
    DeliveryRow row = seen(failed);
    if (row == null || !isRetryable(row)) {
      return false;
    }
    tables.rowLocks().await(new RowLocks.Event(row.event()), transaction);
    if (!isRetryable(row)) {
      return false;
    }
    changes().kept().merge(row.event(), keepUntil, (a, b) -> a.isAfter(b) ? a : b);
    changes().retries().put(failed, id);
    changes().deliveries().add(row.retry(id, now));
    return true;
  }

  private boolean isRetryable(DeliveryRow row) {
    return row.isRetryable() && !changes().retries().containsKey(row.ref());
  }

  @Override
  public List<UUID> findWaiting(long webhook, Instant from, Instant to, int limit) {
    return tables.locked(() -> tables.deliveries().unownedOf(webhook).stream()
        .filter(row -> isWaiting(row, to))
        .filter(row -> !row.createdAt().isBefore(from) && row.createdAt().isBefore(to))
        .limit(limit)
        .map(DeliveryRow::id)
        .toList());
  }

  @Override
  public int makeDue(long webhook, Collection<UUID> deliveries, Instant now) {
    return tables.locked(() -> {
      int made = 0;
      for (UUID id : deliveries.stream().sorted().toList()) {
        DeliveryRef ref = new DeliveryRef(webhook, id);
        tables.rowLocks().await(new RowLocks.Delivery(ref), transaction);
        DeliveryRow row = tables.deliveries().findPending(ref);
        if (row != null && isWaiting(row, now)) {
          changes().madeDue().put(ref, now);
          made++;
        }
      }
      return made;
    });
  }

  private boolean isWaiting(DeliveryRow row, Instant now) {
    return row.isWaiting(now) && !changes().madeDue().containsKey(row.ref());
  }

  private @Nullable DeliveryRow seen(DeliveryRef ref) {
    return changes().deliveries().stream()
        .filter(row -> row.ref().equals(ref))
        .findFirst()
        .orElseGet(() -> tables.deliveries().of(ref.webhook()).get(ref.id()));
  }

  @Override
  public void insertTest(NewTest test) {
    StoredEvent event = new StoredEvent(new NewEvent(
        test.event(),
        test.account(),
        null,
        null,
        EventCatalog.TEST_EVENT,
        test.body(),
        test.createdAt(),
        test.keepUntil(),
        null,
        List.of()));
    tables.lockedRun(() -> {
      changes().events().put(event.name(), event);
      changes().deliveries().add(DeliveryRow.test(test, event));
    });
  }

  /** Takes effect when the transaction commits, unless the test has been ended by then. */
  @Override
  public boolean finishTest(AttemptOutcome outcome, Instant now) {
    return tables.locked(() -> {
      boolean pending = tables.deliveries().findHeld(DeliveryRow.TESTING, outcome.claim()) != null;
      if (pending) {
        changes().tests().add(new Changes.TestEnd(outcome, now));
      }
      return pending;
    });
  }

  @Override
  public IdempotencyCache idempotency() {
    return new MemoryKeys(tables.keys(), transaction);
  }

  private void requireNotInUse(EventName name) {
    if (tables.rowLocks().heldByAnother(name, transaction)) {
      throw new WebhookException(
          ErrorCode.DUPLICATE_IDEMPOTENCY_KEY,
          "another transaction is publishing an event with the id " + name.publicId());
    }
  }

  private EventReceipt insertEvent(NewEvent event) {
    StoredEvent stored = new StoredEvent(event);
    StoredEvent first = seen(stored.name());
    if (first != null) {
      return first.receipt(false);
    }
    tables.rowLocks().take(stored.name(), transaction);
    changes().events().put(stored.name(), stored);
    for (NewDelivery delivery : event.deliveries()) {
      changes().deliveries().add(new DeliveryRow(delivery, stored));
    }
    return stored.receipt(true);
  }

  private @Nullable StoredEvent seen(EventName name) {
    StoredEvent own = changes().events().get(name);
    return own == null ? tables.events().find(name) : own;
  }

  private @Nullable WebhookRow seen(long number) {
    WebhookRow own = changes().webhooks().get(number);
    return own == null ? tables.webhooks().find(number) : own;
  }

  private NavigableMap<Long, WebhookRow> webhooks(String account) {
    return tables.webhooks().of(account, changes().webhooks().values());
  }

  private Optional<WebhookRow> find(String account, UUID id) {
    return webhooks(account).values().stream()
        .filter(row -> row.configuration().id().equals(id))
        .findFirst();
  }

  private void awaitLock(long number) {
    tables.rowLocks().await(new RowLocks.Webhook(number), transaction);
  }

  private void write(WebhookRow row) {
    changes().webhooks().put(row.number(), row);
  }

  private Changes changes() {
    return transaction.changes();
  }

  private static boolean letsThrough(WebhookFilter filter, WebhookRow row) {
    return (filter.status() == null || filter.status() == row.configuration().status())
        && (filter.patterns() == null || subscribes(row, filter.patterns()));
  }

  private static boolean subscribes(WebhookRow row, Collection<String> patterns) {
    return !Collections.disjoint(new HashSet<>(row.events()), patterns);
  }

  private static WebhookRow tombstone(WebhookRow old, Instant now) {
    WebhookConfiguration present = old.configuration();
    WebhookConfiguration blank = WebhookConfiguration.of(present.id(), present.account())
        .number(present.number())
        .givenId(present.givenId())
        .status(present.status())
        .deleted(true)
        .version(present.version() + 1)
        .build();
    return new WebhookRow(blank, null, old.events(), old.createdAt(), now);
  }
}
