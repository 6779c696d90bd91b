package dev.webhooks.internal.validation;

import static dev.webhooks.internal.validation.Refusals.assertRefused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.model.ErrorCode;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {
  private static final Instant TIME = Instant.parse("2026-11-23T10:00:00Z");

  @Test
  void the_data_is_embedded_verbatim() {
    byte[] body =
        Envelope.wrap("evt_1", "order.paid", TIME, " {\"b\":1.0, \"a\":\"é\"} ".getBytes(UTF_8));

    assertThat(new String(body, UTF_8))
        .isEqualTo("{\"id\":\"evt_1\",\"type\":\"order.paid\","
            + "\"timestamp\":\"2026-11-23T10:00:00.000Z\",\"data\": {\"b\":1.0, \"a\":\"é\"} }");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        " { } ",
        "{\"data\":{}}",
        "{\"x\":\",\\\"data\\\":\",\"data\":1}",
        "{\"é\":\"🔑\"}"
      })
  void the_data_comes_out_as_it_went_in(String data) {
    byte[] body = Envelope.wrap("evt_1", "order.paid", TIME, data.getBytes(UTF_8));

    assertThat(new String(Envelope.unwrap(body), UTF_8)).isEqualTo(data);
  }

  @Test
  void the_content_is_what_was_wrapped_but_for_the_id() {
    byte[] body =
        Envelope.wrap("evt_1", "order.paid", TIME, "{\"type\":\"x\",\"data\":1}".getBytes(UTF_8));

    Envelope.Content content = Envelope.content(body);

    assertThat(content.type()).isEqualTo("order.paid");
    assertThat(content.timestamp()).isEqualTo("2026-11-23T10:00:00.000Z");
    assertThat(content.data()).asString(UTF_8).isEqualTo("{\"type\":\"x\",\"data\":1}");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-23T10:00:00.123999999Z, 2026-11-23T10:00:00.123Z",
    "1969-12-31T23:59:59.9999Z, 1969-12-31T23:59:59.999Z",
    "0000-01-01T00:00:00Z, 0000-01-01T00:00:00.000Z",
    "9999-12-31T23:59:59.999999999Z, 9999-12-31T23:59:59.999Z"
  })
  void the_timestamp_has_milliseconds(Instant timestamp, String text) {
    assertThat(new String(Envelope.wrap("e", "t", timestamp, new byte[0]), UTF_8))
        .contains("\"timestamp\":\"" + text + "\"");
  }

  @Test
  void a_timestamp_that_iso_8601_cannot_write_is_refused() {
    assertRefused(
        ErrorCode.INVALID_REQUEST, () -> Envelope.wrap("e", "t", Instant.MAX, new byte[0]));
    assertRefused(
        ErrorCode.INVALID_REQUEST, () -> Envelope.wrap("e", "t", Instant.MIN, new byte[0]));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "\"data\":", ",\"data\":"})
  void another_body_is_refused(String body) {
    assertThatThrownBy(() -> Envelope.unwrap(body.getBytes(UTF_8)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
