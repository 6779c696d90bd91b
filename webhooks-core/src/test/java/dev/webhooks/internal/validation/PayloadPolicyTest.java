package dev.webhooks.internal.validation;

import static dev.webhooks.internal.validation.Refusals.assertRefused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventType;
import dev.webhooks.validation.PayloadPolicy;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadPolicyTest {
  private static final EventType ANY = new EventType("any", "any", Set.of());

  private final PayloadPolicy policy =
      new JsonPayloadPolicy(JacksonJsonCodec.create(), PayloadPolicy.DEFAULT_MAX_BYTES);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        " {\"b\":1.000,\"a\":-0.10e+99}\n",
        "{\"a\":{\"a\":{\"a\":1}},\"b\":[{\"a\":1},{\"a\":1}]}",
        "{\"a\":12345678901234567890123456789012345678901234567890.1}",
        "{\"\":null,\"\\u0000\":\"\\ud83d\\ude00\",\"ключ\":\"🔑\"}",
        "{\"\\\\ud800\":\"\\\\\\\\udc00\"}",
        "{\"data\":{},\"a\":\",\\\"data\\\":\"}"
      })
  void json_is_embedded_as_it_is(String json) {
    assertThat(read(json)).isEqualTo(json.getBytes(UTF_8));
    assertThat(policy.read(Event.ofJson("any", json.getBytes(UTF_8)), ANY))
        .isEqualTo(json.getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "\"c@nary\"", "1", "null", "true", "", " ", "[{}]"})
  void another_value_than_an_object_is_refused(String json) {
    assertInvalid(json).hasMessageContaining("object");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":1.}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{'c@nary':1}",
        "{c@nary:1}",
        "{\"a\":\"c@nary}",
        "{\"a\":\"\n\"}",
        "{\"a\":\"\\x\"}",
        "{/*c@nary*/}",
        "{}//c@nary",
        "{\"a\":c@nary}",
        "{\"a\":tru}",
        "{\"a\" 1}",
        "{\"a\":[1}",
        "\u0000{}",
        "\ufeff{}",
        "{}\u0000"
      })
  void what_is_not_json_is_refused_without_being_quoted(String json) {
    assertInvalid(json);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}{}", "{} []", "{} 1", "{},", "{}}", "{}x"})
  void anything_behind_the_object_is_refused(String json) {
    assertInvalid(json);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"c@nary\":1,\"c@nary\":2}",
        "{\"a\":{\"b\":1,\"b\":1}}",
        "{\"a\":[{\"b\":1,\"b\":1}]}",
        "{\"a\":1,\"\\u0061\":2}"
      })
  void a_duplicate_key_is_refused_at_any_depth(String json) {
    assertInvalid(json).hasMessageContaining("duplicate");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "7b2261223a22ff227d",
        "7b2261223a22c0af227d",
        "7b2261223a22eda080227d",
        "7b2261223a22f4908080227d",
        "7b2261223a22e282227d",
        "7b2261223a2280227d",
        "efbbbf7b7d",
        "feff007b007d",
        "fffe7b007d00",
        "007b007d",
        "7b007d00",
        "0000007b0000007d"
      })
  void bytes_that_are_not_plain_utf_8_are_refused(String hex) {
    byte[] json = HexFormat.of().parseHex(hex);
    assertRefused(ErrorCode.INVALID_REQUEST, () -> policy.read(Event.ofJson("any", json), ANY));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\":\"\ud800\"} | column 7",
        "{\"a\":\"b\udc00\"} | column 8",
        "{\"a\":\"\ud83d\ude00\ude00\"} | column 9",
        "{\"a\":<newline>[\"\ud800\ud800\"]} | line 2, column 3",
        "{\"\ud800\":1} | column 3",
        "{\"a\":\"\\ud800\"} | column 6",
        "{\"a\":\"x\\uDC00\"} | column 6",
        "{\"a\":[1,<newline> {\"b\":\"\\uDbFf\\ud800\"}]} | line 2, column 7",
        "{\"\\udc00\":1} | line 1",
        "{\"\\ud800\":1} | line 1",
        "{\"a\":{\"\\ud800x\":1}} | line 1",
        "{\"a\":\"\\ud83d\\\\ude00\"} | column 6"
      })
  void half_a_surrogate_pair_is_refused_where_it_is(String json, String place) {
    assertInvalid(json.replace("<newline>", "\n"))
        .hasMessageContaining("see line")
        .hasMessageContaining(place);
  }

  @Test
  void half_a_surrogate_pair_in_a_map_or_a_bean_is_refused() {
    record Note(String text) {}
    for (String half : List.of("\ud800", "x\udc00", "\ud83d\ud83d\ude00", "\ude00\ud83d")) {
      for (Object data :
          List.of(Map.of("a", half), Map.of(half, 1), Map.of("a", List.of(half)), new Note(half))) {
        assertRefused(ErrorCode.INVALID_REQUEST, () -> policy.read(Event.of("any", data), ANY));
      }
    }
    assertThat(new String(policy.read(Event.of("any", Map.of("a", "\ud83d\ude00")), ANY), UTF_8))
        .isIn("{\"a\":\"\ud83d\ude00\"}", "{\"a\":\"\\uD83D\\uDE00\"}");
  }

  @Test
  void bytes_that_are_no_utf_8_are_refused_where_they_are() {
    byte[] json = HexFormat.of().parseHex("7b2261223a22eda080227d");

    assertRefused(ErrorCode.INVALID_REQUEST, () -> policy.read(Event.ofJson("any", json), ANY))
        .hasMessageContaining("byte 7");
  }

  @Test
  void nesting_is_bounded() {
    assertThat(read(nested(100))).hasSize(nested(100).length());
    assertInvalid(nested(101)).hasMessageContaining("nested deeper than 100");
    assertInvalid("{\"a\":" + "[".repeat(100_000)).hasMessageContaining("nested");
  }

  @Test
  void numbers_are_bounded() {
    assertThat(read("{\"a\":" + "1".repeat(1000) + "}")).hasSize(1006);
    assertInvalid("{\"a\":" + "1".repeat(1001) + "}").hasMessageContaining("too long");
  }

  @Test
  void json_has_at_most_256_kib() {
    String frame = "{\"a\":\"\"}";
    String longest = "{\"a\":\"" + "x".repeat(256 * 1024 - frame.length()) + "\"}";

    assertThat(read(longest)).hasSize(256 * 1024);
    assertRefused(ErrorCode.PAYLOAD_TOO_LARGE, () -> read(longest + " "))
        .hasMessage("data must have at most 262144 bytes of JSON");
  }

  @Test
  void size_is_counted_in_bytes_and_checked_before_anything_is_parsed() {
    PayloadPolicy small = new JsonPayloadPolicy(JacksonJsonCodec.create(), 10);

    assertThat(small.read(Event.ofJson("any", "{\"a\":\"é\"}"), ANY)).hasSize(10);
    assertRefused(
        ErrorCode.PAYLOAD_TOO_LARGE, () -> small.read(Event.ofJson("any", "{\"a\":\"éé\"}"), ANY));
    assertRefused(
        ErrorCode.PAYLOAD_TOO_LARGE, () -> small.read(Event.ofJson("any", "x".repeat(11)), ANY));
    assertRefused(
        ErrorCode.PAYLOAD_TOO_LARGE,
        () -> small.read(Event.of("any", Map.of("a", "long enough")), ANY));
  }

  @Test
  void a_limit_that_no_object_meets_is_refused() {
    assertThatThrownBy(() -> new JsonPayloadPolicy(JacksonJsonCodec.create(), 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void missing_fields_are_all_named() {
    EventType type =
        new EventType("order.paid", "paid", new LinkedHashSet<>(List.of("id", "sum", "by")));

    assertRefused(
            ErrorCode.INVALID_REQUEST,
            () -> policy.read(Event.ofJson("order.paid", "{\"sum\":1,\"x\":{\"id\":1}}"), type))
        .hasMessage("data lacks required fields of order.paid: id, by");
  }

  @Test
  void a_field_may_be_null_and_escaped() {
    EventType type = new EventType("order.paid", "paid", Set.of("id"));
    byte[] json = "{\"\\u0069d\":null}".getBytes(UTF_8);

    assertThat(policy.read(Event.ofJson("order.paid", json), type)).isEqualTo(json);
  }

  @Test
  void a_map_is_encoded_in_its_order() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("z", 1);
    data.put("a", List.of("x", true));

    assertThat(new String(policy.read(Event.of("any", data), ANY), UTF_8))
        .isEqualTo("{\"z\":1,\"a\":[\"x\",true]}");
  }

  @Test
  void what_the_codec_makes_of_an_object_is_validated_too() {
    assertRefused(ErrorCode.INVALID_REQUEST, () -> policy.read(Event.of("any", List.of(1)), ANY));
    PayloadPolicy odd =
        new JsonPayloadPolicy(data -> "{\"a\":1,\"a\":2}".getBytes(StandardCharsets.UTF_8), 100);
    assertRefused(ErrorCode.INVALID_REQUEST, () -> odd.read(Event.of("any", "x"), ANY));
  }

  @Test
  void what_the_codec_cannot_encode_is_refused() {
    assertRefused(
            ErrorCode.INVALID_REQUEST,
            () -> policy.read(Event.of("any", Map.of("c@nary", new Object())), ANY))
        .hasMessage("data cannot be encoded as JSON; see data.?");
  }

  static Stream<Arguments> whatCannotBeEncoded() {
    Map<String, Object> cyclic = new HashMap<>();
    cyclic.put("next", cyclic);
    return Stream.of(
        Arguments.of(Map.of("order", Map.of("total", new Object())), "data.order.total"),
        Arguments.of(
            Map.of("items", List.of(1, Map.of("price", new Object()))), "data.items[1].price"),
        Arguments.of(Map.of("order", new Broken()), "data.order.total"),
        Arguments.of(Map.of("a.b c", Map.of("kim@acme.example", new Object())), "data.?.?"),
        Arguments.of(new Object(), "data"),
        Arguments.of(cyclic, "data" + ".next".repeat(10) + "..."));
  }

  @ParameterizedTest
  @MethodSource("whatCannotBeEncoded")
  void a_property_that_cannot_be_encoded_is_named(Object data, String path) {
    assertRefused(ErrorCode.INVALID_REQUEST, () -> policy.read(Event.of("any", data), ANY))
        .hasMessage("data cannot be encoded as JSON; see " + path);
  }

  @Test
  void what_a_codec_of_the_hosts_own_says_is_not_repeated() {
    PayloadPolicy own = new JsonPayloadPolicy(
        data -> {
          throw new IllegalArgumentException("cannot encode c@nary");
        },
        100);

    assertRefused(ErrorCode.INVALID_REQUEST, () -> own.read(Event.of("any", "x"), ANY))
        .hasMessage("data cannot be encoded as JSON");
  }

  /** A bean with a getter that fails. */
  public static final class Broken {
    public int getTotal() {
      return Integer.parseInt("c@nary");
    }
  }

  private byte[] read(String json) {
    return policy.read(Event.ofJson("any", json), ANY);
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertInvalid(String json) {
    return assertRefused(ErrorCode.INVALID_REQUEST, () -> read(json))
        .hasMessageContaining("data")
        .hasMessageNotContaining("c@nary")
        .hasNoCause();
  }

  private static String nested(int depth) {
    return "{\"a\":".repeat(depth - 1) + "{}" + "}".repeat(depth - 1);
  }
}
