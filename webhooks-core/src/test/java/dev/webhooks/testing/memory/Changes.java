package dev.webhooks.testing.memory;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.idempotency.IdempotencyKey;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.WebhookRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The changes of a transaction that nobody else sees yet. What it holds is not changed in place.
 */
final class Changes {
  private final Map<Long, WebhookRow> webhooks = new LinkedHashMap<>();
  private final Map<EventName, StoredEvent> events = new LinkedHashMap<>();
  private final List<DeliveryRow> deliveries = new ArrayList<>();
  private final Map<DeliveryRef, UUID> retries = new HashMap<>();
  private final Map<DeliveryRef, Instant> madeDue = new HashMap<>();
  private final List<TestEnd> tests = new ArrayList<>();
  private final Map<UUID, Instant> kept = new HashMap<>();
  private final List<Erasure> erasures = new ArrayList<>();
  private final Set<Long> forgottenHealth = new HashSet<>();
  private final Map<IdempotencyKey, KeyUse> keys = new HashMap<>();
  private final Map<IdempotencyKey, KeyAnswer> answers = new HashMap<>();
  private final Set<Object> locks = new HashSet<>();

  /** Returns a copy to come back to. */
  Changes copy() {
    Changes copy = new Changes();
    copy.webhooks.putAll(webhooks);
    copy.events.putAll(events);
    copy.deliveries.addAll(deliveries);
    copy.retries.putAll(retries);
    copy.madeDue.putAll(madeDue);
    copy.tests.addAll(tests);
    copy.kept.putAll(kept);
    copy.erasures.addAll(erasures);
    copy.forgottenHealth.addAll(forgottenHealth);
    copy.keys.putAll(keys);
    copy.answers.putAll(answers);
    copy.locks.addAll(locks);
    return copy;
  }

  /** The rows that were inserted or changed, by number. */
  Map<Long, WebhookRow> webhooks() {
    return webhooks;
  }

  /** The events that were stored, by account and public id. */
  Map<EventName, StoredEvent> events() {
    return events;
  }

  /** The deliveries of those events, those that retry failed ones, and tests. */
  List<DeliveryRow> deliveries() {
    return deliveries;
  }

  /** The failed deliveries that were retried, with the ids of those that retry them. */
  Map<DeliveryRef, UUID> retries() {
    return retries;
  }

  /** The waiting deliveries that are due now, and since when. */
  Map<DeliveryRef, Instant> madeDue() {
    return madeDue;
  }

  /** Returns the outcomes of tests that were sent. */
  List<TestEnd> tests() {
    return tests;
  }

  /** The events that were retried, and until when they are kept for that. */
  Map<UUID, Instant> kept() {
    return kept;
  }

  /** The accounts that were erased. */
  List<Erasure> erasures() {
    return erasures;
  }

  /** The webhooks whose endpoints count as sound from now on. */
  Set<Long> forgottenHealth() {
    return forgottenHealth;
  }

  /** The idempotency keys that were taken. */
  Map<IdempotencyKey, KeyUse> keys() {
    return keys;
  }

  /** The answers that were given, also for keys taken by an earlier transaction. */
  Map<IdempotencyKey, KeyAnswer> answers() {
    return answers;
  }

  /** Returns the locks that the transaction holds until it ends. */
  Set<Object> locks() {
    return locks;
  }

  record TestEnd(AttemptOutcome outcome, Instant at) {}

  record KeyUse(UUID token, Fingerprint fingerprint) {}

  record KeyAnswer(UUID token, byte[] answer) {}
}
