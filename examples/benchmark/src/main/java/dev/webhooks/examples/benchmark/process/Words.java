package dev.webhooks.examples.benchmark.process;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;

/** Named values on one line, such as {@code events=20000 publishers=64}. */
public record Words(Map<String, String> values) {
  /** Reads a line. */
  public static Words of(String line) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String word : line.strip().split("\\s+")) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        values.put(word.substring(0, equals), word.substring(equals + 1));
      }
    }
    return new Words(values);
  }

  /** Returns these and one more. */
  public Words with(String name, Object value) {
    Map<String, String> more = new LinkedHashMap<>(values);
    more.put(name, String.valueOf(value));
    return new Words(more);
  }

  public String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new NoSuchElementException("no " + name + " among " + this);
    }
    return value;
  }

  public String text(String name, String otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  public int number(String name) {
    return Integer.parseInt(text(name));
  }

  public int number(String name, int otherwise) {
    return values.containsKey(name) ? number(name) : otherwise;
  }

  public long large(String name) {
    return Long.parseLong(text(name));
  }

  public double decimal(String name) {
    return Double.parseDouble(text(name));
  }

  @Override
  public String toString() {
    return values.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(" "));
  }
}
