package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.ACME;
import static dev.webhooks.testing.StoreSamples.GLOBEX;
import static dev.webhooks.testing.StoreSamples.NOW;
import static dev.webhooks.testing.StoreSamples.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.idempotency.IdempotencyCache;
import dev.webhooks.idempotency.IdempotencyCache.Reservation;
import dev.webhooks.idempotency.IdempotencyKey;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;
import dev.webhooks.spi.store.StoreSession;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Idempotency keys inside transactions: one winner, one answer, 24 hours. */
public abstract class IdempotencyContract extends StoreContract {
  private static final Fingerprint CREATE = Fingerprint.of("create").add("a").build();
  private static final Fingerprint OTHER = Fingerprint.of("create").add("b").build();
  private static final IdempotencyKey KEY = new IdempotencyKey(ACME, "key-1");
  private static final Instant DAY_LATER = NOW.plus(IdempotencyCache.LIFETIME);

  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected IdempotencyContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @Test
  void first_use_takes_the_key() {
    assertThat(use(KEY, CREATE, NOW)).isEqualTo(new Reservation.Taken());
  }

  @Test
  void second_use_gets_what_the_first_one_answered() {
    byte[] answer = new byte[300];
    for (int i = 0; i < answer.length; i++) {
      answer[i] = (byte) i;
    }
    write(session -> takeAndAnswer(session, KEY, answer));

    assertThat(use(KEY, CREATE, NOW)).usingRecursiveComparison().isEqualTo(used(CREATE, answer));
    assertThat(use(KEY, CREATE, NOW))
        .as("as often as it is asked for")
        .usingRecursiveComparison()
        .isEqualTo(used(CREATE, answer));
  }

  @Test
  void other_request_with_the_same_key_gets_the_first_ones_fingerprint() {
    write(session -> takeAndAnswer(session, KEY, bytes("answer")));

    assertThat(use(KEY, OTHER, NOW))
        .usingRecursiveComparison()
        .isEqualTo(used(CREATE, bytes("answer")));
  }

  @Test
  void empty_answer_differs_from_none() {
    IdempotencyKey interrupted = new IdempotencyKey(ACME, "interrupted");
    write(session -> takeAndAnswer(session, KEY, new byte[0]));
    use(interrupted, CREATE, NOW);

    assertThat(use(KEY, CREATE, NOW))
        .usingRecursiveComparison()
        .isEqualTo(used(CREATE, new byte[0]));
    assertThat(use(interrupted, CREATE, NOW))
        .usingRecursiveComparison()
        .isEqualTo(new Reservation.Used(CREATE, null));
  }

  @Test
  void large_answer_is_kept() {
    byte[] answer = new byte[200_000];
    write(session -> takeAndAnswer(session, KEY, answer));

    assertThat(use(KEY, CREATE, NOW)).usingRecursiveComparison().isEqualTo(used(CREATE, answer));
  }

  @Test
  void keys_are_unique_in_their_account_and_in_their_exact_spelling() {
    use(new IdempotencyKey(ACME, "key-a"), CREATE, NOW);

    for (IdempotencyKey different : List.of(
        new IdempotencyKey(GLOBEX, "key-a"),
        new IdempotencyKey("ACME", "key-a"),
        new IdempotencyKey(ACME, "KEY-A"),
        new IdempotencyKey(ACME, "key-a "),
        new IdempotencyKey(ACME, " key-a"),
        new IdempotencyKey(ACME, "key"),
        new IdempotencyKey(ACME, "~\"'\\%_ !" + "x".repeat(246)))) {
      assertThat(use(different, CREATE, NOW))
          .as("%s", different)
          .isEqualTo(new Reservation.Taken());
    }
  }

  @Test
  void key_is_free_again_after_a_rollback() {
    RuntimeException fault = new IllegalStateException("on purpose");
    assertThatThrownBy(() -> write(session -> {
          takeAndAnswer(session, KEY, bytes("lost"));
          throw fault;
        }))
        .isSameAs(fault);
    assertTaken();
    try (OpenTransaction host = fixture().begin()) {
      doIn(host, session -> takeAndAnswer(session, other("host"), bytes("lost")));
      host.rollback();
    }

    assertThat(use(other("host"), OTHER, NOW)).isEqualTo(new Reservation.Taken());
  }

  @Test
  void key_is_free_again_after_refused_work_in_a_hosts_transaction() {
    try (OpenTransaction host = fixture().begin()) {
      assertThatThrownBy(() -> doIn(host, session -> {
            takeAndAnswer(session, KEY, bytes("refused"));
            throw new WebhookException(ErrorCode.INVALID_URL, "on purpose");
          }))
          .isInstanceOf(WebhookException.class);
      assertThat(useIn(host, KEY, OTHER)).isEqualTo(new Reservation.Taken());
      host.commit();
    }

    assertThat(use(KEY, CREATE, NOW))
        .usingRecursiveComparison()
        .isEqualTo(new Reservation.Used(OTHER, null));
  }

