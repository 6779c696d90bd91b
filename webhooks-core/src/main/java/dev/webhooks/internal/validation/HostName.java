package dev.webhooks.internal.validation;

import java.net.IDN;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Brings hosts into their one canonical form, and knows the names that are never public. */
final class HostName {
  private static final int MAX_LENGTH = 253;
  private static final Pattern LABEL = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");

  /** RFC 6761, 6762, 7686 and 8375, and the name reserved for private use. */
  private static final List<String> PRIVATE_SUFFIXES =
      List.of("localhost", "local", "internal", "home.arpa", "onion");

  /**
   * Sharp s, final sigma and the joiners: standards map them differently, so that sender and
   * browser would reach different hosts.
   */
  private static final Pattern AMBIGUOUS = Pattern.compile("[\u00df\u03c2\u200c\u200d]");

  private HostName() {}

  /**
   * Returns a host in lower case, mapped to ASCII and without a final dot; a numeric host only if
   * it is an IPv4 address.
   *
   * @param text a host that is no IPv6 address
   * @throws IllegalArgumentException if it is none; the message names the rule
   */
  static String canonical(String text) {
    String ascii = toAscii(text).toLowerCase(Locale.ROOT);
    String name = ascii.endsWith(".") ? ascii.substring(0, ascii.length() - 1) : ascii;
    if (IpText.looksNumeric(name)) {
      require(
          IpText.parse(name) != null,
          "an address must be four numbers from 0 to 255 without leading zeros, such as 203.0.113.7");
      return name;
    }
    requireLabels(name);
    return name;
  }

  /**
   * Returns whether a canonical name can be public by its look: it has a dot and a public suffix.
   */
  static boolean isPublic(String name) {
    return name.indexOf('.') >= 0
        && PRIVATE_SUFFIXES.stream()
            .noneMatch(suffix -> name.equals(suffix) || name.endsWith("." + suffix));
  }

  /**
   * Returns roughly the part of a name that one owner registered: its last two labels, or three.
   */
  static String zone(String name) {
    int top = name.lastIndexOf('.');
    int second = name.lastIndexOf('.', top - 1);
    boolean countryWithGroups = name.length() - top <= 3 && top - second <= 4;
    int start = countryWithGroups && second > 0 ? name.lastIndexOf('.', second - 1) : second;
    return name.substring(start + 1);
  }

  private static String toAscii(String text) {
    if (text.chars().allMatch(c -> c < 0x80)) {
      return text;
    }
    require(
        !AMBIGUOUS.matcher(text).find(),
        "the host has a character that standards map differently; write it in its xn-- form");
    try {
      return IDN.toASCII(text);
    } catch (RuntimeException e) {
      // Besides the documented exception, IDN is known to throw others for odd input.
      throw new IllegalArgumentException("the host is not a valid internationalised name", e);
    }
  }

  private static void requireLabels(String name) {
    require(name.length() <= MAX_LENGTH, "the host is longer than " + MAX_LENGTH + " characters");
    for (String label : name.split("\\.", -1)) {
      require(
          LABEL.matcher(label).matches(),
          "the host must be made of labels of letters, digits and hyphens");
      require(
          EncodedLabel.isSound(label),
          "the host has an xn-- label that does not decode to the characters of a name");
    }
    char first = name.charAt(name.lastIndexOf('.') + 1);
    require(first < '0' || first > '9', "the last label of the host must not begin with a digit");
  }

  private static void require(boolean condition, String rule) {
    if (!condition) {
      throw new IllegalArgumentException(rule);
    }
  }
}
