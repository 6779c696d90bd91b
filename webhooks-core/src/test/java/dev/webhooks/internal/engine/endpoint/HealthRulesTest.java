package dev.webhooks.internal.engine.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.internal.engine.endpoint.EndpointSignal.Kind;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.store.EndpointHealth;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class HealthRulesTest {
  private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

  private final HealthRules rules = new HealthRules(() -> 0);

  private static Instant at(long seconds) {
    return START.plusSeconds(seconds);
  }

  private static EndpointSignal signal(Kind kind, long began, long ended) {
    return new EndpointSignal(kind, at(began), at(ended), false);
  }

  /** Attempts one after another, a second each. */
  private static List<EndpointSignal> inTurn(Kind kind, int count) {
    List<EndpointSignal> signals = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      signals.add(signal(kind, i, i + 1));
    }
    return signals;
  }

  private static EndpointHealth failing(int failures, boolean warned) {
    return new EndpointHealth(failures, START, START, null, 0, warned);
  }

  @Test
  void nothing_is_known_of_an_endpoint_that_accepts() {
    assertThat(rules.after(null, inTurn(Kind.ACCEPTED, 3), at(9))).isNull();
  }

  @Test
  void an_accepted_attempt_ends_all_that_was_wrong() {
    EndpointHealth suspended = rules.after(null, inTurn(Kind.UNREACHED, 7), at(9));

    assertThat(suspended.suspendedUntil()).isNotNull();
    assertThat(rules.after(suspended, inTurn(Kind.ACCEPTED, 1), at(10))).isNull();
  }

  @Test
  void an_endpoint_missed_five_times_in_a_row_is_suspended_from_now_on() {
    assertThat(rules.after(null, inTurn(Kind.UNREACHED, 4), at(7)).suspendedUntil())
        .isNull();

    EndpointHealth suspended = rules.after(null, inTurn(Kind.UNREACHED, 5), at(7));

    assertThat(suspended).isEqualTo(new EndpointHealth(5, START, at(5), at(17), 5, false));
  }

  @Test
  void attempts_under_way_at_the_same_time_count_once() {
    List<EndpointSignal> blip = Collections.nCopies(8, signal(Kind.UNREACHED, 0, 30));

    EndpointHealth health = rules.after(null, blip, at(30));

    assertThat(health.failures()).isEqualTo(8);
    assertThat(health.step()).isEqualTo(1);
    assertThat(rules.after(health, blip, at(31)).step())
        .as("told by another instance")
        .isEqualTo(1);
    assertThat(
            rules.after(health, List.of(signal(Kind.UNREACHED, 30, 60)), at(60)).step())
        .isEqualTo(2);
  }

  @Test
  void any_answer_shows_that_the_endpoint_is_there_but_is_a_failure() {
    EndpointHealth suspended = rules.after(null, inTurn(Kind.UNREACHED, 6), at(9));

    EndpointHealth refused = rules.after(suspended, List.of(signal(Kind.REFUSED, 10, 11)), at(11));

    assertThat(refused).isEqualTo(new EndpointHealth(7, START, at(11), null, 0, false));
  }

  @Test
  void a_probe_that_fails_doubles_the_time_and_counts_as_a_failure() {
    EndpointHealth suspended = rules.after(null, inTurn(Kind.UNREACHED, 5), at(5));

    EndpointHealth again = rules.after(suspended, List.of(signal(Kind.UNREACHED, 15, 16)), at(16));

    assertThat(again).isEqualTo(new EndpointHealth(6, START, at(16), at(36), 6, false));
  }

  @Test
  void a_late_result_from_before_the_suspension_does_not_prolong_it() {
    EndpointHealth suspended = rules.after(null, inTurn(Kind.UNREACHED, 5), at(5));

    EndpointHealth later = rules.after(suspended, List.of(signal(Kind.UNREACHED, 1, 9)), at(9));

    assertThat(later.suspendedUntil()).isEqualTo(suspended.suspendedUntil());
    assertThat(later.failures()).isEqualTo(6);
  }

  @Test
  void the_host_is_warned_after_half_of_five_days_with_ten_failures_and_once() {
    Instant half = START.plus(Duration.ofHours(60));

    assertThat(rules.shouldWarn(failing(10, false), half)).isTrue();
    assertThat(rules.shouldWarn(failing(10, false), half.minusMillis(1))).isFalse();
    assertThat(rules.shouldWarn(failing(9, false), half.plus(Duration.ofDays(9))))
        .isFalse();
    assertThat(rules.shouldWarn(failing(10, true), half)).isFalse();
  }

  @Test
  void a_webhook_fails_after_five_days_with_ten_failures_and_a_warning() {
    Instant end = START.plus(Duration.ofDays(5));

    assertThat(rules.shouldFail(failing(10, true), end)).isTrue();
    assertThat(rules.shouldFail(failing(10, true), end.minusMillis(1))).isFalse();
    assertThat(rules.shouldFail(failing(9, true), end)).isFalse();
    assertThat(rules.shouldFail(failing(10, false), end)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = DeliveryError.class,
      names = {"DNS", "BLOCKED_ADDRESS", "CONNECT", "TLS", "TIMEOUT", "RESET", "PROTOCOL"})
  void faults_of_transport_say_that_the_endpoint_was_not_reached(DeliveryError error) {
    assertThat(EndpointSignal.of(Outcomes.outcome(error, null)).kind()).isEqualTo(Kind.UNREACHED);
    assertThat(EndpointSignal.of(Outcomes.outcome(error, 410)).gone()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = DeliveryError.class,
      mode = Mode.EXCLUDE,
      names = {
        "DNS",
        "BLOCKED_ADDRESS",
        "CONNECT",
        "TLS",
        "TIMEOUT",
        "RESET",
        "PROTOCOL",
        "HTTP_STATUS"
      })
  void faults_of_the_library_say_nothing_about_the_endpoint(DeliveryError error) {
    assertThat(EndpointSignal.of(Outcomes.outcome(error, null))).isNull();
  }

  @Test
  void an_answer_is_a_refusal_and_only_410_means_gone() {
    assertThat(EndpointSignal.of(Outcomes.outcome(DeliveryError.HTTP_STATUS, 404)))
        .isEqualTo(new EndpointSignal(Kind.REFUSED, START, at(2), false));
    assertThat(EndpointSignal.of(Outcomes.outcome(DeliveryError.HTTP_STATUS, 410)))
        .isEqualTo(new EndpointSignal(Kind.REFUSED, START, at(2), true));
    assertThat(EndpointSignal.of(Outcomes.outcome(null, 204)))
        .isEqualTo(new EndpointSignal(Kind.ACCEPTED, START, at(2), false));
  }
}
