package dev.webhooks.testing.memory;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.idempotency.IdempotencyCache;
import dev.webhooks.idempotency.IdempotencyKey;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The idempotency keys as one transaction sees them: keys are taken at once, answers are given when
 * it commits.
 */
final class MemoryKeys implements IdempotencyCache {
  private final InMemoryIdempotencyCache keys;
  private final InMemoryTransaction transaction;

  MemoryKeys(InMemoryIdempotencyCache keys, InMemoryTransaction transaction) {
    this.keys = keys;
    this.transaction = transaction;
  }

  @Override
  public Reservation reserve(
      IdempotencyKey key,
      Fingerprint fingerprint,
      UUID token,
      Instant now,
      Instant certain,
      @Nullable Instant busyUntil) {
    Changes changes = transaction.changes();
    Changes.KeyUse own = changes.keys().get(key);
    if (own != null) {
      return reserveAgain(own, changes.answers().get(key), token);
    }
    Reservation reservation = keys.reserve(key, fingerprint, token, now, certain, busyUntil);
    if (reservation instanceof Reservation.Taken) {
      changes.keys().put(key, new Changes.KeyUse(token, fingerprint));
    }
    return reservation;
  }

  @Override
  public void answer(IdempotencyKey key, UUID token, byte[] answer) {
    Changes changes = transaction.changes();
    Changes.KeyUse own = changes.keys().get(key);
    if (own == null || own.token().equals(token)) {
      changes.answers().put(key, new Changes.KeyAnswer(token, answer));
    }
  }

  /** Gives up the account's keys that this transaction has taken; others go when it commits. */
  void forget(String account) {
    Changes changes = transaction.changes();
    changes.keys().forEach((key, use) -> {
      if (key.account().equals(account)) {
        keys.release(key, use.token());
      }
    });
    changes.keys().keySet().removeIf(key -> key.account().equals(account));
    changes.answers().keySet().removeIf(key -> key.account().equals(account));
  }

  private static Reservation reserveAgain(
      Changes.KeyUse own, Changes.@Nullable KeyAnswer given, UUID token) {
    if (given != null) {
      return new Reservation.Used(own.fingerprint(), given.answer());
    }
    return own.token().equals(token)
        ? new Reservation.Taken()
        : new Reservation.Used(own.fingerprint(), null);
  }
}
