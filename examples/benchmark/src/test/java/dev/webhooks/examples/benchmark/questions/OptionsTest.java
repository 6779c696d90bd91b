package dev.webhooks.examples.benchmark.questions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.examples.benchmark.peers.Peer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
  private static final Question COMPARE = new CompareQuestion();

  @Test
  void what_is_not_given_is_as_usual() {
    Options options = Options.of();
    assertThat(options.product()).isEqualTo("postgresql");
    assertThat(options.publishers()).containsExactly(64, 8, 1);
    assertThat(options.warmUps()).isEqualTo(1);
    assertThat(options.out()).isEqualTo(Path.of("benchmark-results"));
  }

  @Test
  void a_url_says_which_database_it_is() {
    Options options = Options.of("--url", "jdbc:mariadb://localhost/empty");
    assertThat(options.product()).isEqualTo("mariadb");
  }

  @Test
  void a_part_of_those_compared_can_be_chosen() {
    Options options = Options.of("h2", "--peers", "okhttp,db-scheduler", "--transactions", "host");
    assertThat(options.peers()).containsExactly(Peer.OKHTTP, Peer.DB_SCHEDULER);
    assertThat(options.transactions()).containsExactly("host");
  }

  @Test
  void comparing_warms_up_with_the_first_number_of_publishers() {
    assertThat(COMPARE.steps(Options.of())).isEqualTo(5 * ((5 + 5) + (5 + 1) + (5 + 1)));
  }

  @Test
  void warm_ups_that_are_given_count() {
    assertThat(COMPARE.steps(Options.of("--warm-ups", "0"))).isEqualTo(5 * 15);
    assertThat(COMPARE.steps(Options.of("--warm-ups", "3"))).isEqualTo(5 * (8 + 6 + 6));
  }

  @Test
  void what_is_not_compared_takes_no_steps() {
    Options options = Options.of(
        "--peers", "ours,okhttp", "--transactions", "host", "--publishers", "8", "--runs", "2");
    assertThat(COMPARE.steps(options)).isEqualTo(2 * (5 + 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--peers", "--peers nobody", "--transactions mine", "--run 3", "oracle"})
  void what_is_not_known_is_refused(String arguments) {
    assertThatThrownBy(() -> Options.of(arguments.split(" ")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
