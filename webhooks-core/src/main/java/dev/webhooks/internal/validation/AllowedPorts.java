package dev.webhooks.internal.validation;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The ports that webhooks may use. Immutable and thread-safe. */
final class AllowedPorts {
  private static final int HIGHEST = 65535;
  private static final Pattern RANGE = Pattern.compile("([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?");
  private static final AllowedPorts ALL = of("1-65535");

  private final List<Range> ranges;

  private AllowedPorts(List<Range> ranges) {
    this.ranges = ranges;
  }

  /** Returns the default, which allows 1 to 65535. */
  public static AllowedPorts all() {
    return ALL;
  }

  /**
   * Reads which ports are allowed.
   *
   * @param ports at least one; single ports such as {@code 443} and ranges such as
   *     {@code 1024-65535}
   * @throws IllegalArgumentException naming every text that is neither, or if there is none
   */
  public static AllowedPorts of(String... ports) {
    List<Range> ranges = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (String text : Objects.requireNonNull(ports, "ports")) {
      Objects.requireNonNull(text, "ports");
      Matcher range = RANGE.matcher(text);
      if (range.matches()) {
        int from = Integer.parseInt(range.group(1));
        ranges.add(
            new Range(from, range.group(2) == null ? from : Integer.parseInt(range.group(2))));
      }
      if (!range.matches() || !ranges.get(ranges.size() - 1).isValid()) {
        problems.add("\"" + text + "\"");
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "not ports from 1 to 65535 nor ranges of them: " + String.join(", ", problems));
    }
    if (ranges.isEmpty()) {
      throw new IllegalArgumentException("at least one port must be allowed");
    }
    return new AllowedPorts(List.copyOf(ranges));
  }

  /** Returns whether a port may be used. */
  public boolean allows(int port) {
    return ranges.stream().anyMatch(range -> range.from() <= port && port <= range.to());
  }

  /** Returns the ports as they are written down, such as {@code 443, 1024-65535}. */
  @Override
  public String toString() {
    return String.join(", ", ranges.stream().map(Range::toString).toList());
  }

  private record Range(int from, int to) {
    boolean isValid() {
      return from <= to && to <= HIGHEST;
    }

    @Override
    public String toString() {
      return from == to ? String.valueOf(from) : from + "-" + to;
    }
  }
}
