package dev.webhooks.spi;

import java.util.Objects;

/**
 * Says which property of an event's data a codec cannot encode. Publishers are told the path; the
 * message is only a cause in the log.
 */
public final class JsonEncodingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String path;

  /**
   * Creates an exception.
   *
   * @param path the names that lead to the property, such as {@code data.items[1].price}; it must
   *     not quote values
   * @param message what is wrong; it must not quote values
   */
  public JsonEncodingException(String path, String message) {
    super(message);
    this.path = Objects.requireNonNull(path, "path");
  }

  /** Returns the names that lead to the property. */
  public String path() {
    return path;
  }
}
