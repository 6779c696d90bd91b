package dev.webhooks.validation;

import java.util.Objects;

/**
 * A URL that passed a {@link UrlPolicy}.
 *
 * @param text the canonical form: what is stored, signed for and sent to
 * @param host the host as it is dialled: a name in lower-case ASCII, or the text of an address
 *     without brackets
 * @param port the port, 1 to 65535
 */
public record ValidUrl(String text, String host, int port) {
  /** Refuses null for what must be present. */
  public ValidUrl {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(host, "host");
  }

  /** Returns the URL without its query, which may hold credentials. */
  @Override
  public String toString() {
    int query = text.indexOf('?');
    return query < 0 ? text : text.substring(0, query) + "?…";
  }
}
