package dev.webhooks.model;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Copies of what a host gave, which no longer change with it; null is refused by its name. */
final class Copies {
  private Copies() {}

  static List<String> of(String[] texts, String name) {
    return of(Arrays.asList(Objects.requireNonNull(texts, name)), name);
  }

  static <T> List<T> of(List<T> values, String name) {
    Objects.requireNonNull(values, name);
    values.forEach(value -> Objects.requireNonNull(value, name));
    return List.copyOf(values);
  }

  /** Keeps the order, and null keys and values, which the rule for headers refuses with a code. */
  static Map<String, String> of(Map<String, String> texts, String name) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(Objects.requireNonNull(texts, name)));
  }
}
