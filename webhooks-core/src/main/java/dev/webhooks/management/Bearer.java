package dev.webhooks.management;

import java.util.List;
import java.util.Optional;

/** Reads the token out of the {@code Authorization} header. */
final class Bearer {
  static final int MAX_LENGTH = 4_096;

  private static final String SCHEME = "bearer ";

  private Bearer() {}

  /** Returns the token if there is exactly one well-formed one. */
  static Optional<String> token(ApiRequest request) {
    List<String> given = request.header("authorization");
    if (given.size() != 1 || !given.get(0).regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    return Optional.of(given.get(0).substring(SCHEME.length()).strip()).filter(Bearer::isToken);
  }

  static boolean isToken(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_LENGTH
        && text.chars().allMatch(c -> c > 0x20 && c < 0x7f);
  }
}
