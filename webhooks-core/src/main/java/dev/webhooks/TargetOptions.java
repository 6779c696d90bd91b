package dev.webhooks;

import dev.webhooks.internal.validation.TargetRules;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** The builder's options about where requests may go. Not thread-safe. */
final class TargetOptions {
  String[] allowed = {};
  String[] refused = {};
  String[] ports = {"1-65535"};
  boolean refusingOwnAddresses;

  /** Returns what a host gave; null is refused by its name. */
  static String[] given(String[] texts, String name) {
    Objects.requireNonNull(texts, name);
    for (String text : texts) {
      Objects.requireNonNull(text, name);
    }
    return texts.clone();
  }

  /** Reads what was set, and adds what is wrong with it to the problems. */
  TargetRules read(List<String> problems) {
    TargetRules rules = TargetRules.publicOnly();
    rules = read(rules, all -> all.refusing(refused), problems);
    rules = read(rules, all -> all.allowing(allowed), problems);
    rules = read(rules, all -> all.onPorts(ports), problems);
    return refusingOwnAddresses ? rules.refusingOwnAddresses() : rules;
  }

  private static TargetRules read(
      TargetRules rules, UnaryOperator<TargetRules> next, List<String> problems) {
    try {
      return next.apply(rules);
    } catch (IllegalArgumentException e) {
      problems.add(String.valueOf(e.getMessage()));
      return rules;
    }
  }
}
