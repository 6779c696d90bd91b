package dev.webhooks.internal.validation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.spi.JsonCodec;
import dev.webhooks.spi.JsonEncodingException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JacksonJsonCodecTest {
  /** A payload as a host's module might hand it over, opened to Jackson by being public. */
  public record Order(int id, BigDecimal amount, List<String> items) {}

  private final JsonCodec codec = JacksonJsonCodec.create();

  static Stream<Arguments> values() {
    return Stream.of(
        Arguments.of("text \"quoted\" é", "\"text \\\"quoted\\\" é\""),
        Arguments.of(17, "17"),
        Arguments.of(9_007_199_254_740_993L, "9007199254740993"),
        Arguments.of(
            new BigInteger("123456789012345678901234567890"), "123456789012345678901234567890"),
        Arguments.of(new BigDecimal("1E+3"), "1000"),
        Arguments.of(new BigDecimal("9.90"), "9.90"),
        Arguments.of(new BigDecimal("1E-9"), "0.000000001"),
        Arguments.of(true, "true"),
        Arguments.of(List.of(1, "a"), "[1,\"a\"]"),
        Arguments.of(Collections.singletonMap("x", null), "{\"x\":null}"),
        Arguments.of(
            new Order(17, new BigDecimal("1E+1"), List.of("a")),
            "{\"id\":17,\"amount\":10,\"items\":[\"a\"]}"),
        Arguments.of(Thread.State.NEW, "\"NEW\""),
        Arguments.of(Instant.parse("2026-11-23T10:00:00Z"), "\"2026-11-23T10:00:00Z\""),
        Arguments.of(LocalDate.of(2026, 11, 23), "\"2026-11-23\""),
        Arguments.of(
            OffsetDateTime.parse("2026-11-23T10:00:00+01:00"), "\"2026-11-23T10:00+01:00\""),
        Arguments.of(
            ZonedDateTime.parse("2026-11-23T10:00:01+01:00[Europe/Berlin]"),
            "\"2026-11-23T10:00:01+01:00\""),
        Arguments.of(Duration.ofSeconds(90), "\"PT1M30S\""),
        Arguments.of(Date.from(Instant.EPOCH), "\"1970-01-01T00:00:00.000+00:00\""),
        Arguments.of(Map.of(LocalDate.of(2026, 11, 23), 1), "{\"2026-11-23\":1}"));
  }

  @ParameterizedTest
  @MethodSource("values")
  void encodes(Object value, String json) {
    assertThat(new String(codec.encode(Map.of("v", value)), UTF_8))
        .isEqualTo("{\"v\":" + json + "}");
  }

  @Test
  void what_cannot_be_encoded_is_refused_without_being_quoted() {
    Map<String, Object> cyclic = new HashMap<>();
    cyclic.put("c@nary", cyclic);

    for (Object data : List.of(
        Map.of("c@nary", new Object()), Map.of("v", new BigDecimal("1E+1000000000")), cyclic)) {
      assertThatThrownBy(() -> codec.encode(data))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageNotContaining("c@nary")
          .hasNoCause();
    }
  }

  /** Without its words, which may quote the data. */
  @Test
  void what_made_a_property_fail_is_named_by_its_type() {
    assertThatThrownBy(() -> JacksonJsonCodec.create().encode(new Broken()))
        .isInstanceOf(JsonEncodingException.class)
        .hasMessageEndingWith("caused by java.lang.NumberFormatException")
        .hasMessageNotContaining("c@nary")
        .hasNoCause();
  }

  /** A bean with a getter that fails. */
  public static final class Broken {
    public int getTotal() {
      return Integer.parseInt("c@nary");
    }
  }
}
