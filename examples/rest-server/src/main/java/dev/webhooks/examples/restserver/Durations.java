package dev.webhooks.examples.restserver;

import dev.webhooks.model.RetrySchedule;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Understands times such as {@code 30s}, in milliseconds, seconds, minutes, hours or days. */
final class Durations {
  private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
  private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);
  private static final Duration EXPIRY = Duration.ofDays(5);

  private Durations() {}

  static Duration timeout(String text) {
    Duration timeout = read(text);
    if (timeout.isZero() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
      throw new IllegalArgumentException("must be from 1ms to 1h");
    }
    return timeout;
  }

  /** Reads when attempts are made; the first entry is the first attempt, which is made at once. */
  static RetrySchedule schedule(String text) {
    List<Duration> times = Values.list(text).stream().map(Durations::read).toList();
    if (!times.get(0).isZero()) {
      throw new IllegalArgumentException("must begin with 0s, the first attempt");
    }
    RetrySchedule schedule = RetrySchedule.after(times.stream().skip(1).toArray(Duration[]::new));
    if (schedule.longest().compareTo(EXPIRY) > 0) {
      throw new IllegalArgumentException("must not take longer than " + EXPIRY.toDays()
          + " days, with up to 20 % added to each wait");
    }
    return schedule;
  }

  private static Duration read(String text) {
    Matcher time = TIME.matcher(text);
    if (!time.matches()) {
      throw new IllegalArgumentException("must be made of times such as 500ms, 30s, 5m, 2h or 1d");
    }
    long number = Long.parseLong(time.group(1));
    return switch (time.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }
}