  @Test
  void key_is_remembered_for_a_day_to_the_second() {
    write(session -> takeAndAnswer(session, KEY, bytes("answer")));

    assertThat(use(KEY, CREATE, DAY_LATER.minusSeconds(1)))
        .usingRecursiveComparison()
        .isEqualTo(used(CREATE, bytes("answer")));
    assertThat(use(KEY, OTHER, DAY_LATER)).isEqualTo(new Reservation.Taken());
    assertThat(use(KEY, CREATE, DAY_LATER.plusSeconds(1)))
        .as("the second use counts from its own time, and the first one's answer is gone")
        .usingRecursiveComparison()
        .isEqualTo(new Reservation.Used(OTHER, null));
  }

  @Test
  void key_a_day_and_a_second_old_is_free() {
    write(session -> takeAndAnswer(session, KEY, bytes("answer")));

    assertThat(use(KEY, CREATE, DAY_LATER.plusSeconds(1))).isEqualTo(new Reservation.Taken());
  }

  @Test
  void key_is_free_when_a_day_has_certainly_passed_and_remembered_from_the_present_time_on() {
    write(session -> takeAndAnswer(session, KEY, bytes("answer")));
    UUID token = samples().id(DAY_LATER);

    assertThat(useInDoubt(token, DAY_LATER.plusSeconds(1), DAY_LATER.minusSeconds(1)))
        .usingRecursiveComparison()
        .isEqualTo(used(CREATE, bytes("answer")));
    assertThat(useInDoubt(token, DAY_LATER.plusSeconds(60), DAY_LATER))
        .isEqualTo(new Reservation.Taken());
    assertThat(use(KEY, OTHER, DAY_LATER.plusSeconds(59).plus(IdempotencyCache.LIFETIME)))
        .usingRecursiveComparison()
        .isEqualTo(new Reservation.Used(CREATE, null));
  }

  @Test
  void abandoned_key_is_free_when_its_time_is_certainly_over() {
    Instant until = NOW.plusSeconds(60);
    reserveUntil(until, samples().id(NOW));
    UUID token = samples().id(until);

    assertThat(useInDoubt(token, until.plusSeconds(1), until.minusSeconds(1)))
        .usingRecursiveComparison()
        .isEqualTo(new Reservation.Used(CREATE, null));
    assertThat(useInDoubt(token, until.plusSeconds(1), until)).isEqualTo(new Reservation.Taken());
  }

  private Reservation useInDoubt(UUID token, Instant now, Instant certain) {
    return read(session -> session.idempotency().reserve(KEY, CREATE, token, now, certain, null));
  }

  @Test
  void answer_can_come_in_a_later_transaction() {
    UUID token = samples().id(NOW);
    read(session -> session.idempotency().reserve(KEY, CREATE, token, NOW));

    write(session -> session.idempotency().answer(KEY, token, bytes("answer")));

    assertThat(use(KEY, CREATE, NOW))
        .usingRecursiveComparison()
        .isEqualTo(used(CREATE, bytes("answer")));
  }

  @Test
  void answer_of_a_use_that_lost_its_key_is_ignored() {
    UUID late = samples().id(NOW);
    read(session -> session.idempotency().reserve(KEY, CREATE, late, NOW));
    use(KEY, OTHER, DAY_LATER);

    write(session -> session.idempotency().answer(KEY, late, bytes("late")));

    assertThat(use(KEY, OTHER, DAY_LATER))
        .usingRecursiveComparison()
        .isEqualTo(new Reservation.Used(OTHER, null));
  }

  @Test
  void same_use_tried_again_takes_its_key_again_until_it_has_answered() {
    UUID token = samples().id(NOW);
    read(session -> session.idempotency().reserve(KEY, CREATE, token, NOW));

    assertThat(useAgain(token))
        .as("the commit was lost before the answer was known")
        .isEqualTo(new Reservation.Taken());

    write(session -> session.idempotency().answer(KEY, token, bytes("answer")));
    assertThat(useAgain(token))
        .as("the effect is there: it must not be done twice")
        .usingRecursiveComparison()
        .isEqualTo(used(CREATE, bytes("answer")));
  }

  @Test
  void key_of_a_request_that_goes_on_is_free_when_its_time_is_over_without_an_answer() {
    Instant until = NOW.plusSeconds(60);
    reserveUntil(until, samples().id(NOW));

    assertThat(use(KEY, CREATE, until.minusMillis(1)))
        .usingRecursiveComparison()
        .isEqualTo(new Reservation.Used(CREATE, null));
    assertThat(use(KEY, OTHER, until)).isEqualTo(new Reservation.Taken());
  }

  @Test
  void key_of_a_request_that_went_on_and_answered_is_remembered_for_a_day() {
    UUID token = samples().id(NOW);
    reserveUntil(NOW.plusSeconds(60), token);
    write(session -> session.idempotency().answer(KEY, token, bytes("answer")));

    assertThat(use(KEY, CREATE, DAY_LATER.minusSeconds(1)))
        .usingRecursiveComparison()
        .isEqualTo(used(CREATE, bytes("answer")));
    assertThat(use(KEY, OTHER, DAY_LATER)).isEqualTo(new Reservation.Taken());
  }

