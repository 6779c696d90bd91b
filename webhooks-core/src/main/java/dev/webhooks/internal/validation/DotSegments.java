package dev.webhooks.internal.validation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Resolves the segments of a path that are one or two dots (RFC 3986, 5.2.4), escaped ones too. All
 * clients resolve those that are not escaped, and some the others as well: what is stored must be
 * what every one of them sends.
 */
final class DotSegments {
  private DotSegments() {}

  /**
   * Returns a path without such segments.
   *
   * @param path a path that begins with a slash, or an empty one, which becomes a slash
   */
  static String resolve(String path) {
    if (path.isEmpty()) {
      return "/";
    }
    List<String> resolved = new ArrayList<>();
    String[] segments = path.substring(1).split("/", -1);
    for (int i = 0; i < segments.length; i++) {
      int dots = dots(segments[i]);
      if (dots == 0) {
        resolved.add(segments[i]);
        continue;
      }
      if (dots == 2 && !resolved.isEmpty()) {
        resolved.remove(resolved.size() - 1);
      }
      if (i == segments.length - 1) {
        // What a path names that ends in dots is a folder.
        resolved.add("");
      }
    }
    return "/" + String.join("/", resolved);
  }

  /** Returns 1 or 2 if a segment is so many dots and nothing else, or 0. */
  private static int dots(String segment) {
    return switch (segment.toLowerCase(Locale.ROOT)) {
      case ".", "%2e" -> 1;
      case "..", ".%2e", "%2e.", "%2e%2e" -> 2;
      default -> 0;
    };
  }
}
