package dev.webhooks.internal.engine.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.internal.engine.Clocks;
import dev.webhooks.internal.engine.Logged;
import dev.webhooks.model.EngineTrouble;
import dev.webhooks.model.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests how the one clock follows the database's; {@code WrongClocksTest} tests its use. */
class StoreClockTest {
  private static final Instant START = Clocks.START;

  private final Clocks clocks = new Clocks();
  private final AtomicInteger asked = new AtomicInteger();
  private final StoreClock clock = new StoreClock(clocks, clocks.wall(), () -> {
    asked.incrementAndGet();
    return clocks.database().instant();
  });

  @Test
  void it_asks_the_database_once_and_goes_on_by_the_monotonic_clock() {
    assertThat(clock.instant()).isEqualTo(START);
    clocks.pass(Duration.ofDays(2));

    assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofDays(2)));
    assertThat(asked).hasValue(1);
  }

  /** Lets time pass with a reading every two seconds. */
  private void readFor(Duration duration) {
    for (Duration left = duration; left.compareTo(Duration.ZERO) > 0; left = left.minusSeconds(2)) {
      clocks.pass(Duration.ofSeconds(2));
      clock.readDatabase();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-120, -30, 30, 120})
  void small_step_of_the_databases_clock_is_followed_with_the_next_reading(int seconds) {
    clock.readDatabase();
    clocks.stepDatabase(Duration.ofSeconds(seconds));
    clock.readDatabase();

    assertThat(clock.instant()).isEqualTo(START.plusSeconds(seconds));
    assertThat(clock.certain()).isEqualTo(clock.instant());
    assertThat(clock.trouble()).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {-144, -25, 25, 144})
  void jump_of_the_databases_clock_is_believed_when_it_has_held_for_ten_minutes(int hours) {
    clock.readDatabase();
    clocks.stepDatabase(Duration.ofHours(hours));
    clock.readDatabase();
    readFor(Duration.ofMinutes(10).minusSeconds(2));
    assertThat(clock.instant()).isEqualTo(START.plusSeconds(598));

    readFor(Duration.ofSeconds(2));

    assertThat(clock.instant()).isEqualTo(START.plusSeconds(600).plus(Duration.ofHours(hours)));
    assertThat(clock.certain()).isEqualTo(clock.instant());
    assertThat(clock.trouble()).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {-144, 144})
  void jump_that_does_not_hold_changes_nothing(int hours) {
    clock.readDatabase();
    clocks.stepDatabase(Duration.ofHours(hours));
    readFor(Duration.ofSeconds(12));
    Instant certain = clock.certain();
    clocks.stepDatabase(Duration.ofHours(-hours));
    readFor(Duration.ofSeconds(2));

    assertThat(certain).isBeforeOrEqualTo(START.plusSeconds(12));
    assertThat(clock.instant()).isEqualTo(START.plusSeconds(14));
    assertThat(clock.certain()).isEqualTo(clock.instant());
    assertThat(clock.trouble()).isNull();
  }

  @Test
  void what_is_certain_is_the_earlier_one_of_both_times() {
    clock.readDatabase();
    clocks.stepDatabase(Duration.ofDays(6));
    readFor(Duration.ofSeconds(2));
    assertThat(clock.certain()).isEqualTo(START.plusSeconds(2));
    clocks.stepDatabase(Duration.ofDays(-7));
    readFor(Duration.ofSeconds(2));

    assertThat(clock.instant()).isEqualTo(START.plusSeconds(4));
    assertThat(clock.certain()).isEqualTo(START.plusSeconds(4).minus(Duration.ofDays(1)));
  }

  @Test
  void jumps_that_follow_each_other_each_have_to_hold() {
    clock.readDatabase();
    for (int i = 0; i < 5; i++) {
      clocks.stepDatabase(Duration.ofHours(25));
      readFor(Duration.ofMinutes(9));
    }

    assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofMinutes(45)));
    assertThat(clock.trouble())
        .isEqualTo(new EngineTrouble(
            "trusting the database's clock",
            Duration.ofMinutes(45).minusSeconds(2),
            "the database's clock is 5 days ahead of the time before"));
  }

  @Test
  void time_without_a_reading_does_not_count_as_held() {
    clock.readDatabase();
    clocks.stepDatabase(Duration.ofDays(6));
    clock.readDatabase();
    clocks.pass(Duration.ofHours(1));
    clock.readDatabase();
    assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofHours(1)));

    readFor(Duration.ofMinutes(10));

    assertThat(clock.instant())
        .isEqualTo(
            START.plus(Duration.ofHours(1)).plus(Duration.ofMinutes(10)).plus(Duration.ofDays(6)));
  }

  @ParameterizedTest
  @ValueSource(ints = {-144, 144})
  void first_reading_that_differs_from_the_wall_clock_is_the_clock_and_not_certain(int hours) {
    clocks.stepDatabase(Duration.ofHours(hours));
    clock.readDatabase();

    assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofHours(hours)));
    assertThat(clock.certain()).isEqualTo(hours < 0 ? clock.instant() : START);
    readFor(Duration.ofMinutes(10));
    assertThat(clock.certain()).isEqualTo(clock.instant());
    assertThat(clock.trouble()).isNull();
  }

  @Test
  void database_that_comes_to_agree_with_the_wall_clock_is_believed_at_once() {
    clocks.stepDatabase(Duration.ofDays(6));
    clock.readDatabase();
    clocks.stepDatabase(Duration.ofDays(-6));
    readFor(Duration.ofSeconds(2));

    assertThat(clock.instant()).isEqualTo(START.plusSeconds(2));
    assertThat(clock.certain()).isEqualTo(START.plusSeconds(2));
    assertThat(clock.trouble()).isNull();
  }

  /** A wrong clock on the machine of both, or a machine that slept: nobody can tell. */
  @Test
  void jump_that_the_wall_clock_shares_is_followed_at_once_and_certain_when_it_has_held() {
    clock.readDatabase();
    clocks.sleep(Duration.ofHours(25));
    clock.readDatabase();

    assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofHours(25)));
    assertThat(clock.certain()).isEqualTo(START);
    readFor(Duration.ofMinutes(10));
    assertThat(clock.certain()).isEqualTo(clock.instant());
  }

  @Test
  void machine_whose_wall_clock_is_set_a_while_after_its_sleep_follows_then() {
    clock.readDatabase();
    clocks.stepDatabase(Duration.ofHours(25));
    readFor(Duration.ofSeconds(10));
    assertThat(clock.instant()).isEqualTo(START.plusSeconds(10));

    clocks.stepWall(Duration.ofHours(25));
    readFor(Duration.ofSeconds(2));

    assertThat(clock.instant()).isEqualTo(START.plusSeconds(12).plus(Duration.ofHours(25)));
    assertThat(clock.certain()).isEqualTo(START.plusSeconds(12));
  }

  @Test
  void reading_during_which_the_process_stood_still_says_nothing() {
    clock.readDatabase();
    readSlowly(0, 3 * 3_600_000);

    assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofHours(3)));
    assertThat(clock.trouble()).isNull();
  }

  @Test
  void doubt_is_warned_of_once_also_if_the_clock_goes_to_and_fro() {
    clock.readDatabase();
    String log = Logged.by(() -> {
      for (int i = 0; i < 20; i++) {
        clocks.stepDatabase(Duration.ofDays(i % 2 == 0 ? 6 : -6));
        readFor(Duration.ofSeconds(4));
      }
    });

    assertThat(log)
        .containsOnlyOnce("WARN")
        .contains("the database's clock is 6 days ahead of the time before");
  }

  @Test
  void time_that_the_machine_slept_is_made_up_for_with_the_next_reading() {
    clock.readDatabase();
    clocks.sleep(Duration.ofHours(1));
    assertThat(clock.instant()).isEqualTo(START);

    clock.readDatabase();

    assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofHours(1)));
  }

  @ParameterizedTest
  @CsvSource({"400, 0", "300, 100", "200, 200", "0, 400"})
  void slow_answer_makes_it_wrong_by_half_of_what_it_took_at_most(int there, int back) {
    readSlowly(there, back);

    Duration wrongBy =
        Duration.between(clocks.database().instant(), clock.instant()).abs();
    assertThat(wrongBy).isEqualTo(Duration.ofMillis(Math.abs(there - back) / 2));
  }

  @Test
  void next_reading_sets_it_back_by_half_of_what_the_one_before_took_at_most() {
    readSlowly(400, 0);
    Instant before = clock.instant();
    readSlowly(0, 0);

    assertThat(Duration.between(before, clock.instant())).isEqualTo(Duration.ofMillis(-200));
  }

  @Test
  void answer_that_takes_as_long_as_the_one_before_does_not_set_it_back() {
    readSlowly(400, 0);
    Instant before = clock.instant();
    readSlowly(0, 400);

    assertThat(clock.instant()).isEqualTo(before);
  }

  /** Reads the database's time with a question and an answer that take a while. */
  private void readSlowly(int there, int back) {
    long askedAt = clocks.read();
    clocks.pass(Duration.ofMillis(there));
    Instant said = clocks.database().instant();
    clocks.pass(Duration.ofMillis(back));
    clock.set(said, askedAt, clocks.read());
  }

  @Test
  void while_the_database_is_away_the_last_reading_is_carried_forward() {
    StoreUnavailableException away = new StoreUnavailableException("away", false, null);
    boolean[] there = {false};
    StoreClock faulty = new StoreClock(clocks, clocks.wall(), () -> {
      if (!there[0]) {
        throw away;
      }
      return clocks.database().instant();
    });
    assertThatThrownBy(faulty::instant).as("there is no reading yet").isSameAs(away);
    there[0] = true;
    assertThat(faulty.instant()).isEqualTo(START);

    there[0] = false;
    clocks.pass(Duration.ofMinutes(1));
    assertThatThrownBy(faulty::readDatabase).isSameAs(away);

    assertThat(faulty.instant()).isEqualTo(START.plusSeconds(60));
  }

  @Test
  void it_shows_whole_microseconds() {
    clock.set(START.plusNanos(1_999), clocks.read(), clocks.read());

    assertThat(clock.instant()).isEqualTo(START.plusNanos(1_000));
  }

  @Test
  void monotonic_clock_may_run_past_the_largest_number() {
    AtomicLong tick = new AtomicLong(Long.MAX_VALUE - 5_000);
    StoreClock overflowing = new StoreClock(tick::get, () -> START, () -> {
      tick.addAndGet(10_000);
      return START;
    });
    overflowing.readDatabase();
    tick.addAndGet(5_000);

    assertThat(overflowing.instant()).isEqualTo(START.plusNanos(10_000));
  }
}
