package dev.webhooks.testing.memory;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.idempotency.IdempotencyCache;
import dev.webhooks.idempotency.IdempotencyCache.Reservation.Busy;
import dev.webhooks.idempotency.IdempotencyCache.Reservation.Taken;
import dev.webhooks.idempotency.IdempotencyCache.Reservation.Used;
import dev.webhooks.idempotency.IdempotencyKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps idempotency keys in memory. Thread-safe.
 *
 * <p>There is no transaction here, so whoever takes a key says how its use ends: with
 * {@link #answer}, with {@link #leave} if it did something but has no answer, or with
 * {@link #release} if it did nothing. Until then others that ask for the key wait.
 *
 * <p>What is older than {@link IdempotencyCache#LIFETIME} is removed when the next key is reserved.
 */
public final class InMemoryIdempotencyCache implements IdempotencyCache {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();

  /** In the order the keys were taken, so that the oldest are found first. */
  private final Map<IdempotencyKey, Use> uses = new LinkedHashMap<>();

  /** Creates a cache that knows no key. */
  public InMemoryIdempotencyCache() {}

  @Override
  public Reservation reserve(
      IdempotencyKey key,
      Fingerprint fingerprint,
      UUID token,
      Instant now,
      Instant certain,
      @Nullable Instant busyUntil) {
    lock.lock();
    try {
      removeExpired(certain);
      if (inUseByAnother(key, token) && !awaitEnd(key, token)) {
        return new Busy();
      }
      Use last = uses.get(key);
      if (last == null || last.isOver(certain) || last.unansweredUseOf(token)) {
        take(key, new Use(token, fingerprint, now, busyUntil, true, null, last));
        return new Taken();
      }
      return new Used(last.fingerprint, last.answer == null ? null : last.answer.clone());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void answer(IdempotencyKey key, UUID token, byte[] answer) {
    end(key, token, answer.clone());
  }

  /**
   * Ends a use that has no answer: others learn that the key was used, and the same use may take it
   * again.
   *
   * @param key the key
   * @param token the token it was taken with
   */
  public void leave(IdempotencyKey key, UUID token) {
    end(key, token, null);
  }

  /**
   * Undoes a reservation, as after a rollback: the key is as it was before. Does nothing if the key
   * is not in use with that token.
   *
   * @param key the key
   * @param token the token it was taken with
   */
  @Override
  public void release(IdempotencyKey key, UUID token) {
    lock.lock();
    try {
      Use use = uses.get(key);
      if (use != null && use.open && use.token.equals(token)) {
        if (use.previous == null) {
          uses.remove(key);
        } else {
          uses.put(key, use.previous);
        }
        ended.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Removes the keys that were taken before an instant and are not in use.
   *
   * @param instant the instant
   */
  public void removeTakenBefore(Instant instant) {
    lock.lock();
    try {
      uses.values().removeIf(use -> !use.open && use.takenAt.isBefore(instant));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Removes the keys of an account that are not in use at this moment.
   *
   * @param account the account
   */
  public void forget(String account) {
    lock.lock();
    try {
      uses.entrySet()
          .removeIf(entry -> !entry.getValue().open && entry.getKey().account().equals(account));
    } finally {
      lock.unlock();
    }
  }

  /** Returns all answers, in the order of accounts and keys. */
  public SortedMap<IdempotencyKey, byte[]> answers() {
    lock.lock();
    try {
      SortedMap<IdempotencyKey, byte[]> answers = new TreeMap<>(
          Comparator.comparing(IdempotencyKey::account).thenComparing(IdempotencyKey::key));
      uses.forEach((key, use) -> {
        byte[] answer = use.answer;
        if (answer != null) {
          answers.put(key, answer.clone());
        }
      });
      return answers;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Replaces the answer of a key.
   *
   * @param key the key
   * @param rule returns what to store, or empty for no change
   * @return whether it was changed; empty if there is none, or the key is in use at this moment
   */
  public Optional<Boolean> changeAnswer(
      IdempotencyKey key, Function<byte[], Optional<byte[]>> rule) {
    lock.lock();
    try {
      Use use = uses.get(key);
      byte[] before = use == null || use.open ? null : use.answer;
      if (use == null || before == null) {
        return Optional.empty();
      }
      Optional<byte[]> after = rule.apply(before);
      after.ifPresent(answer -> uses.put(key, use.answering(answer)));
      return Optional.of(after.isPresent());
    } finally {
      lock.unlock();
    }
  }

  /** Returns how many keys are remembered. */
  public int size() {
    lock.lock();
    try {
      return uses.size();
    } finally {
      lock.unlock();
    }
  }

  private void end(IdempotencyKey key, UUID token, byte @Nullable [] answer) {
    lock.lock();
    try {
      Use use = uses.get(key);
      if (use != null && use.token.equals(token)) {
        uses.put(key, use.answering(answer));
        ended.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void take(IdempotencyKey key, Use use) {
    uses.remove(key);
    uses.put(key, use);
  }

  private boolean inUseByAnother(IdempotencyKey key, UUID token) {
    Use use = uses.get(key);
    return use != null && use.open && !use.token.equals(token);
  }

  /** Returns false if the use did not end in time. */
  private boolean awaitEnd(IdempotencyKey key, UUID token) {
    long left = PATIENCE.toNanos();
    try {
      while (left > 0 && inUseByAnother(key, token)) {
        left = ended.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !inUseByAnother(key, token);
  }

  private void removeExpired(Instant now) {
    Iterator<Use> oldestFirst = uses.values().iterator();
    while (oldestFirst.hasNext()) {
      Use use = oldestFirst.next();
      if (!use.expired(now)) {
        return;
      }
      if (!use.open) {
        oldestFirst.remove();
      }
    }
  }

  /**
   * @param busyUntil when the key is free again if the use has not answered, or null
   * @param open whether the transaction that took the key still runs
   * @param previous what a rollback restores
   */
  private record Use(
      UUID token,
      Fingerprint fingerprint,
      Instant takenAt,
      @Nullable Instant busyUntil,
      boolean open,
      byte @Nullable [] answer,
      @Nullable Use previous) {
    /** Returns this use when it is over. */
    Use answering(byte @Nullable [] given) {
      return new Use(token, fingerprint, takenAt, busyUntil, false, given, null);
    }

    boolean expired(Instant now) {
      return Duration.between(takenAt, now).compareTo(LIFETIME) >= 0;
    }

    /** Returns whether another use may take the key. */
    boolean isOver(Instant now) {
      boolean abandoned = answer == null && busyUntil != null && !busyUntil.isAfter(now);
      return expired(now) || abandoned;
    }

    boolean unansweredUseOf(UUID other) {
      return token.equals(other) && answer == null;
    }
  }
}
