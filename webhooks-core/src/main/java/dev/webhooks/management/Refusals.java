package dev.webhooks.management;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;

/** Refuses what a request says, in words that are safe to show and to log. */
final class Refusals {
  private static final int MAX_QUOTED = 64;

  private Refusals() {}

  static WebhookException invalid(String message) {
    return new WebhookException(ErrorCode.INVALID_REQUEST, message);
  }

  /** Quotes a name that a stranger chose: cut, and without anything but printable ASCII. */
  static String quote(String name) {
    String cut = name.length() > MAX_QUOTED ? name.substring(0, MAX_QUOTED) + "..." : name;
    StringBuilder quoted = new StringBuilder("\"");
    cut.chars()
        .map(c -> c > 0x20 && c < 0x7f && c != '"' ? c : '?')
        .forEach(c -> quoted.append((char) c));
    return quoted.append('"').toString();
  }
}
