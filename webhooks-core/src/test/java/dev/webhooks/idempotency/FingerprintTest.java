package dev.webhooks.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two texts of JSON have one fingerprint exactly if they are one value. */
class FingerprintTest {
  /** Few enough that values made of them are often the same. */
  private static final List<String> TEXTS = List.of(
      "", "a", "b", "A", "\"", "\\", ",", ":", "{", "\u00e9", "\ud83d\ude00", "\ufb01", "\n");

  private static final List<String> NUMBERS = List.of("0", "-0", "1", "1.0", "1e0", "10", "1E400");

  private final Random random = new Random(8785);

  @Test
  void every_form_of_a_value_has_one_fingerprint() {
    for (int round = 0; round < 2_000; round++) {
      Object value = value(5);
      Fingerprint fingerprint = of(written(value));

      for (int form = 0; form < 5; form++) {
        String text = written(value);
        assertThat(of(text)).as(text).isEqualTo(fingerprint);
      }
    }
  }

  @Test
  void values_differ_in_their_fingerprints_exactly_if_they_differ() {
    Map<String, Fingerprint> byValue = new HashMap<>();
    Map<Fingerprint, String> byFingerprint = new HashMap<>();
    for (int round = 0; round < 20_000; round++) {
      Object value = value(2);
      String canonical = naive(value);
      Fingerprint fingerprint = of(written(value));

      assertThat(byValue.putIfAbsent(canonical, fingerprint)).isIn(null, fingerprint);
      assertThat(byFingerprint.putIfAbsent(fingerprint, canonical)).isIn(null, canonical);
    }
    assertThat(byValue).hasSizeBetween(500, 15_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\":1,\"b\":2} | { \"b\":2, \"a\":1 } | true",
        "{\"a\":\"\\u0041\"} | {\"\\u0061\":\"A\"} | true",
        "{\"a\":\"\\/\"} | {\"a\":\"/\"} | true",
        "[1,2] | [2,1] | false",
        "[1,[2]] | [[1],2] | false",
        "[1,2] | [12] | false",
        "{\"a\":1.0} | {\"a\":1} | false",
        "{\"a\":\"1\"} | {\"a\":1} | false",
        "{\"a\":null} | {} | false",
        "{\"a\":null} | {\"a\":\"null\"} | false",
        "{\"a\":{\"b\":1}} | {\"a\":{},\"b\":1} | false",
        "[\"a,\"] | [\"a\",\"\"] | false",
        "[\"\\ud800\"] | [\"?\"] | false",
        "[\"\\ud800\"] | [\"\\udbff\"] | false",
        "{} | [] | false"
      })
  void what_makes_a_difference(String one, String other, boolean same) {
    assertThat(of(one).equals(of(other))).isEqualTo(same);
  }

  @Test
  void tens_of_thousands_of_keys_have_one_fingerprint_in_any_order() {
    List<Integer> numbers = IntStream.range(0, 40_000).boxed().collect(Collectors.toList());
    Fingerprint fingerprint = of(flat(numbers));
    Collections.reverse(numbers);
    assertThat(of(flat(numbers))).isEqualTo(fingerprint);
    Collections.shuffle(numbers, random);
    assertThat(of(flat(numbers))).isEqualTo(fingerprint);

    numbers.set(17, 40_000);
    assertThat(of(flat(numbers))).isNotEqualTo(fingerprint);
  }

