package dev.webhooks.management;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Reads instants as ISO 8601. */
final class Times {
  private static final int DATE_LENGTH = "2026-01-01".length();
  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999999Z");

  private Times() {}

  /** Reads an instant with an offset, or a bare date as its midnight in UTC. */
  static Instant read(String field, String text) {
    try {
      Instant instant = text.length() == DATE_LENGTH
          ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
          : OffsetDateTime.parse(text).toInstant();
      // Beyond these years databases differ in what they can compare.
      if (!instant.isBefore(EARLIEST) && !instant.isAfter(LATEST)) {
        return instant;
      }
    } catch (DateTimeException e) {
      // Refused below, without the message, which quotes the text.
    }
    throw Refusals.invalid(
        field + " must be an ISO 8601 date, or a date and time with an offset, such as"
            + " 2026-01-31T09:00:00Z");
  }
}
