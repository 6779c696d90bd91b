package dev.webhooks.validation;

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

  /** Returns whether a text has a control character, or half of a surrogate pair. */
  static boolean hasControlsOrHalves(String text) {
    return text.codePoints().anyMatch(c -> Character.isISOControl(c) || isHalf(c));
  }

  private static boolean isHalf(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }
}
