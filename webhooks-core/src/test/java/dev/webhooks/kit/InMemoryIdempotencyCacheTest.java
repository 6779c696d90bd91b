package dev.webhooks.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.idempotency.IdempotencyCache;
import dev.webhooks.idempotency.IdempotencyCache.Reservation;
import dev.webhooks.idempotency.IdempotencyCache.Reservation.Busy;
import dev.webhooks.idempotency.IdempotencyCache.Reservation.Taken;
import dev.webhooks.idempotency.IdempotencyCache.Reservation.Used;
import dev.webhooks.idempotency.IdempotencyKey;
import dev.webhooks.testing.Patience;
import dev.webhooks.testing.memory.InMemoryIdempotencyCache;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(Patience.OF_A_TEST)
class InMemoryIdempotencyCacheTest {
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
  private static final Instant DAY_LATER = NOW.plus(IdempotencyCache.LIFETIME);
  private static final IdempotencyKey KEY = new IdempotencyKey("acme", "key-1");
  private static final Fingerprint CREATE = Fingerprint.of("create").build();
  private static final Fingerprint OTHER = Fingerprint.of("delete").build();
  private static final byte[] ANSWER = "answer".getBytes(StandardCharsets.UTF_8);

  private final InMemoryIdempotencyCache cache = new InMemoryIdempotencyCache();
  private final UUID token = UUID.randomUUID();

  @Test
  void answered_key_is_replayed_to_every_request() {
    assertThat(take(token, NOW)).isEqualTo(new Taken());
    cache.answer(KEY, token, ANSWER);

    assertUsed(take(UUID.randomUUID(), NOW), CREATE, ANSWER);
    assertUsed(cache.reserve(KEY, OTHER, UUID.randomUUID(), NOW), CREATE, ANSWER);
  }

  @Test
  void answer_cannot_be_changed_from_outside() {
    byte[] answer = ANSWER.clone();
    take(token, NOW);
    cache.answer(KEY, token, answer);
    answer[0] = 0;
    Used first = (Used) take(UUID.randomUUID(), NOW);
    assertThat(first.answer()).isEqualTo(ANSWER);
    first.answer()[0] = 0;

    assertUsed(take(UUID.randomUUID(), NOW), CREATE, ANSWER);
  }

  @Test
  void released_key_is_free() {
    take(token, NOW);
    cache.release(KEY, token);

    assertThat(take(UUID.randomUUID(), NOW)).isEqualTo(new Taken());
  }

  @Test
  void releasing_restores_what_was_there_before() {
    take(token, NOW);
    cache.leave(KEY, token);
    take(token, NOW);
    cache.release(KEY, token);

    assertUsed(take(UUID.randomUUID(), NOW), CREATE, null);
  }

  @Test
  void releasing_what_is_not_in_use_changes_nothing() {
    cache.release(KEY, token);
    take(token, NOW);
    cache.release(KEY, UUID.randomUUID());
    cache.answer(KEY, token, ANSWER);
    cache.release(KEY, token);

    assertUsed(take(UUID.randomUUID(), NOW), CREATE, ANSWER);
  }

  @Test
  void key_left_without_an_answer_is_used_but_its_own_use_may_go_on() {
    take(token, NOW);
    cache.leave(KEY, token);

    assertUsed(take(UUID.randomUUID(), NOW), CREATE, null);
    assertThat(take(token, NOW)).isEqualTo(new Taken());
    cache.answer(KEY, token, ANSWER);
    assertUsed(take(token, NOW), CREATE, ANSWER);
  }

  @Test
  void answer_with_another_token_is_ignored() {
    take(token, NOW);
    cache.leave(KEY, token);

    cache.answer(KEY, UUID.randomUUID(), ANSWER);

    assertUsed(take(UUID.randomUUID(), NOW), CREATE, null);
  }

  @Test
  void key_is_remembered_for_a_day_to_the_second() {
    take(token, NOW);
    cache.answer(KEY, token, ANSWER);

    assertUsed(take(UUID.randomUUID(), DAY_LATER.minusSeconds(1)), CREATE, ANSWER);
    assertThat(take(UUID.randomUUID(), DAY_LATER)).isEqualTo(new Taken());
  }

