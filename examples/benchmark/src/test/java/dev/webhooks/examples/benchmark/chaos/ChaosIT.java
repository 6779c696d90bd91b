package dev.webhooks.examples.benchmark.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Processes are killed, frozen and replaced under load, and every promise is checked. */
class ChaosIT {
  @Test
  void on_postgresql_nothing_is_lost_and_only_what_was_in_flight_is_repeated() throws Exception {
    assertThat(Chaos.missedInShort("postgresql")).isEmpty();
  }
}
