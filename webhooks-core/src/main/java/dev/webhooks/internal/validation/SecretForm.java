package dev.webhooks.internal.validation;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds secrets that were copied with a mistake: they would sign, but not as the other side does.
 */
public final class SecretForm {
  private static final String ENCODED = "whsec_";

  /** Blanks, invisible characters and quotation marks, and the version of a signature. */
  private static final Pattern KNOWN_START = Pattern.compile(
      "(?<before>[\\s\\p{Z}\\p{C}\"'`]*(?:[vV]1[aA]?[\\s\\p{Z}]*[,=:][\\s\\p{Z}]*)?)"
          + "(?<prefix>(?i:whsec_|whsk_|whpk_))");

  private static final Pattern BLANK_END = Pattern.compile("[\\s\\p{Z}\\p{C}\"'`]$");

  private SecretForm() {}

  /**
   * Returns what is wrong with a secret, as words that go on after "secret", or empty. Wrong are
   * {@code whsec_} in capitals or with a blank, a quotation mark or {@code v1,} around it, the keys
   * of asymmetric signatures ({@code whsk_}, {@code whpk_}), and half a surrogate pair, which has
   * no bytes. Length and base64 are not looked at.
   *
   * @param secret the secret's text; the result quotes nothing of it
   */
  public static Optional<String> mistake(String secret) {
    Objects.requireNonNull(secret, "secret");
    if (hasHalf(secret)) {
      return Optional.of("must not have half a surrogate pair");
    }
    Matcher start = KNOWN_START.matcher(secret);
    if (!start.lookingAt()) {
      return Optional.empty();
    }
    String prefix = start.group("prefix");
    if (!prefix.toLowerCase(Locale.ROOT).equals(ENCODED)) {
      return Optional.of("must be a symmetric one, whsec_ and the base64 of 24 to 64 bytes;"
          + " whsk_ and whpk_ mark keys of asymmetric signatures");
    }
    if (!start.group("before").isEmpty() || !prefix.equals(ENCODED)) {
      return Optional.of("must begin with whsec_ in lower case,"
          + " with no blank, quotation mark or v1, before it");
    }
    return BLANK_END.matcher(secret).find()
        ? Optional.of("must end with its base64, with no blank or quotation mark after it")
        : Optional.empty();
  }

  private static boolean hasHalf(String secret) {
    return secret
        .codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }
}