  @Test
  void what_is_older_than_a_day_is_removed() {
    for (int i = 0; i < 100; i++) {
      answer(new IdempotencyKey("acme", "key-" + i), NOW.plusSeconds(i));
    }
    assertThat(cache.size()).isEqualTo(100);

    answer(new IdempotencyKey("acme", "late"), DAY_LATER.plusSeconds(49));

    assertThat(cache.size()).isEqualTo(51);
  }

  @Test
  void old_keys_are_removed_unless_they_are_in_use() {
    answer(new IdempotencyKey("acme", "old"), NOW);
    answer(new IdempotencyKey("acme", "young"), NOW.plusSeconds(1));
    take(token, NOW);

    cache.removeTakenBefore(NOW.plusSeconds(1));

    assertThat(cache.size()).isEqualTo(2);
    cache.answer(KEY, token, ANSWER);
    assertUsed(take(UUID.randomUUID(), NOW), CREATE, ANSWER);
  }

  @Test
  void keys_of_one_account_are_forgotten_unless_they_are_in_use() {
    answer(new IdempotencyKey("acme", "k"), NOW);
    answer(new IdempotencyKey("globex", "k"), NOW);
    take(token, NOW);

    cache.forget("acme");

    assertThat(cache.size()).isEqualTo(2);
  }

  @Test
  void key_in_use_is_busy_after_two_seconds_however_old_it_is() {
    take(token, NOW);
    long started = System.nanoTime();

    assertThat(take(UUID.randomUUID(), DAY_LATER)).isEqualTo(new Busy());

    assertThat(Duration.ofNanos(System.nanoTime() - started))
        .isBetween(IdempotencyCache.PATIENCE, IdempotencyCache.PATIENCE.multipliedBy(10));
  }

  @Test
  void waiting_request_gets_the_answer() throws Exception {
    take(token, NOW);

    assertUsed(whileWaiting(() -> cache.answer(KEY, token, ANSWER)), CREATE, ANSWER);
  }

  @Test
  void waiting_request_takes_the_key_when_it_is_released() throws Exception {
    take(token, NOW);

    assertThat(whileWaiting(() -> cache.release(KEY, token))).isEqualTo(new Taken());
  }

  @Test
  void interrupted_wait_ends_at_once_and_stays_interrupted() {
    take(token, NOW);
    Thread.currentThread().interrupt();

    assertThat(take(UUID.randomUUID(), NOW)).isEqualTo(new Busy());
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void one_of_many_wins() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Reservation>> works = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        UUID own = UUID.randomUUID();
        works.add(() -> {
          Reservation reservation = take(own, NOW);
          if (reservation instanceof Taken) {
            cache.answer(KEY, own, ANSWER);
          }
          return reservation;
        });
      }
      List<Reservation> reservations = new ArrayList<>();
      for (Future<Reservation> result : threads.invokeAll(works)) {
        reservations.add(result.get());
      }

      assertThat(reservations).filteredOn(Taken.class::isInstance).hasSize(1);
      assertThat(reservations).filteredOn(Used.class::isInstance).hasSize(49);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Asks for the key on another thread and ends its use once that thread waits. */
  private Reservation whileWaiting(Runnable ending) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      CountDownLatch asking = new CountDownLatch(1);
      AtomicReference<Thread> asker = new AtomicReference<>();
      Future<Reservation> second = thread.submit(() -> {
        asker.set(Thread.currentThread());
        asking.countDown();
        return take(UUID.randomUUID(), NOW);
      });
      asking.await();
      while (asker.get().getState() != Thread.State.TIMED_WAITING && !second.isDone()) {
        Thread.onSpinWait();
      }
      ending.run();
      return second.get(Patience.SECONDS, TimeUnit.SECONDS);
    } finally {
      thread.shutdownNow();
    }
  }

  private Reservation take(UUID use, Instant now) {
    return cache.reserve(KEY, CREATE, use, now);
  }

  private void answer(IdempotencyKey key, Instant now) {
    UUID use = UUID.randomUUID();
    assertThat(cache.reserve(key, CREATE, use, now)).isEqualTo(new Taken());
    cache.answer(key, use, ANSWER);
  }

  private static void assertUsed(Reservation reservation, Fingerprint fingerprint, byte[] answer) {
    assertThat(reservation).usingRecursiveComparison().isEqualTo(new Used(fingerprint, answer));
  }
}
