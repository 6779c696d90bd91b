package dev.webhooks.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.ImportResult;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookImport;
import dev.webhooks.testing.TestAnswer;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Times at the edges, as callers in Java and over the management API give them. */
class TimeEdgesTest {
  private static final String URL = "https://hooks.acme.example/in";
  private static final Event PAID = Event.ofJson("dataset.created", ApiFixture.DATA);

  private final ApiFixture fixture = new ApiFixture();
  private final TestWebhooks kit = fixture.kit;
  private final AccountWebhooks acme = kit.account("acme");
  private final TestReceiver receiver = kit.receiver(URL);
  private final String webhook =
      acme.create(WebhookDraft.to(URL).events("*")).webhook().id();

  @AfterEach
  void closeFixture() {
    fixture.close();
  }

  @Test
  void the_log_is_read_from_and_to_any_instant() {
    failed();
    DeliveryQuery all = DeliveryQuery.latest();

    assertThat(log(all.from(Instant.MIN).to(Instant.MAX))).isEqualTo(1);
    assertThat(log(all.from(Instant.MAX))).isZero();
    assertThat(log(all.to(Instant.MIN))).isZero();
    assertThat(log(all.from(Instant.EPOCH.minusMillis(1)))).isEqualTo(1);
    assertThat(log(all.to(Instant.parse("+10889-08-03T00:00:00Z")))).isEqualTo(1);
  }

  private int log(DeliveryQuery query) {
    return acme.deliveries(webhook, query).data().size();
  }

  @ParameterizedTest
  @CsvSource({
    "from=0001-01-01, 1",
    "from=1969-12-31, 1",
    "from=1969-12-31T23:59:59.999Z, 1",
    "from=9999-12-31, 0",
    "to=0001-01-01, 0",
    "to=1970-01-01, 0",
    "to=9999-12-31T23:59:59.999999999Z, 1"
  })
  void the_log_over_http_is_read_from_and_to_any_year_of_four_digits(String query, int found) {
    failed();

    assertThat(get(query).text()).contains("\"total\":" + found);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "from=0000-12-31",
        "from=0001-01-01T00:00:00%2B00:01",
        "from=-0001-01-01T00:00:00Z",
        "from=-999999999-01-01T00:00:00Z",
        "to=9999-12-31T23:59:59-00:01",
        "to=+10889-08-03T00:00:00Z",
        "to=+999999999-12-31T23:59:59Z",
        "to=+1000000000-12-31T23:59:59Z"
      })
  void other_years_over_http_are_refused_by_the_name_of_the_field(String query) {
    ApiResponse response = get(query);

    assertThat(response.status()).isEqualTo(400);
    assertThat(response.text())
        .contains("INVALID_REQUEST", query.substring(0, query.indexOf('=')) + " must be");
  }

  private ApiResponse get(String query) {
    return fixture.get("/webhooks/" + webhook + "/deliveries?" + query);
  }

  private ApiResponse recover(String since) {
    return fixture.post("/webhooks/" + webhook + "/recover", "{\"since\":\"" + since + "\"}");
  }

  @Test
  void recovery_takes_any_instant_of_the_last_14_days_and_later() {
    failed();

    assertThat(acme.recover(webhook, Instant.MAX)).isZero();
    assertRefused("since", () -> acme.recover(webhook, Instant.MIN));
    assertRefused("since", () -> acme.recover(webhook, Instant.EPOCH));
    assertThat(recover("9999-12-31").text()).isEqualTo("{\"recovered\":0}");
    for (String early : List.of("0001-01-01", "1969-12-31T23:59:59.999Z", "1970-01-01")) {
      assertThat(recover(early).text()).contains("INVALID_REQUEST", "since");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0000-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z", "9999-12-31T00:00:00Z"})
  void an_event_may_have_happened_in_any_year_of_four_digits(String time) {
    acme.publish(PAID.at(Instant.parse(time)));
    kit.runUntilIdle();

    assertThat(receiver.onlyRequest().text()).contains("\"timestamp\":\"" + time.substring(0, 19));
  }

  @Test
  void an_event_of_another_year_is_refused() {
    for (Instant other :
        List.of(Instant.MIN, Instant.parse("+10000-01-01T00:00:00Z"), Instant.MAX)) {
      assertRefused("timestamp", () -> acme.publish(PAID.at(other)));
    }
    assertThat(kit.deliveries("acme")).isEmpty();
  }

  @Test
  void an_import_was_created_between_1970_and_now() {
    WebhookImport old = WebhookImport.of(
        "old-1", WebhookDraft.to(URL).events("*").secret("a secret of the old sender"));
    Instant now = kit.clock().instant();

    for (Instant other :
        List.of(Instant.MIN, Instant.EPOCH.minusMillis(1), now.plusNanos(1), Instant.MAX)) {
      ImportResult result = acme.importWebhooks(List.of(old.createdAt(other))).get(0);
      assertThat(result.isRefused()).isTrue();
      assertThat(result.toString()).contains("createdAt");
    }
    assertThat(acme.importWebhooks(List.of(old.createdAt(Instant.EPOCH))).get(0).outcome())
        .isEqualTo(ImportResult.Outcome.IMPORTED);
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 36_525 * 86_400L + 1, Long.MAX_VALUE})
  void the_kit_moves_its_clock_forward_and_not_for_ever(long seconds) {
    Duration duration = Duration.ofSeconds(seconds);
    Instant before = kit.clock().instant();

    assertThatIllegalArgumentException().isThrownBy(() -> kit.advance(duration));
    assertThatIllegalArgumentException().isThrownBy(() -> kit.clock().advance(duration));
    assertThat(kit.clock().instant()).isEqualTo(before);
  }

  @Test
  void a_receiver_takes_any_time_but_a_negative_one() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TestAnswer.status(200).taking(Duration.ofNanos(-1)));
    receiver.answers(TestAnswer.status(200).taking(Duration.ofSeconds(Long.MAX_VALUE)));
    Instant before = kit.clock().instant();
    acme.publish(PAID);

    kit.runUntilIdle();

    assertThat(kit.clock().instant()).isEqualTo(before.plusSeconds(30));
  }

  private void failed() {
    receiver.answers(410);
    acme.publish(PAID);
    kit.runUntilIdle();
  }

  private static void assertRefused(String field, Runnable call) {
    assertThatExceptionOfType(WebhookException.class)
        .isThrownBy(call::run)
        .matches(e -> e.code() == ErrorCode.INVALID_REQUEST)
        .withMessageContaining(field);
  }
}
