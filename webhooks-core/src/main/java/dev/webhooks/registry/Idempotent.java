package dev.webhooks.registry;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.idempotency.IdempotencyCache;
import dev.webhooks.idempotency.IdempotencyCache.Reservation;
import dev.webhooks.idempotency.IdempotencyKey;
import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.internal.time.OneClock;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;
import dev.webhooks.spi.store.HostTransaction;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs an operation in one transaction, and at most once for each idempotency key: the key, the
 * effect and the answer are stored together, and a repeated request gets the stored answer.
 */
final class Idempotent {
  private final WebhookStore store;
  private final IdGenerator ids;
  private final OneClock clock;

  Idempotent(WebhookStore store, IdGenerator ids, OneClock clock) {
    this.store = store;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * Writes answers and reads them back.
   *
   * @param <T> what an operation returns
   */
  interface AnswerCodec<T> {
    byte[] write(T answer);

    T read(byte[] stored);
  }

  /** Runs an operation that has a scope. */
  <T> T run(
      Scope scope,
      Fingerprint fingerprint,
      AnswerCodec<T> codec,
      Function<StoreSession, T> operation) {
    String given = scope.idempotencyKey();
    if (given == null) {
      return transact(scope.transaction(), operation);
    }
    IdempotencyKey key = new IdempotencyKey(scope.account(), given);
    Instant now = clock.instant();
    UUID token = ids.next(now);
    return transact(scope.transaction(), session -> {
      IdempotencyCache cache = session.idempotency();
      Reservation reservation = cache.reserve(key, fingerprint, token, now, clock.certain(), null);
      byte[] earlier = replay(reservation, fingerprint);
      if (earlier != null) {
        return codec.read(earlier);
      }
      T answer = operation.apply(session);
      cache.answer(key, token, codec.write(answer));
      return answer;
    });
  }

  /**
   * Returns the answer of an earlier use of the scope's key, if there is one, without doing or
   * storing anything. Whoever must look something up before the transaction asks here first, so
   * that a repetition is answered whatever has changed since.
   */
  <T> @Nullable T replay(Scope scope, Fingerprint fingerprint, AnswerCodec<T> codec) {
    String given = scope.idempotencyKey();
    if (given == null) {
      return null;
    }
    IdempotencyKey key = new IdempotencyKey(scope.account(), given);
    Instant now = clock.instant();
    UUID token = ids.next(now);
    try {
      return transact(scope.transaction(), session -> {
        Reservation reservation =
            session.idempotency().reserve(key, fingerprint, token, now, clock.certain(), null);
        byte[] earlier = replay(reservation, fingerprint);
        if (earlier == null) {
          throw new NeverUsed();
        }
        return codec.read(earlier);
      });
    } catch (NeverUsed e) {
      return null;
    }
  }

  /** Returns an earlier answer, or null if the key was taken now; refuses what is neither. */
  static byte @Nullable [] replay(Reservation reservation, Fingerprint fingerprint) {
    if (reservation instanceof Reservation.Taken) {
      return null;
    }
    if (reservation instanceof Reservation.Used used && used.answer() != null) {
      if (used.fingerprint().equals(fingerprint)) {
        return used.answer();
      }
      throw duplicate("the idempotency key was used for another request");
    }
    throw stillRunning();
  }

  static WebhookException stillRunning() {
    return duplicate("a request with the same idempotency key is still running");
  }

  private <T> T transact(@Nullable HostTransaction transaction, Function<StoreSession, T> work) {
    return transaction == null ? store.transact(work) : store.join(transaction, work);
  }

  private static WebhookException duplicate(String message) {
    return new WebhookException(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY, message);
  }

  /** Rolls the look-up back, which frees the key again. */
  private static final class NeverUsed extends WebhookException {
    private static final long serialVersionUID = 1L;

    NeverUsed() {
      super(ErrorCode.INVALID_REQUEST, "the key is free");
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }
}
