package dev.webhooks.internal.registry;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.idempotency.IdempotencyCache;
import dev.webhooks.idempotency.IdempotencyCache.Reservation;
import dev.webhooks.idempotency.IdempotencyKey;
import dev.webhooks.internal.registry.ReplayCodecs.ReplayCodec;
import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.internal.time.OneClock;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;
import dev.webhooks.registry.Scope;
import dev.webhooks.spi.store.HostTransaction;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs operations in the transaction of their scope, and at most once for each idempotency key: the
 * key, the effect and the answer are stored together, and a repeated request gets the stored
 * answer. Thread-safe.
 */
public final class Transactions {
  private final WebhookStore store;
  private final IdGenerator ids;
  private final OneClock clock;

  /**
   * Creates the runner of operations.
   *
   * @param ids makes the tokens of keys
   * @param clock the one clock
   */
  public Transactions(WebhookStore store, IdGenerator ids, OneClock clock) {
    this.store = store;
    this.ids = ids;
    this.clock = clock;
  }

  WebhookStore store() {
    return store;
  }

  IdGenerator ids() {
    return ids;
  }

  OneClock clock() {
    return clock;
  }

  /** Runs work in the host's transaction, or in one of the library's own. */
  <T> T run(Scope scope, Function<StoreSession, T> work) {
    HostTransaction transaction = scope.transaction();
    return transaction == null ? store.transact(work) : store.join(transaction, work);
  }

  /** Runs an effect at once, or when the host has committed its transaction. */
  static void whenCommitted(Scope scope, Runnable effect) {
    HostTransaction transaction = scope.transaction();
    if (transaction == null) {
      effect.run();
    } else {
      transaction.onCommitted(effect);
    }
  }

  /**
   * Runs an operation that has to be prepared outside the transaction: its arguments are checked, a
   * name is looked up. A repeated request is answered before that, whatever has changed since.
   */
  <T> T once(
      Scope scope,
      Fingerprint fingerprint,
      ReplayCodec<T> codec,
      Supplier<Function<StoreSession, T>> preparation) {
    T earlier = replay(scope, fingerprint, codec);
    return earlier != null ? earlier : once(scope, fingerprint, codec, preparation.get());
  }

  /** Runs an operation. */
  <T> T once(
      Scope scope,
      Fingerprint fingerprint,
      ReplayCodec<T> codec,
      Function<StoreSession, T> operation) {
    String given = scope.idempotencyKey();
    if (given == null) {
      return run(scope, operation);
    }
    Use use = use(scope, given);
    return run(scope, session -> {
      byte[] earlier = replay(use.reserve(session, fingerprint), fingerprint);
      if (earlier != null) {
        return codec.read().apply(earlier);
      }
      T answer = operation.apply(session);
      session.idempotency().answer(use.key, use.token, codec.write().apply(answer));
      return answer;
    });
  }

  /** Returns the answer of an earlier use of the key, if there is one, and stores nothing. */
  private <T> @Nullable T replay(Scope scope, Fingerprint fingerprint, ReplayCodec<T> codec) {
    String given = scope.idempotencyKey();
    if (given == null) {
      return null;
    }
    Use use = use(scope, given);
    try {
      return run(scope, session -> {
        byte[] earlier = replay(use.reserve(session, fingerprint), fingerprint);
        if (earlier == null) {
          throw new NeverUsed();
        }
        return codec.read().apply(earlier);
      });
    } catch (NeverUsed e) {
      return null;
    }
  }

  private Use use(Scope scope, String given) {
    Instant now = clock.instant();
    return new Use(new IdempotencyKey(scope.account(), given), ids.next(now), now, clock.certain());
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

  private static WebhookException duplicate(String message) {
    return new WebhookException(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY, message);
  }

  /** One use of a key. */
  private record Use(IdempotencyKey key, UUID token, Instant now, Instant certain) {
    Reservation reserve(StoreSession session, Fingerprint fingerprint) {
      IdempotencyCache cache = session.idempotency();
      return cache.reserve(key, fingerprint, token, now, certain, null);
    }
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
