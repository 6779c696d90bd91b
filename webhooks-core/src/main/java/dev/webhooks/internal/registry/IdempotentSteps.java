package dev.webhooks.internal.registry;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.idempotency.IdempotencyCache;
import dev.webhooks.idempotency.IdempotencyCache.Reservation;
import dev.webhooks.idempotency.IdempotencyKey;
import dev.webhooks.internal.registry.ReplayCodecs.ReplayCodec;
import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.internal.time.OneClock;
import dev.webhooks.registry.Scope;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs an operation that needs more than one transaction, and at most once for each idempotency
 * key: the first transaction takes the key, no transaction is held in between, and the last one
 * stores the answer with the last of the effect.
 *
 * <p>Whoever comes with the same key meanwhile looks again for {@link IdempotencyCache#PATIENCE},
 * since a key taken by a committed transaction is no lock to wait for.
 */
final class IdempotentSteps {
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final long LOOKS = 1 + IdempotencyCache.PATIENCE.dividedBy(PAUSE);

  private final WebhookStore store;
  private final IdGenerator ids;
  private final OneClock clock;

  IdempotentSteps(Transactions transactions) {
    this.store = transactions.store();
    this.ids = transactions.ids();
    this.clock = transactions.clock();
  }

  /**
   * The result of the first transaction.
   *
   * @param <T> what the operation returns
   */
  sealed interface Begun<T> {
    /** All is done, or was done by an earlier use of the key. */
    record Done<T>(T answer) implements Begun<T> {}

    /** More is to be done once the first transaction has committed. */
    record More<T>(Rest<T> rest) implements Begun<T> {}

    /** The same request is running somewhere else. */
    record Running<T>() implements Begun<T> {}
  }

  /**
   * The work that is done without a transaction.
   *
   * @param <T> what the operation returns
   */
  @FunctionalInterface
  interface Rest<T> {
    /** Does it and returns what is to be done in the last transaction. */
    Function<StoreSession, T> run();
  }

  /**
   * Runs an operation in transactions of the library's own.
   *
   * @param scope whose account and idempotency key count
   * @param busyUntil when the key is free again should this process die before it has answered
   * @param first the beginning; like all work in a transaction it may be run more than once
   */
  <T> T run(
      Scope scope,
      Fingerprint fingerprint,
      ReplayCodec<T> codec,
      Instant busyUntil,
      Function<StoreSession, Begun<T>> first) {
    String given = scope.idempotencyKey();
    Use<T> use = given == null
        ? null
        : new Use<>(
            new IdempotencyKey(scope.account(), given),
            fingerprint,
            ids.next(clock.instant()),
            busyUntil,
            codec);
    Begun<T> begun = use == null ? store.transact(first) : begin(use, first);
    if (begun instanceof Begun.More<T> more) {
      Function<StoreSession, T> last = more.rest().run();
      return store.transact(session -> {
        T answer = last.apply(session);
        answer(session, use, answer);
        return answer;
      });
    }
    if (begun instanceof Begun.Done<T> done) {
      return done.answer();
    }
    throw Transactions.stillRunning();
  }

  /** Runs the first transaction, again and again as long as another request runs under the key. */
  private <T> Begun<T> begin(Use<T> use, Function<StoreSession, Begun<T>> first) {
    Begun<T> begun = store.transact(session -> begin(session, use, first));
    for (int look = 2; look <= LOOKS && begun instanceof Begun.Running<T>; look++) {
      LockSupport.parkNanos(PAUSE.toNanos());
      begun = store.transact(session -> begin(session, use, first));
    }
    return begun;
  }

  private <T> Begun<T> begin(
      StoreSession session, Use<T> use, Function<StoreSession, Begun<T>> first) {
    Reservation reservation = session
        .idempotency()
        .reserve(
            use.key, use.fingerprint, use.token, clock.instant(), clock.certain(), use.busyUntil);
    if (isRunning(reservation, use.fingerprint)) {
      return new Begun.Running<>();
    }
    byte[] earlier = Transactions.replay(reservation, use.fingerprint);
    if (earlier != null) {
      return new Begun.Done<>(use.codec.read().apply(earlier));
    }
    Begun<T> begun = first.apply(session);
    if (begun instanceof Begun.Done<T> done) {
      answer(session, use, done.answer());
    }
    return begun;
  }

  private static boolean isRunning(Reservation reservation, Fingerprint fingerprint) {
    return reservation instanceof Reservation.Used used
        && used.answer() == null
        && used.fingerprint().equals(fingerprint);
  }

  private static <T> void answer(StoreSession session, @Nullable Use<T> use, T answer) {
    if (use != null) {
      session.idempotency().answer(use.key, use.token, use.codec.write().apply(answer));
    }
  }

  /** One use of a key. */
  private record Use<T>(
      IdempotencyKey key,
      Fingerprint fingerprint,
      UUID token,
      Instant busyUntil,
      ReplayCodec<T> codec) {}
}