  @Test
  void answer_of_a_request_whose_time_was_over_is_ignored_once_another_has_the_key() {
    UUID late = samples().id(NOW);
    Instant until = NOW.plusSeconds(60);
    reserveUntil(until, late);
    use(KEY, OTHER, until);

    write(session -> session.idempotency().answer(KEY, late, bytes("late")));

    assertThat(use(KEY, OTHER, until))
        .usingRecursiveComparison()
        .isEqualTo(new Reservation.Used(OTHER, null));
  }

  @Test
  void one_of_many_takes_the_key_and_the_others_see_its_answer() {
    List<Reservation> reservations = Concurrently.times(
        8,
        () -> read(session -> {
          UUID token = samples().id(NOW);
          Reservation reservation = session.idempotency().reserve(KEY, CREATE, token, NOW);
          if (reservation instanceof Reservation.Taken) {
            session.idempotency().answer(KEY, token, bytes("answer"));
          }
          return reservation;
        }));

    assertThat(reservations).filteredOn(Reservation.Taken.class::isInstance).hasSize(1);
    assertThat(reservations)
        .filteredOn(Reservation.Used.class::isInstance)
        .hasSize(7)
        .allSatisfy(used ->
            assertThat(used).usingRecursiveComparison().isEqualTo(used(CREATE, bytes("answer"))));
  }

  @Test
  void second_use_waits_for_the_first_one_to_commit() {
    try (OpenTransaction host = fixture().begin()) {
      doIn(host, session -> takeAndAnswer(session, KEY, bytes("answer")));
      Reservation second = whileWaiting(host::commit);

      assertThat(second).usingRecursiveComparison().isEqualTo(used(CREATE, bytes("answer")));
    }
  }

  @Test
  void second_use_takes_the_key_when_the_first_one_rolls_back() {
    try (OpenTransaction host = fixture().begin()) {
      doIn(host, session -> takeAndAnswer(session, KEY, bytes("answer")));
      Reservation second = whileWaiting(host::rollback);

      assertThat(second).isEqualTo(new Reservation.Taken());
    }
  }

  @Test
  void key_in_use_for_longer_than_two_seconds_is_busy() {
    try (OpenTransaction first = fixture().begin();
        OpenTransaction second = fixture().begin()) {
      doIn(first, session -> takeAndAnswer(session, KEY, bytes("answer")));

      LockWaits.one(() -> assertThat(useIn(second, KEY, CREATE)).isEqualTo(new Reservation.Busy()));

      assertThat(useIn(second, other("2"), CREATE))
          .as("the host's transaction stays usable")
          .isEqualTo(new Reservation.Taken());
      second.commit();
      first.commit();
    }

    assertThat(use(KEY, CREATE, NOW))
        .usingRecursiveComparison()
        .isEqualTo(used(CREATE, bytes("answer")));
  }

  /** Reserves the key on another thread and ends the transaction that has it meanwhile. */
  private Reservation whileWaiting(Runnable ending) {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    CountDownLatch asking = new CountDownLatch(1);
    try {
      Future<Reservation> second = thread.submit(() -> read(session -> {
        asking.countDown();
        return reserve(session, KEY, CREATE, NOW);
      }));
      asking.await();
      ending.run();
      return Concurrently.await(second);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } finally {
      thread.shutdownNow();
    }
  }

  private void assertTaken() {
    assertThat(use(KEY, OTHER, NOW)).isEqualTo(new Reservation.Taken());
  }

  private Reservation use(IdempotencyKey key, Fingerprint fingerprint, Instant now) {
    return read(session -> reserve(session, key, fingerprint, now));
  }

  private Reservation useIn(
      OpenTransaction transaction, IdempotencyKey key, Fingerprint fingerprint) {
    return in(transaction, session -> reserve(session, key, fingerprint, NOW));
  }

  private Reservation useAgain(UUID token) {
    return read(session -> session.idempotency().reserve(KEY, CREATE, token, NOW));
  }

  private void reserveUntil(Instant busyUntil, UUID token) {
    Reservation reservation =
        read(session -> session.idempotency().reserve(KEY, CREATE, token, NOW, NOW, busyUntil));
    assertThat(reservation).isEqualTo(new Reservation.Taken());
  }

  private Reservation reserve(
      StoreSession session, IdempotencyKey key, Fingerprint fingerprint, Instant now) {
    return session.idempotency().reserve(key, fingerprint, samples().id(now), now);
  }

  private void takeAndAnswer(StoreSession session, IdempotencyKey key, byte[] answer) {
    UUID token = samples().id(NOW);
    assertThat(session.idempotency().reserve(key, CREATE, token, NOW))
        .isEqualTo(new Reservation.Taken());
    session.idempotency().answer(key, token, answer);
  }

  private static IdempotencyKey other(String key) {
    return new IdempotencyKey(ACME, key);
  }

  private static Reservation used(Fingerprint fingerprint, byte[] answer) {
    return new Reservation.Used(fingerprint, answer);
  }
}
