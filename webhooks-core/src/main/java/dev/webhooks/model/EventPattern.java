package dev.webhooks.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Relates event types to the patterns that subscribe to them: the type itself, {@code prefix.*} for
 * a whole group at any depth, and {@code *} for everything.
 */
public final class EventPattern {
  /** The pattern that matches every event type. */
  public static final String ALL = "*";

  private static final String GROUP_SUFFIX = ".*";

  private EventPattern() {}

  /**
   * Returns every pattern that matches an event type, so that a store can look subscriptions up by
   * equality.
   *
   * <p>For {@code a.b.c}: {@code a.b.c}, {@code a.b.*}, {@code a.*}, {@code *}.
   *
   * @param eventType an event type
   */
  public static List<String> matching(String eventType) {
    Objects.requireNonNull(eventType, "eventType");
    List<String> patterns = new ArrayList<>();
    patterns.add(eventType);
    for (int dot = eventType.lastIndexOf('.'); dot > 0; dot = eventType.lastIndexOf('.', dot - 1)) {
      patterns.add(eventType.substring(0, dot) + GROUP_SUFFIX);
    }
    patterns.add(ALL);
    return patterns;
  }

  /** Returns whether a text is a wildcard rather than the name of one event type. */
  public static boolean isWildcard(String pattern) {
    Objects.requireNonNull(pattern, "pattern");
    return pattern.equals(ALL) || pattern.endsWith(GROUP_SUFFIX);
  }

  /** Returns whether a pattern matches an event type. */
  public static boolean matches(String pattern, String eventType) {
    Objects.requireNonNull(pattern, "pattern");
    return matching(eventType).contains(pattern);
  }
}
