package dev.webhooks.internal.engine.send;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.internal.engine.endpoint.Outcomes;
import dev.webhooks.internal.engine.send.ConcurrencyLimit.Trust;
import dev.webhooks.model.DeliveryError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConcurrencyLimitTest {
  private final ConcurrencyLimit limit = new ConcurrencyLimit(8);

  private void answered(int status, boolean fast) {
    DeliveryError error = status < 300 ? null : DeliveryError.HTTP_STATUS;
    limit.ended(fast, Outcomes.outcome(error, status));
  }

  @Test
  void a_webhook_that_nothing_is_known_of_begins_with_a_quarter_and_no_trust() {
    assertThat(limit.allowed()).isEqualTo(2);
    assertThat(limit.trust()).isEqualTo(Trust.UNKNOWN);
    assertThat(new ConcurrencyLimit(1).allowed()).isEqualTo(1);
    assertThat(new ConcurrencyLimit(40).allowed()).isEqualTo(10);
  }

  @Test
  void each_fast_answer_allows_one_more_up_to_the_most() {
    for (int i = 0; i < 20; i++) {
      answered(i % 2 == 0 ? 200 : 500, true);
    }

    assertThat(limit.allowed()).isEqualTo(8);
    assertThat(limit.trust()).isEqualTo(Trust.TRUSTED);
  }

  @Test
  void attempts_that_are_not_answered_halve_it_down_to_one_and_fast_ones_bring_it_back() {
    for (int i = 0; i < 6; i++) {
      answered(200, true);
    }
    for (int expected : new int[] {4, 2, 1, 1}) {
      limit.ended(false, Outcomes.outcome(DeliveryError.TIMEOUT, null));
      assertThat(limit.allowed()).isEqualTo(expected);
    }
    assertThat(limit.trust()).isEqualTo(Trust.SUSPECT);

    answered(200, true);

    assertThat(limit.allowed()).isEqualTo(2);
    assertThat(limit.trust()).isEqualTo(Trust.TRUSTED);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 502, 503, 504})
  void an_endpoint_that_has_too_much_to_do_gets_less(int status) {
    answered(status, true);

    assertThat(limit.allowed()).isEqualTo(1);
  }

  @Test
  void a_slow_answer_takes_nothing_away() {
    answered(200, true);
    answered(200, false);
    answered(500, false);

    assertThat(limit.allowed()).isEqualTo(3);
    assertThat(limit.trust()).isEqualTo(Trust.SUSPECT);
  }

  @Test
  void what_says_nothing_about_the_endpoint_takes_nothing_away() {
    limit.ended(true, null);
    limit.ended(true, Outcomes.outcome(DeliveryError.INTERNAL, null));

    assertThat(limit.allowed()).isEqualTo(4);
  }
}
