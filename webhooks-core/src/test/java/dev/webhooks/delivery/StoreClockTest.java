package dev.webhooks.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.model.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the one clock follows the database's; {@link WrongClocksTest} has what it is used for. */
class StoreClockTest {
  private static final Instant START = Clocks.START;

  private final Clocks clocks = new Clocks();
  private final AtomicInteger asked = new AtomicInteger();
  private final StoreClock clock = new StoreClock(clocks, () -> {
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

  @ParameterizedTest
  @ValueSource(ints = {-25, 25})
  void step_of_the_databases_clock_is_followed_with_the_next_reading(int hours) {
    clock.readDatabase();
    clocks.pass(Duration.ofSeconds(1));
    clocks.stepDatabase(Duration.ofHours(hours));
    assertThat(clock.instant()).isEqualTo(START.plusSeconds(1));

    clock.readDatabase();

    assertThat(clock.instant()).isEqualTo(START.plusSeconds(1).plus(Duration.ofHours(hours)));
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
    StoreClock faulty = new StoreClock(clocks, () -> {
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
    StoreClock overflowing = new StoreClock(tick::get, () -> {
      tick.addAndGet(10_000);
      return START;
    });
    overflowing.readDatabase();
    tick.addAndGet(5_000);

    assertThat(overflowing.instant()).isEqualTo(START.plusNanos(10_000));
  }
}
