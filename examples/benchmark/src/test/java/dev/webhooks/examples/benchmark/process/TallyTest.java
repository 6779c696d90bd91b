package dev.webhooks.examples.benchmark.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TallyTest {
  private static final int RUN = 7;

  @Test
  void a_run_is_complete_once_every_delivery_has_arrived() throws Exception {
    Tally tally = new Tally(RUN, 2, 1);
    tally.arrived(request(RUN, 0, 0), 2_000_000);
    assertThat(tally.await(0)).isFalse();
    tally.arrived(request(RUN, 0, 1), 4_000_000);
    assertThat(tally.await(0)).isTrue();
    assertThat(tally.tell())
        .isEqualTo("distinct=2 repeated=0 unsigned=0 first=2000000 last=4000000 p50=2.0 p99=4.0"
            + " p999=4.0");
  }

  @Test
  void a_repeated_request_is_no_second_delivery() throws Exception {
    Tally tally = new Tally(RUN, 2, 1);
    tally.arrived(request(RUN, 0, 0), 1);
    tally.arrived(request(RUN, 0, 0), 2);
    assertThat(tally.await(0)).isFalse();
    assertThat(tally.tell()).startsWith("distinct=1 repeated=1");
  }

  @Test
  void one_event_at_several_endpoints_is_as_many_deliveries() throws Exception {
    Tally tally = new Tally(RUN, 3, 3);
    for (int endpoint = 0; endpoint < 3; endpoint++) {
      tally.arrived(request(RUN, endpoint, 0), 1);
    }
    assertThat(tally.await(0)).isTrue();
  }

  @Test
  void requests_of_another_run_do_not_count() {
    Tally tally = new Tally(RUN, 1, 1);
    tally.arrived(request(RUN - 1, 0, 0), 1);
    assertThat(tally.distinct()).isZero();
  }

  @Test
  void a_request_without_signatures_is_counted_as_such() {
    Tally tally = new Tally(RUN, 1, 1);
    tally.arrived(new Request("ok", RUN, 0, false, 0, 0), 1);
    assertThat(tally.tell()).contains("unsigned=1");
  }

  private static Request request(int run, int endpoint, long number) {
    return new Request("ok", run, endpoint, true, number, 0);
  }
}