  @Test
  void depth_costs_no_stack_and_is_bounded() {
    int most = Fingerprint.MAX_JSON_DEPTH;
    String deepest = "{\"b\":".repeat(most) + "1" + ",\"a\":1}".repeat(most);
    String swapped = "{\"a\":1,\"b\":".repeat(most) + "1" + "}".repeat(most);

    assertThat(of(deepest)).isEqualTo(of(swapped));
    assertThatIllegalArgumentException().isThrownBy(() -> of("[".repeat(most + 1)));
    assertThatIllegalArgumentException().isThrownBy(() -> of("[".repeat(1_000_000)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{\"geheim\" | {\"geheim\":} | geheim"})
  void what_is_no_json_is_refused_without_a_quotation(String one, String two, String three) {
    for (String text : List.of(one, two, three)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> of(text))
          .withMessageNotContaining("geheim")
          .withNoCause();
    }
  }

  @Test
  void texts_differ_whatever_they_are_made_of() {
    List<String> texts = List.of("?", "\ud800", "\udc00", "\ud800\udc00", "\udc00\ud800", "??", "");

    assertThat(texts.stream().map(text -> Fingerprint.of("x").add(text).build()).distinct())
        .hasSameSizeAs(texts);
  }

  private static Fingerprint of(String json) {
    return Fingerprint.of("json").addJson(json.getBytes(StandardCharsets.UTF_8)).build();
  }

  private static String flat(List<Integer> numbers) {
    return numbers.stream()
        .map(number -> "\"" + number + "\":" + number % 7)
        .collect(Collectors.joining(",", "{", "}"));
  }

  /** Returns null, a boolean, a number as its text's characters, a string, a list or a map. */
  private @Nullable Object value(int depth) {
    int kind = random.nextInt(depth == 0 ? 4 : 8);
    if (kind == 0) {
      return random.nextBoolean() ? null : random.nextBoolean();
    }
    if (kind == 1) {
      return NUMBERS.get(random.nextInt(NUMBERS.size())).toCharArray();
    }
    if (kind < 4) {
      return text();
    }
    int size = random.nextInt(4);
    if (kind == 4) {
      List<Object> list = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        list.add(value(depth - 1));
      }
      return list;
    }
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < size; i++) {
      map.put(text(), value(depth - 1));
    }
    return map;
  }

  private String text() {
    String text = TEXTS.get(random.nextInt(TEXTS.size()));
    return random.nextInt(4) == 0 ? text + TEXTS.get(random.nextInt(TEXTS.size())) : text;
  }

  /** Writes a value as any client could: keys in any order, blanks and escapes anywhere. */
  private String written(@Nullable Object value) {
    String text;
    if (value instanceof Map<?, ?> map) {
      List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
      Collections.shuffle(entries, random);
      text = entries.stream()
          .map(entry -> written(entry.getKey()) + ":" + written(entry.getValue()))
          .collect(Collectors.joining(",", "{" + blank(), "}"));
    } else if (value instanceof List<?> list) {
      text = list.stream().map(this::written).collect(Collectors.joining(",", "[" + blank(), "]"));
    } else if (value instanceof String string) {
      text =
          string.codePoints().mapToObj(this::written).collect(Collectors.joining("", "\"", "\""));
    } else {
      text = value instanceof char[] number ? new String(number) : String.valueOf(value);
    }
    return blank() + text + blank();
  }

  private String written(int c) {
    boolean must = c < 0x20 || c == '"' || c == '\\';
    if (!must && random.nextInt(3) > 0) {
      return Character.toString(c);
    }
    return Character.toString(c)
        .chars()
        .mapToObj(unit -> "\\u" + HexFormat.of().toHexDigits((char) unit))
        .collect(Collectors.joining());
  }

  private String blank() {
    return random.nextInt(3) == 0 ? " \t\r\n".substring(random.nextInt(4)) : "";
  }

  /** A canonical form with nothing in common with the one under test. */
  private static String naive(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, String> sorted = new TreeMap<>();
      map.forEach((key, member) -> sorted.put(naive(key), naive(member)));
      return "map" + sorted.size() + sorted;
    }
    if (value instanceof List<?> list) {
      return "list" + list.stream().map(FingerprintTest::naive).toList();
    }
    if (value instanceof String string) {
      return "string" + string.chars().boxed().toList();
    }
    return value instanceof char[] number ? "number" + new String(number) : "literal" + value;
  }
}
