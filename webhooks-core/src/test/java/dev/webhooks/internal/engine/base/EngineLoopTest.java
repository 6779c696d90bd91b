package dev.webhooks.internal.engine.base;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.internal.engine.Clocks;
import dev.webhooks.internal.engine.Logged;
import dev.webhooks.internal.engine.base.EngineLoop.Done;
import dev.webhooks.model.EngineTrouble;
import dev.webhooks.model.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Tests how the duties of a loop take turns, and what is said of those that fail. */
class EngineLoopTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final RandomGenerator HIGHEST = () -> -1;

  private final Clocks clocks = new Clocks();
  private final List<String> done = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private final Set<String> failing = new HashSet<>();
  private final Set<String> idle = new HashSet<>();
  private final Troubles troubles =
      new Troubles(clocks, HIGHEST, (fault, since) -> told.add(fault.getMessage()));
  private final EngineLoop loop = new EngineLoop("test")
      .add(troubles.of("first"), () -> duty("first", SECOND))
      .add(troubles.of("second"), () -> duty("second", SECOND.multipliedBy(2)))
      .add(troubles.of("third"), () -> duty("third", SECOND.multipliedBy(3)));

  private Done duty(String name, Duration pause) {
    if (idle.contains(name)) {
      return Done.nothing(pause);
    }
    done.add(name);
    if (failing.contains(name)) {
      throw new IllegalStateException(name + " is refused");
    }
    return Done.something(pause);
  }

  /** Runs rounds until one wants a pause; returns it. */
  private Duration rounds() {
    Duration pause = loop.round();
    while (pause.isZero()) {
      pause = loop.round();
    }
    return pause;
  }

  @Test
  void a_round_does_each_and_waits_for_the_most_impatient() {
    assertThat(loop.round()).isEqualTo(SECOND);
    assertThat(done).containsExactly("first", "second", "third");
  }

  @Test
  void a_round_ends_with_a_failure_and_the_next_goes_on_behind_it_at_once() {
    failing.add("first");

    assertThat(loop.round()).isZero();
    assertThat(done).containsExactly("first");
    assertThat(loop.round()).as("the rest of the first").isEqualTo(Duration.ofMillis(100));
    assertThat(done).containsExactly("first", "second", "third");
  }

  @Test
  void one_that_fails_rests_longer_each_time_and_the_others_do_not() {
    failing.add("second");
    rounds();
    clocks.pass(Duration.ofMillis(99));
    rounds();
    assertThat(done).containsExactly("first", "second", "third", "first", "third");
    clocks.pass(Duration.ofMillis(1));

    assertThat(rounds()).isEqualTo(Duration.ofMillis(200));
    assertThat(done).endsWith("first", "second", "third");
  }

  @Test
  void all_have_their_turn_when_each_takes_longer_to_fail_than_it_rests() {
    EngineLoop slow = new EngineLoop("test");
    for (String name : List.of("a", "b", "c")) {
      slow.add(troubles.of(name), () -> {
        clocks.pass(Duration.ofSeconds(15));
        done.add(name);
        throw new StoreUnavailableException("no answer", false, null);
      });
    }
    for (int i = 0; i < 6; i++) {
      slow.round();
    }

    assertThat(done).containsExactly("a", "b", "c", "a", "b", "c");
  }

  @Test
  void an_error_of_the_machine_keeps_nothing_from_its_turn() {
    EngineLoop faulty = new EngineLoop("test")
        .add(troubles.of("faulty"), () -> {
          throw new StackOverflowError("on purpose");
        })
        .add(troubles.of("sound"), () -> duty("sound", SECOND));
    faulty.round();
    faulty.round();

    assertThat(done).containsExactly("sound");
    assertThat(troubles.present())
        .containsExactly(new EngineTrouble(
            "faulty", Duration.ZERO, "failed with StackOverflowError; the log has its words"));
  }

  @Test
  void each_failure_is_told_once_for_each_duty() {
    failing.addAll(Set.of("first", "third"));
    String log = Logged.by(() -> {
      for (int i = 0; i < 10; i++) {
        rounds();
        clocks.pass(SECOND);
      }
    });

    assertThat(told).containsExactly("first is refused", "third is refused");
    assertThat(log).containsOnlyOnce("WARN dev.webhooks.engine - first: ");
    assertThat(log).containsOnlyOnce("WARN dev.webhooks.engine - third: ");
    assertThat(troubles.present())
        .extracting(EngineTrouble::duty)
        .containsExactly("first", "third");
    assertThat(troubles.present())
        .extracting(EngineTrouble::lasting)
        .containsOnly(SECOND.multipliedBy(10));
  }

  @Test
  void trouble_is_over_with_a_success_or_after_a_minute_without_anything_to_do() {
    failing.addAll(Set.of("first", "second"));
    rounds();
    failing.clear();
    idle.add("second");
    clocks.pass(Duration.ofSeconds(59));
    rounds();
    assertThat(troubles.present()).extracting(EngineTrouble::duty).containsExactly("second");

    clocks.pass(SECOND);
    rounds();

    assertThat(troubles.present()).isEmpty();
  }
}
