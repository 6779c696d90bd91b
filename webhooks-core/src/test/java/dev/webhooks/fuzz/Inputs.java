package dev.webhooks.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Makes inputs out of good ones: cut, spliced, repeated, and with odd characters in between. */
public final class Inputs {
  private static final int MOST_CHANGES = 5;
  private static final int LONGEST_REPETITION = 3_000;
  private static final String LIKELY =
      "%/&=?+\"{}[]():;,.-_#@\\'*~|!$^`<> \0\r\n\t\u000b\u007f\u0085\u00a0\u00ad\u00e9\u0130\u0131"
          + "\u017f\u200b\u202e\u212a\u2460\u3002\ud800\udc00\ud83d\ude00\ufeff\uff0e\uff10\uff21"
          + "0123456789abcxyzABCXYZ";

  private final Random random;
  private final List<Object> made = new ArrayList<>();

  Inputs(Random random) {
    this.random = random;
  }

  /** Begins an input: what {@link #last} says is forgotten. */
  public void begin() {
    made.clear();
  }

  /** Returns what the present input is made of, escaped. */
  String last() {
    StringBuilder text = new StringBuilder();
    made.forEach(part -> text.append(" <").append(escaped(String.valueOf(part))).append('>'));
    return text.toString();
  }

  /** Returns whether something is to be done that happens one time in so many. */
  public boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }

  /** Returns a number from 0 to one below a bound. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** Returns one of some values. */
  public <T> T pick(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  /** Returns one of some texts, changed more often than not. */
  public String text(List<String> seeds) {
    String text = pick(seeds);
    if (!oneIn(4)) {
      text = changed(text, seeds);
    }
    made.add(text);
    return text;
  }

  /** Returns bytes, changed more often than not. */
  public byte[] bytes(byte[] seed) {
    byte[] bytes = seed.clone();
    if (!oneIn(3)) {
      bytes = Arrays.copyOf(seed, random.nextInt(seed.length + 2));
      for (int i = random.nextInt(MOST_CHANGES); i > 0 && bytes.length > 0; i--) {
        bytes[random.nextInt(bytes.length)] =
            random.nextBoolean() ? (byte) random.nextInt(256) : (byte) character();
      }
    }
    made.add(Arrays.toString(bytes));
    return bytes;
  }

  private String changed(String text, List<String> seeds) {
    StringBuilder changed = new StringBuilder(text);
    for (int i = random.nextInt(MOST_CHANGES); i >= 0; i--) {
      int at = random.nextInt(changed.length() + 1);
      int end = Math.min(changed.length(), at + 1 + random.nextInt(4));
      switch (random.nextInt(8)) {
        case 0 -> changed.setLength(at);
        case 1 -> changed.delete(at, end);
        case 2 -> changed.replace(at, end, "" + character());
        case 3 -> changed.insert(at, pick(seeds));
        case 4 -> changed.insert(at, changed.substring(at, end));
        case 5 -> swapCase(changed, at);
        default -> changed.insert(at, character());
      }
    }
    if (oneIn(200)) {
      int at = random.nextInt(changed.length() + 1);
      changed.insert(at, ("" + character()).repeat(random.nextInt(LONGEST_REPETITION)));
    }
    return changed.toString();
  }

  private static void swapCase(StringBuilder text, int at) {
    if (at < text.length()) {
      char c = text.charAt(at);
      text.setCharAt(
          at, Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c));
    }
  }

  private char character() {
    return oneIn(5)
        ? (char) random.nextInt(0x10000)
        : LIKELY.charAt(random.nextInt(LIKELY.length()));
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.chars()
        .forEach(c -> escaped.append(
            c > 0x20 && c < 0x7f ? "" + (char) c : String.format(Locale.ROOT, "\\u%04x", c)));
    return escaped.toString();
  }
}
