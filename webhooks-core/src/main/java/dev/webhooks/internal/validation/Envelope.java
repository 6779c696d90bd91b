package dev.webhooks.internal.validation;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;
import dev.webhooks.validation.PayloadPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;

/**
 * Wraps an event's data into the body that is sent, and takes it out again:
 * {@code {"id":…,"type":…,"timestamp":…,"data":…}}. Thread-safe.
 */
public final class Envelope {
  private static final DateTimeFormatter MILLISECONDS =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);
  private static final Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999999Z");
  private static final byte[] BEFORE_DATA = ",\"data\":".getBytes(StandardCharsets.US_ASCII);

  /** Places among what the quotation marks ahead of the data divide. */
  private static final int TYPE = 7;

  private static final int TIMESTAMP = 11;

  private Envelope() {}

  /**
   * Returns the body that is sent, with the data embedded byte for byte.
   *
   * @param id the event's id; see {@link NamePolicy#eventId}
   * @param type the name of an event type of the catalogue
   * @param timestamp when it happened, written in UTC and cut to milliseconds
   * @param data a JSON object that passed a {@link PayloadPolicy}
   * @throws WebhookException with {@link ErrorCode#INVALID_REQUEST} if the timestamp lies outside
   *     the years 0 to 9999
   */
  public static byte[] wrap(String id, String type, Instant timestamp, byte[] data) {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(timestamp, "timestamp");
    Objects.requireNonNull(data, "data");
    if (timestamp.isBefore(EARLIEST) || timestamp.isAfter(LATEST)) {
      throw new WebhookException(
          ErrorCode.INVALID_REQUEST, "timestamp must lie within the years 0 to 9999");
    }
    // Ids and types have no character that JSON would escape.
    byte[] head = ("{\"id\":\"" + id + "\",\"type\":\"" + type + "\",\"timestamp\":\""
            + MILLISECONDS.format(timestamp) + "\"")
        .getBytes(StandardCharsets.US_ASCII);
    int dataStart = head.length + BEFORE_DATA.length;
    byte[] body = Arrays.copyOf(head, dataStart + data.length + 1);
    System.arraycopy(BEFORE_DATA, 0, body, head.length, BEFORE_DATA.length);
    System.arraycopy(data, 0, body, dataStart, data.length);
    body[body.length - 1] = '}';
    return body;
  }

  /**
   * The content of a body, apart from its id.
   *
   * @param type the event type
   * @param timestamp when it happened, as it is sent
   * @param data the data, byte for byte
   */
  public record Content(String type, String timestamp, byte[] data) {
    /** Refuses null. */
    public Content {
      Objects.requireNonNull(type, "type");
      Objects.requireNonNull(timestamp, "timestamp");
      Objects.requireNonNull(data, "data");
    }
  }

  /**
   * Returns what a body says, its id left out.
   *
   * @param body what {@link #wrap} returned
   * @throws IllegalArgumentException if the body is none that {@link #wrap} returns
   */
  public static Content content(byte[] body) {
    Objects.requireNonNull(body, "body");
    byte[] data = unwrap(body);
    int headLength = body.length - 1 - data.length - BEFORE_DATA.length;
    String[] parts = new String(body, 0, headLength, StandardCharsets.US_ASCII).split("\"");
    return new Content(parts[TYPE], parts[TIMESTAMP], data);
  }

  /**
   * Returns the data within a body, byte for byte.
   *
   * @param body what {@link #wrap} returned
   * @throws IllegalArgumentException if the body is none that {@link #wrap} returns
   */
  public static byte[] unwrap(byte[] body) {
    Objects.requireNonNull(body, "body");
    // Nothing ahead of the data can hold a quote, so the first match is the right one.
    for (int i = 0; i + BEFORE_DATA.length < body.length; i++) {
      if (Arrays.equals(body, i, i + BEFORE_DATA.length, BEFORE_DATA, 0, BEFORE_DATA.length)) {
        return Arrays.copyOfRange(body, i + BEFORE_DATA.length, body.length - 1);
      }
    }
    throw new IllegalArgumentException("the body is not an envelope");
  }
}
