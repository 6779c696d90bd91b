package dev.webhooks.internal.validation;

import java.util.List;
import java.util.stream.Collectors;

/** Makes names that a stranger chose fit for messages and logs. */
final class SafeText {
  private static final int MAX_LENGTH = 64;
  private static final int MAX_NAMES = 5;

  private SafeText() {}

  /** Quotes a text: cut, and without anything but printable ASCII. */
  static String quote(String text) {
    String cut = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) : text;
    String printable = cut.codePoints()
        .map(c -> c > 0x20 && c < 0x7f && c != '"' ? c : '?')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
    return '"' + printable + (cut.length() < text.length() ? "...\"" : "\"");
  }

  /** Quotes the first few texts and counts the others. */
  static String quote(List<String> texts) {
    String some =
        texts.stream().limit(MAX_NAMES).map(SafeText::quote).collect(Collectors.joining(", "));
    return texts.size() > MAX_NAMES ? some + " and " + (texts.size() - MAX_NAMES) + " more" : some;
  }

  static boolean isPrintableAscii(String text) {
    return text.chars().allMatch(c -> c > 0x20 && c < 0x7f);
  }

  static boolean hasControls(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }

  /**
   * Returns where a text has half of a surrogate pair, or -1. There are no bytes for it: encoders
   * put a question mark in its place.
   */
  static int indexOfHalf(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean pair = Character.isHighSurrogate(c)
            && i + 1 < text.length()
            && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          return i;
        }
        i++;
      }
    }
    return -1;
  }
}
