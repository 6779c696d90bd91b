package dev.webhooks.management;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Reads the constants of enumerations, such as statuses, from lower case. */
final class Constants {
  private Constants() {}

  private static String write(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the constant that a text names.
   *
   * @param field where the text was given
   */
  static <E extends Enum<E>> E read(String field, String text, Class<E> type) {
    for (E constant : type.getEnumConstants()) {
      if (write(constant).equals(text)) {
        return constant;
      }
    }
    String known = Arrays.stream(type.getEnumConstants())
        .map(Constants::write)
        .collect(Collectors.joining(", "));
    throw Refusals.invalid(field + " must be one of " + known);
  }
}
