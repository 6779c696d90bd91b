package dev.webhooks.management;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a query. Strict: unknown, repeated and badly encoded ones are refused. A plus
 * sign stands for itself, so that the offset of a time may be written as it is.
 */
final class Query {
  private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,9}");

  private final Map<String, String> values;

  private Query(Map<String, String> values) {
    this.values = values;
  }

  /**
   * Reads a query.
   *
   * @param raw what follows the question mark, or null
   * @param known the names it may have
   */
  static Query parse(@Nullable String raw, List<String> known) {
    Map<String, String> values = new HashMap<>();
    if (raw != null && !raw.isEmpty()) {
      for (String pair : raw.split("&", -1)) {
        add(values, pair, known);
      }
    }
    return new Query(values);
  }

  @Nullable
  String text(String name) {
    return values.get(name);
  }

  int integer(String name, int missing) {
    String text = values.get(name);
    if (text == null) {
      return missing;
    }
    if (!INTEGER.matcher(text).matches()) {
      throw Refusals.invalid(name + " must be an integer");
    }
    return Integer.parseInt(text);
  }

  /** Refuses a query with two parameters of which each excludes the other. */
  void requireOneOf(String name, String other) {
    if (values.containsKey(name) && values.containsKey(other)) {
      throw Refusals.invalid(name + " and " + other + " cannot be given together");
    }
  }

  /** Returns the constant whose name is given in lower case. */
  <E extends Enum<E>> @Nullable E constant(String name, Class<E> type) {
    String text = values.get(name);
    return text == null ? null : Constants.read(name, text, type);
  }

  @Nullable
  Instant instant(String name) {
    String text = values.get(name);
    return text == null ? null : Times.read(name, text);
  }

  private static void add(Map<String, String> values, String pair, List<String> known) {
    int equals = pair.indexOf('=');
    if (equals < 0) {
      throw Refusals.invalid("the query must be made of name=value pairs");
    }
    String name = decode(pair.substring(0, equals));
    requireKnown(name, known);
    if (values.put(name, decode(pair.substring(equals + 1))) != null) {
      throw Refusals.invalid(name + " must be given once");
    }
  }

  private static void requireKnown(String name, List<String> known) {
    if (!known.contains(name)) {
      String rule = known.isEmpty() ? "none is" : String.join(", ", known) + " are";
      throw Refusals.invalid(
          "unknown query parameter " + Refusals.quote(name) + "; " + rule + " known here");
    }
  }

  private static String decode(String text) {
    ByteBuffer bytes = ByteBuffer.allocate(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        bytes.put(escaped(text, i));
        i += 2;
      } else if (c > 0x20 && c < 0x7f) {
        bytes.put((byte) c);
      } else {
        throw badEncoding();
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw badEncoding();
    }
  }

  private static byte escaped(String text, int percent) {
    if (percent + 2 >= text.length()
        || !HexFormat.isHexDigit(text.charAt(percent + 1))
        || !HexFormat.isHexDigit(text.charAt(percent + 2))) {
      throw badEncoding();
    }
    return (byte) HexFormat.fromHexDigits(text, percent + 1, percent + 3);
  }

  private static RuntimeException badEncoding() {
    return Refusals.invalid("the query must be percent-encoded UTF-8");
  }
}
