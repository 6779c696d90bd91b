package dev.webhooks.internal.validation;

import java.text.Normalizer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A label of a host that stands for one with characters beyond ASCII: {@code xn--} and Punycode
 * (RFC 3492). Clients decode such a label before they send anything, and give up if they cannot, so
 * that each attempt would fail.
 *
 * <p>The decoder is our own. {@code java.net.IDN} stops at IDNA 2003 and Unicode 3.2 and refuses
 * labels that registries sell, such as {@code xn--strae-oqa}. The core does not depend on OkHttp,
 * whose decoder is internal, and a library such as ICU4J is larger than this one. OkHttp sends to
 * every label that passes here. It also sends to some that do not, with capitals or control
 * characters; it notes in its code that it will check them later, as browsers do today.
 */
final class EncodedLabel {
  private static final String PREFIX = "xn--";
  private static final int BASE = 36;
  private static final int FEWEST = 1;
  private static final int MOST = 26;
  private static final int SKEW = 38;
  private static final int DAMP = 700;
  private static final int FIRST_BIAS = 72;
  private static final int FIRST_BEYOND_ASCII = 0x80;

  private final String digits;
  private final StringBuilder decoded = new StringBuilder();
  private int read;

  private EncodedLabel(String basic, String digits) {
    this.digits = digits;
    decoded.append(basic);
  }

  /**
   * Returns whether a label has no {@code xn--} or can be decoded to characters that a name may
   * have.
   *
   * @param label a label in lower case, made of letters, digits and hyphens
   */
  static boolean isSound(String label) {
    if (!label.startsWith(PREFIX)) {
      return true;
    }
    String decoded = decode(label);
    return decoded != null && isInCanonicalForm(decoded) && hasOnlyPossibleCharacters(decoded);
  }

  /** Returns what a label stands for, or null if it is not the encoding of anything. */
  static @Nullable String decode(String label) {
    String encoded = label.substring(PREFIX.length());
    int delimiter = encoded.lastIndexOf('-');
    // A delimiter without anything before it, or nothing encoded, is no encoder's work.
    if (delimiter == 0 || delimiter == encoded.length() - 1) {
      return null;
    }
    String basic = encoded.substring(0, Math.max(delimiter, 0));
    return new EncodedLabel(basic, encoded.substring(delimiter + 1)).decode();
  }

  /** RFC 3492, 6.2. */
  private @Nullable String decode() {
    int codePoint = FIRST_BEYOND_ASCII;
    int bias = FIRST_BIAS;
    int length = decoded.codePointCount(0, decoded.length());
    long place = 0;
    while (read < digits.length()) {
      long delta = number(bias);
      if (delta < 0) {
        return null;
      }
      length++;
      bias = adapt(delta, length, place == 0);
      long next = codePoint + (place + delta) / length;
      if (next > Character.MAX_CODE_POINT) {
        return null;
      }
      codePoint = (int) next;
      place = (place + delta) % length;
      decoded.insert(decoded.offsetByCodePoints(0, (int) place), Character.toString(codePoint));
      place++;
    }
    return decoded.toString();
  }

  /**
   * Reads a number of digits that grow in weight; returns -1 if it does not end or is too large.
   */
  private long number(int bias) {
    long number = 0;
    long weight = 1;
    for (int k = BASE; read < digits.length() && weight <= Integer.MAX_VALUE; k += BASE) {
      char c = digits.charAt(read++);
      int digit = c <= '9' ? c - '0' + MOST : c - 'a';
      number += digit * weight;
      int threshold = Math.min(Math.max(k - bias, FEWEST), MOST);
      if (digit < threshold) {
        return number <= Integer.MAX_VALUE ? number : -1;
      }
      weight *= BASE - threshold;
    }
    return -1;
  }

  /** RFC 3492, 6.1. */
  private static int adapt(long delta, int length, boolean first) {
    long rest = first ? delta / DAMP : delta / 2;
    rest += rest / length;
    int k = 0;
    while (rest > (BASE - FEWEST) * MOST / 2) {
      rest /= BASE - FEWEST;
      k += BASE;
    }
    return (int) (k + (BASE - FEWEST + 1) * rest / (rest + SKEW));
  }

  /** Capitals and compatibility forms are brought into another form before they are encoded. */
  private static boolean isInCanonicalForm(String decoded) {
    return Normalizer.isNormalized(decoded, Normalizer.Form.NFKC)
        && decoded.toLowerCase(Locale.ROOT).equals(decoded);
  }

  private static boolean hasOnlyPossibleCharacters(String decoded) {
    return !isMark(decoded.codePointAt(0))
        && decoded.codePoints().noneMatch(EncodedLabel::isImpossible);
  }

  private static boolean isMark(int codePoint) {
    int type = Character.getType(codePoint);
    return type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || type == Character.ENCLOSING_MARK;
  }

  private static boolean isImpossible(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR -> true;
      case Character.FORMAT -> !isJoiner(codePoint);
      default -> false;
    };
  }

  private static boolean isJoiner(int codePoint) {
    return codePoint == 0x200c || codePoint == 0x200d;
  }
}
