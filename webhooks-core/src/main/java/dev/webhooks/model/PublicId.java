package dev.webhooks.model;

import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * Writes and reads the ids that hosts, customers and receivers see: a prefix and 32 hexadecimal
 * digits of a time-ordered UUID (RFC 9562, version 7). They never contain a dot, which signatures
 * use as a separator.
 */
public enum PublicId {
  /** {@code wh_…} */
  WEBHOOK("wh_"),
  /** {@code evt_…} */
  EVENT("evt_"),
  /** {@code dlv_…} */
  DELIVERY("dlv_");

  private static final int DIGITS = 32;

  private final String prefix;

  PublicId(String prefix) {
    this.prefix = prefix;
  }

  /** Returns the public form of an id. */
  public String format(UUID id) {
    Objects.requireNonNull(id, "id");
    HexFormat hex = HexFormat.of();
    return prefix
        + hex.toHexDigits(id.getMostSignificantBits())
        + hex.toHexDigits(id.getLeastSignificantBits());
  }

  /**
   * Reads a public id.
   *
   * @param text what a caller gave
   * @return the id, or empty if the text is not exactly what {@link #format} writes
   */
  public Optional<UUID> parse(String text) {
    Objects.requireNonNull(text, "text");
    if (text.length() != prefix.length() + DIGITS || !text.startsWith(prefix)) {
      return Optional.empty();
    }
    String digits = text.substring(prefix.length());
    if (!digits.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
      return Optional.empty();
    }
    long high = HexFormat.fromHexDigitsToLong(digits, 0, 16);
    long low = HexFormat.fromHexDigitsToLong(digits, 16, DIGITS);
    return Optional.of(new UUID(high, low));
  }
}
