package dev.webhooks.examples.restserver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Reads variables and collects what is wrong with them; one that is blank counts as not set. */
final class Environment {
  private final Map<String, String> variables;
  private final List<String> problems = new ArrayList<>();

  Environment(Map<String, String> variables) {
    this.variables = variables;
  }

  /**
   * Reads a variable.
   *
   * @param missing what holds if it is not set
   * @param reader understands its text, or throws an {@link IllegalArgumentException} whose message
   *     continues the variable's name
   */
  <T> T read(String name, T missing, Function<String, T> reader) {
    String text = variables.getOrDefault(name, "").strip();
    if (text.isEmpty()) {
      return missing;
    }
    try {
      return reader.apply(text);
    } catch (IllegalArgumentException e) {
      problems.add(name + " " + e.getMessage());
      return missing;
    }
  }

  /** Reads a variable that must be set. */
  <T> T require(String name, T missing, Function<String, T> reader) {
    if (variables.getOrDefault(name, "").isBlank()) {
      problems.add(name + " is missing");
    }
    return read(name, missing, reader);
  }

  void requireNoProblems() {
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }
}
