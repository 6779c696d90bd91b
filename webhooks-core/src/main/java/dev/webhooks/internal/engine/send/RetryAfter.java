package dev.webhooks.internal.engine.send;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * The {@code Retry-After} header (RFC 9110, section 10.2.3): seconds or a date. A malformed one
 * counts as absent.
 */
final class RetryAfter {
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVICE_UNAVAILABLE = 503;
  private static final int MAX_DIGITS = 9;
  private static final Duration LONGEST = Duration.ofHours(24);

  private RetryAfter() {}

  /**
   * Returns how long an endpoint asks to wait, or null.
   *
   * @param status the status of its answer; only 429 and 503 may ask
   * @param value the header's value, or null
   * @param now the one clock's time, for dates
   */
  static @Nullable Duration requested(
      @Nullable Integer status, @Nullable String value, Instant now) {
    if (value == null
        || status == null
        || (status != TOO_MANY_REQUESTS && status != SERVICE_UNAVAILABLE)) {
      return null;
    }
    String text = value.strip();
    if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return text.length() > MAX_DIGITS ? LONGEST : Duration.ofSeconds(Long.parseLong(text));
    }
    return untilDate(text, now);
  }

  private static @Nullable Duration untilDate(String text, Instant now) {
    try {
      Instant date =
          ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return date.isAfter(now) ? Duration.between(now, date) : null;
    } catch (DateTimeException e) {
      return null;
    }
  }
}
