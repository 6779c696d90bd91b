package dev.webhooks.internal.idempotency;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.idempotency.IdempotencyCache;
import dev.webhooks.idempotency.IdempotencyKey;
import dev.webhooks.spi.store.StoreSession;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The idempotency key that one transaction uses in a cache of the host's. Serves one thread. */
final class KeysInUse implements IdempotencyCache {
  private static final Logger LOG = LoggerFactory.getLogger(HostKeysStore.class);

  private final IdempotencyCache cache;
  private @Nullable Runnable release;
  private @Nullable Runnable answer;

  KeysInUse(IdempotencyCache cache) {
    this.cache = cache;
  }

  /** Returns a session with these keys; its work may be run again after a deadlock. */
  StoreSession in(StoreSession session) {
    answer = null;
    // A proxy, so that the one method that differs is not lost among all the others.
    return (StoreSession) Proxy.newProxyInstance(
        StoreSession.class.getClassLoader(),
        new Class<?>[] {StoreSession.class},
        (proxy, method, arguments) ->
            method.getName().equals("idempotency") ? this : call(session, method, arguments));
  }

  private static @Nullable Object call(
      StoreSession session, Method method, @Nullable Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(session, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @Override
  public Reservation reserve(
      IdempotencyKey key,
      Fingerprint fingerprint,
      UUID token,
      Instant now,
      Instant certain,
      @Nullable Instant busyUntil) {
    Reservation reservation = cache.reserve(key, fingerprint, token, now, certain, busyUntil);
    if (reservation instanceof Reservation.Taken) {
      release = () -> cache.release(key, token);
    }
    return reservation;
  }

  @Override
  public void answer(IdempotencyKey key, UUID token, byte[] given) {
    answer = () -> cache.answer(key, token, given);
  }

  /** Frees the key that was taken. */
  void rolledBack() {
    run(release, "an idempotency key was not freed; repetitions are refused until it is forgotten");
  }

  /** Stores the answer that was given. */
  void ended() {
    run(answer, "an answer was not remembered; repetitions are refused until its key is forgotten");
  }

  /** The transaction has its outcome by now, which a fault of the cache must not hide. */
  private static void run(@Nullable Runnable step, String trouble) {
    if (step != null) {
      try {
        step.run();
      } catch (RuntimeException e) {
        LOG.warn("{}", trouble, e);
      }
    }
  }
}
